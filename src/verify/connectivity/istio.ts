import type { KubernetesObject, Model } from '../model.ts';
import { dig, text } from '../selectors.ts';

export interface IstioSettings {
  /** Where policies hold for the whole mesh. */
  rootNamespace: string;
  trustDomain: string;
  /** Whether proxies reach only hosts that something registers. */
  registryOnly: boolean;
  /** Whether the agent beside a proxy takes the pod's DNS, over UDP and TCP, and asks itself. */
  dnsCapture: boolean;
}

/**
 * Settings of the mesh from the values of the release that installs it, with Istio's defaults for what is not said:
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function istioSettings({ objects }: Pick<Model, 'objects'>): IstioSettings {
  const configs = objects.map(meshConfig).filter((one) => one !== undefined);
  const setting = (...path: string[]) => configs.map((one) => text(dig(one, ...path))).find(Boolean);
  return {
    rootNamespace: setting('rootNamespace') ?? 'istio-system',
    trustDomain: setting('trustDomain') ?? 'cluster.local',
    registryOnly: setting('outboundTrafficPolicy', 'mode') === 'REGISTRY_ONLY',
    dnsCapture: setting('defaultConfig', 'proxyMetadata', 'ISTIO_META_DNS_CAPTURE') === 'true',
  };
}

/** Of a HelmRelease, or of an Argo CD Application with values as an object. */
function meshConfig({ group, kind, body }: KubernetesObject): unknown {
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease')
    return dig(body, 'spec', 'values', 'meshConfig');
  if (group === 'argoproj.io' && kind === 'Application')
    return dig(body, 'spec', 'source', 'helm', 'valuesObject', 'meshConfig');
  return undefined;
}
