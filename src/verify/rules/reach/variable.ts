import { isSubstituted } from '../../gitops/substitute.ts';
import type { KubernetesObject, Layer, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, hit, type Path } from '../../selectors.ts';

/** Groups whose objects are controls as a whole. */
const CONTROLS =
  /^(networking\.k8s\.io|cilium\.io|security\.istio\.io|networking\.istio\.io|rbac\.authorization\.k8s\.io|admissionregistration\.k8s\.io|policies\.kyverno\.io|kyverno\.io|constraints\.gatekeeper\.sh|policy\.linkerd\.io|gateway\.networking\.k8s\.io|cert-manager\.io)$/;
/** Of other objects, the fields that are. */
const FIELDS =
  /securityContext|^host(Network|PID|IPC|Path)$|^image$|[sS]erviceAccount|^labels$|^annotations$|^meshConfig$|^outboundTrafficPolicy$/;

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution */
export const variable: Rule = {
  id: 'reach/variable',
  area: 'reach',
  severity: 'error',
  title: 'A control does not depend on a variable that nobody here knows',
  why: 'Flux takes the value from the cluster, or writes nothing in its place: no file says what the control will be.',
  fix: 'Write the value into the file, or under postBuild.substitute of its layer.',
  *check({ layers }) {
    for (const layer of layers) {
      if (!isObject(dig(layer.object.body, 'spec', 'postBuild'))) continue;
      for (const object of layer.objects.filter(isSubstituted)) yield* unknown(layer, object);
    }
  },
};

function* unknown(layer: Layer, object: KubernetesObject) {
  const isControl = CONTROLS.test(object.group);
  for (const { path, name } of variablesIn(object.body, []))
    if (isControl || path.some((key) => FIELDS.test(String(key))))
      yield hit(
        object,
        path,
        `${nameOf(object)}: ${path.join('.')} is the variable ${name}, whose value layer ${layer.name} does not give`,
      );
}

function variablesIn(value: unknown, path: Path): { path: Path; name: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => variablesIn(item, [...path, index]));
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => variablesIn(item, [...path, key]));
  const [, name] = (typeof value === 'string' && /\$\{(\w+)\}/.exec(value)) || [];
  return name ? [{ path, name }] : [];
}
