import { expect, inject, test } from 'vitest';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { asPod, pods, releases, template, type Pod } from './releases.ts';
import { documents, scenarios, type Repository } from './repositories.ts';
import { suite } from './suite.ts';

/** A pod that the level `restricted` admits, the base of all bad ones. */
const GOOD = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'a', image: 'a:1', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};

const container = (extra: Dict) => ({ ...GOOD, containers: [{ ...GOOD.containers[0], ...extra }] });
const context = (extra: Dict) => container({ securityContext: { ...GOOD.containers[0]!.securityContext, ...extra } });
const whole = (extra: Dict) => ({ ...GOOD, securityContext: { ...GOOD.securityContext, ...extra } });

/** One violation each, for every field that `restricted` looks at. */
const BAD: Record<string, Dict> = {
  'host network': { ...GOOD, hostNetwork: true },
  'host PID': { ...GOOD, hostPID: true },
  'host IPC': { ...GOOD, hostIPC: true },
  'host path': { ...GOOD, volumes: [{ name: 'x', hostPath: { path: '/' } }] },
  'host port': container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
  'host process': whole({ windowsOptions: { hostProcess: true } }),
  'probe of a foreign host': container({ livenessProbe: { httpGet: { port: 80, host: '192.0.2.1' } } }),
  privileged: context({ privileged: true, allowPrivilegeEscalation: true }),
  'privilege escalation': context({ allowPrivilegeEscalation: true }),
  'capabilities kept': context({ capabilities: {} }),
  'capability added': context({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
  'maybe root': whole({ runAsNonRoot: undefined }),
  root: whole({ runAsUser: 0 }),
  'no seccomp profile': whole({ seccompProfile: undefined }),
  'seccomp unconfined': whole({ seccompProfile: { type: 'Unconfined' } }),
  'AppArmor unconfined': whole({ appArmorProfile: { type: 'Unconfined' } }),
  'SELinux user': whole({ seLinuxOptions: { user: 'x' } }),
  'proc mount': { ...context({ procMount: 'Unmasked' }), hostUsers: false },
  sysctl: whole({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }),
  'NFS volume': { ...GOOD, volumes: [{ name: 'x', nfs: { server: 'a', path: '/' } }] },
  'bad init container': { ...GOOD, initContainers: [{ name: 'i', image: 'a:1' }] },
};

const bad = (name: string, namespace: string, spec: Dict) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec });

/** The rendered Namespaces, created for real under names of the scenario's own: other scenarios label theirs differently. */
function createNamespaces(cluster: Cluster, { name, files }: Repository): Map<string, { actual: string; restricted: boolean }> {
  const found = documents(files).map(({ object }) => object).filter(({ kind }) => kind === 'Namespace');
  const renamed = found.map((object) => ({ ...object, metadata: { ...object.metadata, name: `psa-${name}-${object.metadata.name}` } }));
  cluster.applyAll(renamed);
  return new Map(
    found.map(({ metadata }) => [metadata.name, { actual: `psa-${name}-${metadata.name}`, restricted: metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted' }]),
  );
}

function allPods(repository: Repository): Pod[] {
  const rendered = documents(repository.files, (path) => !/(^|\/)tests?\//.test(path)).map(({ object }) => object);
  const ofCharts = releases(repository).flatMap((release) => pods(template(release, repository.plan), release.namespace));
  return [...pods(rendered as KubeObject[]), ...ofCharts];
}

suite('Pod Security', ['api-server', 'upstream', 'helm'], () => {
  test.each(scenarios())('of $name admits every pod of a service or chart', (repository) => {
    const cluster = new Cluster(inject('kubeconfig'));
    const namespaces = createNamespaces(cluster, repository);
    const ours = allPods(repository);
    const sent = ours.map((pod, index) => ({ ...pod, name: `p${index}`, namespace: namespaces.get(pod.namespace)?.actual ?? pod.namespace }));
    const { status, stderr } = cluster.dryRun(sent.map(asPod));
    const named = stderr.replaceAll(/"p(\d+)"/g, (_, index: string) => `"${ours[Number(index)]!.from}"`);
    expect({ status, stderr: named }).toEqual({ status: 0, stderr: '' });
    console.log(`${repository.name}: ${ours.length} pods admitted into ${namespaces.size} namespaces`);
  });

  test.each(scenarios())('of $name refuses every bad pod where it claims restricted', (repository) => {
    const cluster = new Cluster(inject('kubeconfig'));
    const names = [...createNamespaces(cluster, repository).values()].filter(({ restricted }) => restricted).map(({ actual }) => actual);
    expect(names).not.toEqual([]);
    const cases = names.flatMap((namespace) => Object.entries(BAD).map(([why, spec], index) => ({ namespace, why, pod: bad(`bad-${index}`, namespace, spec) })));
    const { stderr } = cluster.dryRun([...names.map((namespace) => bad('good', namespace, GOOD)), ...cases.map(({ pod }) => pod)]);
    const refused = (name: string) => stderr.includes(`pods "${name}" is forbidden: violates PodSecurity`);
    expect(refused('good'), stderr).toBe(false);
    const count = stderr.split('violates PodSecurity "restricted:').length - 1;
    expect(cases.filter(({ pod }) => !refused(pod.metadata.name)).map(({ why }) => why)).toEqual([]);
    expect(count, stderr).toBe(cases.length);
  });
});
