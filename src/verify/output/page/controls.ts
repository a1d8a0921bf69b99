import type { Area, KubernetesObject, Model } from '../../model.ts';
import { areaOf, countOf, countText, plural, type Report } from '../summary.ts';
import { html, type Html } from './html.ts';

interface Control {
  name: string;
  /** Areas whose rules prove it. */
  areas: Area[];
  is: (object: KubernetesObject) => boolean;
}

const group =
  (...groups: string[]) =>
  (object: KubernetesObject) =>
    groups.some((one) => object.group === one || object.group.endsWith(`.${one}`));
const kinds =
  (...names: string[]) =>
  (object: KubernetesObject) =>
    names.includes(object.kind);
const policyEngines = group('kyverno.io', 'gatekeeper.sh', 'admissionregistration.k8s.io');

/** What a control is made of. A kind that none of these knows is no security object. */
const CONTROLS: Control[] = [
  {
    name: 'Segmentation of the network',
    areas: ['graph', 'select'],
    is: kinds('NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'),
  },
  {
    name: 'Identity, encryption and authorization between services',
    areas: ['graph', 'enforce'],
    is: group('security.istio.io', 'policy.linkerd.io'),
  },
  {
    name: 'Pod Security',
    areas: ['enforce'],
    is: (object) => Object.keys(object.labels).some((key) => key.startsWith('pod-security.kubernetes.io/')),
  },
  { name: 'Admission policies', areas: ['enforce'], is: policyEngines },
  { name: 'Least privilege', areas: ['enforce', 'select'], is: group('rbac.authorization.k8s.io') },
  {
    name: 'Secrets',
    areas: ['secrets'],
    is: (object) => object.kind === 'Secret' || group('bitnami.com', 'external-secrets.io')(object),
  },
  { name: 'Certificates', areas: ['select', 'fresh'], is: group('cert-manager.io') },
  {
    name: 'Entry from outside',
    areas: ['enforce', 'select'],
    is: group('gateway.networking.k8s.io', 'gateway.envoyproxy.io'),
  },
  {
    name: 'Order and reach of what is applied',
    areas: ['reach', 'order'],
    is: group('toolkit.fluxcd.io', 'argoproj.io'),
  },
];

/** Which control consists of which objects, where they lie, and what the rules that prove it found. */
export function controlsSection({ model, verdict }: Report): Html {
  const rows = CONTROLS.map((control) => {
    const objects = objectsOf(model).filter(control.is);
    const findings = verdict.findings.filter((one) => control.areas.includes(areaOf(one.rule)));
    return { control, objects, counts: countOf(findings) };
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Map of controls">
    <table class="stack">
      <caption class="hidden">
        Controls, the objects they are made of, and what was found
      </caption>
      <thead>
        <tr>
          ${['control', 'objects', 'folders', 'proven by rules of', 'found'].map(
            (name) => html`<th scope="col">${name}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ control, objects, counts }) =>
            html`<tr>
              <th scope="row">${control.name}</th>
              <td data-label="objects">${kindText(objects)}</td>
              <td data-label="folders">${folders(objects).map((one) => html`<code>${one}</code> `)}</td>
              <td data-label="rules of">${control.areas.join(', ')}</td>
              <td data-label="found">
                <span class="badge ${counts.error ? 'bad' : counts.warning ? 'warn' : 'good'}">
                  ${counts.error + counts.warning + counts.note ? countText(counts) : 'nothing'}
                </span>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Layers are objects, too, though they stand outside of what they apply. */
const objectsOf = ({ objects, layers }: Model) => [
  ...new Set([...layers.map((one) => one.object), ...objects]),
];

function kindText(objects: KubernetesObject[]): string {
  if (objects.length === 0) return 'none';
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => plural(count, kind)).join(', ');
}

/** The two first parts of the paths; below `apps/` one. */
const folders = (objects: KubernetesObject[]) =>
  [
    ...new Set(
      objects.map(({ file }) =>
        file
          .split('/')
          .slice(0, file.startsWith('apps/') ? 1 : 2)
          .join('/'),
      ),
    ),
  ].sort();
