import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ofKind, readRepository, renderedPods, type Any, type Pod } from '../objects.ts';
import { reachability } from '../reach.ts';
import { sectionOf } from '../pages.ts';
import { generate } from '../support.ts';

const GKE = { distribution: 'gke', edge: 'cloud-armor', dns: 'cloudflare' };
const render = (choices: Record<string, string>, inputs: Record<string, unknown> = {}) => {
  const generated = generate({ name: 'my-cluster', choices, inputs });
  const { objects } = readRepository(generated);
  return { ...generated, objects, file: (path: string) => generated.files.get(path)! };
};
const named = ({ objects }: ReturnType<typeof render>, kind: string, name: string): Any =>
  ofKind(objects, kind).find((one) => one.metadata.name === name)!;
const inOrder = (text: string, parts: string[]) => {
  const found = parts.map((one) => text.indexOf(one));
  expect(parts.filter((_, index) => found[index]! < 0)).toEqual([]);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
};
/** Who may open a connection to the Gateway's listeners, as the network policies of its namespace say. */
const callers = (one: ReturnType<typeof render>): Any[] =>
  named(one, 'NetworkPolicy', 'allow-gateway-gateway')['spec'].ingress;

test('[edge-none] the page says what no manifest stops, and that only the Gateway may be public', () => {
  const page = render({}).file('docs/edge.md');
  expect(page).toContain('**Volumetric attacks.**');
  expect(page).toMatch(/No object in this\s+repository can stop it/);
  expect(page).toContain("must name the Gateway's Service alone");
  expect(page).toContain('externalTrafficPolicy: Local');
});

const SERVICES = [
  ['kube-system', 'default-http-backend', 'NodePort'],
  ['gmp-system', 'alertmanager', 'NodePort'],
  ['shop', 'web', 'LoadBalancer'],
  ['shop', 'inner', 'ClusterIP'],
].map(([namespace, name, type]) => ({ metadata: { namespace, name }, spec: { type } }));
const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq && !process.env.CI).each([
  [GKE, ['shop/web']],
  [{ ...GKE, edge: 'none' }, ['shop/web']],
  [{ edge: 'cloudflare' }, ['kube-system/default-http-backend', 'gmp-system/alertmanager', 'shop/web']],
])(
  '[edge-cloud-armor] with %o what Google brings is no way past the edge, and nothing else is left out',
  (choices, ways) => {
    const [, program] = /jq --raw-output '([^']*)'/.exec(
      render(choices as Record<string, string>).file('docs/edge.md'),
    )!;
    const { stdout, stderr } = spawnSync('jq', ['--raw-output', program!], {
      input: JSON.stringify({ items: SERVICES }),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(ways);
  },
);

// A pod in the network of a node asks the node's DNS: "could not resolve" would look like a refusal.
test.each([
  [{ edge: 'cloudflare' }, 'public-istio'],
  [{ edge: 'cloudflare', mesh: 'none' }, 'public'],
  [GKE, 'public-istio'],
])(
  '[edge-cloudflare] [edge-cloud-armor] with %o the proof asks an address, and a timeout alone counts',
  (choices, service) => {
    const proof = sectionOf(
      render(choices as Record<string, string>).file('docs/edge.md'),
      '## Prove that nothing goes past it',
    );
    expect(proof).toContain(`kubectl get service ${service} -n gateway -o jsonpath='{.spec.clusterIP}'`);
    expect(proof).toMatch(/kubectl run stranger -n kube-system .*--quiet/);
    expect(proof).toMatch(/--resolve "[^"]*:\$GATEWAY"/);
    expect(proof).toContain('`curl: (28)`, a timeout');
    expect(proof).not.toContain(`${service}.gateway`);
  },
);

test('[edge-cloudflare] a tunnel is replaced in the order that works', () => {
  const steps = sectionOf(render({ edge: 'cloudflare' }).file('docs/edge.md'), '## Replace the tunnel');
  const order = [
    'tunnel create "$TUNNEL"',
    'seal . --secret cloudflared/tunnel-token/token',
    'rollout restart deployment/cloudflared',
    'route dns --overwrite-dns "$TUNNEL"',
    'tunnel delete --force "$OLD"',
  ].map((one) => steps.indexOf(one));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('[edge-cloud-armor] the Gateway names its protocol as the edge spells it: with another the load balancer takes no backend', () => {
  const options = parse(render(GKE).file('infrastructure/gateway/options.yaml')) as Any;
  expect(parse(options.data.service)).toEqual({
    spec: { type: 'ClusterIP', ports: [{ port: 80, appProtocol: 'HTTP' }] },
  });
});

describe.each(['istio', 'none'])('a tunnel, with mesh %s', (mesh) => {
  const tunnel = render({ edge: 'cloudflare', mesh });

  test('[edge-cloudflare] the Gateway has no address outside, and takes requests from the tunnel alone', () => {
    const said =
      mesh === 'istio'
        ? tunnel.file('infrastructure/gateway/options.yaml')
        : tunnel.file('infrastructure/gateway/proxy.yaml');
    expect(said).toContain('type: ClusterIP');
    expect([...tunnel.files.values()].join('\n')).not.toMatch(/type: (LoadBalancer|NodePort)\b/);

    const connects = reachability(tunnel.objects);
    const { namespace, labels } = tunnel.plan.endpoints.find((one) => one.id === 'gateway')!;
    const gateway: Pod = { namespace, labels, from: 'gateway' };
    const pods = renderedPods(tunnel.objects).filter((one) => one.namespace !== 'gateway');
    const port = mesh === 'istio' ? 443 : 10443;
    const who = pods.filter((from) => connects({ from, to: gateway, port })).map((one) => one.namespace);
    expect([...new Set(who)]).toEqual(['cloudflared']);
    expect(callers(tunnel).every((rule) => rule.from.length > 0)).toBe(true);
  });

  test('[edge-cloudflare] its requests go to the Gateway by TLS, and what is not exposed nowhere', () => {
    const config = named(tunnel, 'ConfigMap', 'cloudflared')['data']['config.yaml'] as string;
    const service = `https://${mesh === 'istio' ? 'public-istio' : 'public'}.gateway.svc.cluster.local`;
    for (const { host } of tunnel.plan.hosts)
      expect(config).toContain(`- hostname: ${host}\n    service: ${service}`);
    expect(config).toContain('matchSNItoHost: true');
    expect(config).not.toContain('noTLSVerify');
    expect(config.trimEnd()).toMatch(/- service: http_status:404$/);
  });
});

test('[edge-cloudflare] the token is a file: in no argument and no environment', () => {
  const tunnel = render({ edge: 'cloudflare' });
  const pod = named(tunnel, 'Deployment', 'cloudflared')['spec'].template.spec;
  const [container] = pod.containers;
  expect(container.env).toBeUndefined();
  expect(container.args).toContain('--token-file=/etc/cloudflared/token/token');
  expect(pod.volumes).toContainEqual(
    expect.objectContaining({ secret: expect.objectContaining({ secretName: 'tunnel-token' }) }),
  );
  expect(tunnel.plan.secrets.find((one) => one.name === 'tunnel-token')).toMatchObject({
    namespace: 'cloudflared',
    keys: ['token'],
  });
  expect(container.image).toMatch(/cloudflared:\d{4}\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
});

test('[edge-cloud-armor] the backend names the policy that exists, and nothing when none is given', () => {
  const given = render(GKE, { securityPolicy: 'edge', sslPolicy: 'tls12' });
  expect(named(given, 'GCPBackendPolicy', 'edge')['spec']).toMatchObject({
    default: { securityPolicy: 'edge' },
    targetRef: { kind: 'Service', name: 'public-istio' },
  });
  expect(named(given, 'GCPGatewayPolicy', 'edge')['spec'].default).toEqual({ sslPolicy: 'tls12' });
  expect(named(given, 'Gateway', 'edge')['spec'].gatewayClassName).toBe('gke-l7-global-external-managed');

  const open = render(GKE);
  expect(ofKind(open.objects, 'GCPBackendPolicy')).toEqual([]);
  expect(open.plan.pending.map(({ what }) => what)).toContainEqual(
    expect.stringContaining('lets every request through'),
  );
});

test('[edge-cloud-armor] a rule that only watches is made to deny, is seen to, and watches again where it must', () => {
  const given = render(GKE, { securityPolicy: 'shop' });
  const page = given.file('docs/edge.md');
  inOrder(page, ['--action=deny-403 --preview', '## End the preview']);
  inOrder(sectionOf(page, '## End the preview'), [
    'jsonPayload.previewSecurityPolicy.outcome="DENY"',
    'rules update 1000 --project="$PROJECT" --security-policy=shop --no-preview',
    '403',
    'request "$host" "$route?id=1%27%20UNION%20SELECT%20',
    'rules update 1000 --project="$PROJECT" --security-policy=shop --preview',
  ]);
  expect(given.file('docs/checklist.md')).toMatch(/^- \[ \] `shop` denies/m);
  expect(given.file('docs/troubleshooting.md')).toContain('edge.md#end-the-preview');
  expect(render(GKE).file('docs/checklist.md')).not.toContain('edge.md#end-the-preview');
});

test.each([{ dns: 'none' }, { dns: 'cloudflare' }])(
  '[edge-cloudflare] what clients see of TLS is asked of Cloudflare, host by host, with %o',
  (choices) => {
    const tunnel = render({ ...choices, edge: 'cloudflare' }, { domain: 'shop.example.org' });
    const page = tunnel.file('docs/edge.md');
    const said = sectionOf(page, '## The certificates that clients see');
    for (const { host } of tunnel.plan.hosts) expect(said).toContain(`'${host}'`);
    for (const part of ['one level below', '`shop.example.org` itself is the zone', 'curl: (35)'])
      expect(said).toContain(part);
    expect(tunnel.file('docs/checklist.md')).toContain('edge.md#the-certificates-that-clients-see');
    expect(
      sectionOf(tunnel.file('docs/troubleshooting.md'), '### It gets no answer: the handshake fails'),
    ).toContain('curl: (35)');
    // What needs the cluster comes after the way back to the bootstrap.
    inOrder(page, ['cloudflared tunnel create', '(../README.md#install)', 'kubectl get pods -n cloudflared']);
  },
);

test('[edge-cloudflare] an answer of Cloudflare itself is no proof that a challenge passes', () => {
  const said = sectionOf(render({ edge: 'cloudflare' }).file('docs/certificates.md'), '## Prove ownership');
  expect(said).toContain('Good: 301 or 404');
  for (const bad of ['`530`', '`502`', '`403`']) expect(said).toContain(bad);
});

test.each([
  ['istio', 15021],
  ['none', 19003],
])('[edge-cloud-armor] with mesh %s only Google reaches the Gateway', (mesh, health) => {
  const one = render({ ...GKE, mesh });
  const peers = callers(one).flatMap((rule) => rule.from.map((from: Any) => from.ipBlock?.cidr));
  expect(new Set(peers)).toEqual(new Set(['35.191.0.0/16', '130.211.0.0/22']));
  expect(named(one, 'HealthCheckPolicy', 'edge')['spec'].default.config.httpHealthCheck.port).toBe(health);
  expect(callers(one).flatMap((rule) => rule.ports.map((port: Any) => port.port))).toContain(health);
});

test.each([
  [{ edge: 'cloud-armor', dns: 'cloudflare' }, 'edge cloud-armor with distribution kubeadm'],
  [{ ...GKE, dns: 'none' }, 'issuer letsencrypt with dns none'],
])('[edge-cloud-armor] %o is refused', (choices, said) => {
  expect(() => render(choices)).toThrow(said);
});

describe('on GKE', () => {
  const gke = render({ distribution: 'gke' });
  const bootstrap = gke.file('docs/bootstrap.md');

  test('[audit-file] no file that Google would not read, but the switch of its own log', () => {
    expect([...gke.files.keys()].filter((path) => path.startsWith('bootstrap/'))).toEqual([
      'bootstrap/gke.sh',
    ]);
    expect(bootstrap).toContain('{service: "container.googleapis.com", auditLogConfigs:');
    for (const page of ['docs/runbooks/incident.md', 'docs/runbooks/audit-trail.md'])
      expect(gke.file(page)).toContain('gcloud logging read');
  });

  test('[etcd-encryption] a key of one’s own, from the first command on', () => {
    expect(gke.file('bootstrap/gke.sh')).toContain('--database-encryption-key="$KEY"');
    expect(bootstrap).toContain('roles/cloudkms.cryptoKeyEncrypterDecrypter');
  });

  test('[bench-targets] the nodes and the objects, nothing of a control plane that nobody sees', () => {
    const jobs = ofKind(gke.objects, 'CronJob').map(({ metadata, spec }) => {
      const [container] = (spec as Any).jobTemplate.spec.template.spec.containers;
      return [metadata.name, ...container.command.slice(2)];
    });
    expect(jobs).toEqual([
      ['kube-bench-node', '--benchmark=gke-1.9.0', '--targets=node'],
      ['kube-bench-cluster', '--benchmark=gke-1.9.0', '--targets=policies,managedservices'],
    ]);
  });

  test('[audit-file] a sink whose account may write to its bucket, and a check that reads the bucket, before it is locked', () => {
    inOrder(bootstrap, [
      'gcloud services enable',
      'sh bootstrap/gke.sh',
      'gcloud logging buckets create kubernetes-audit --project="$LOG_PROJECT"',
      'gcloud logging sinks create kubernetes-audit',
      'protoPayload.serviceName=("k8s.io" OR "container.googleapis.com")',
      'roles/logging.bucketWriter',
      "--format='value(writerIdentity)'",
      'kubectl get secrets -n kube-system',
      '--bucket=kubernetes-audit --view=_AllLogs',
      'gcloud logging buckets update kubernetes-audit --project="$LOG_PROJECT" --location="$LOCATION" --locked',
    ]);
    expect(bootstrap.match(/read -r PROJECT/g)).toHaveLength(1);
    expect(bootstrap).toContain('export PROJECT LOCATION');
  });

  test('[ir-audit] what an account did in Google Cloud is asked by the names that Workload Identity has', () => {
    const said = gke.file('docs/runbooks/incident.md');
    expect(said).toContain('principalSubject=~\\"/subject/ns/$NAMESPACE/sa/$SERVICE_ACCOUNT\\$\\"');
    expect(said).toContain(
      'serviceAccountDelegationInfo.principalSubject=\\"serviceAccount:$PROJECT.svc.id.goog[',
    );
    for (const query of gke.file('docs/runbooks/audit-trail.md').match(/gcloud logging read '[^']*'/g)!)
      expect(query).toContain('resource.labels.cluster_name="my-cluster"');
  });

  test('[ir-audit] changes of rights are among the changes that are read, and reviews of rights are not', () => {
    const [, left] = /AND NOT protoPayload\.methodName=~"([^"]*)"/.exec(
      gke.file('docs/runbooks/audit-trail.md'),
    )!;
    const isLeftOut = (method: string) => new RegExp(left!).test(method);
    for (const method of [
      // Both spellings have been seen of Google.
      'io.k8s.authorization.rbac.v1.clusterrolebindings.create',
      'io.k8s.rbac.authorization.v1.roles.patch',
      'io.k8s.core.v1.pods.exec.create',
    ])
      expect(isLeftOut(method), method).toBe(false);
    for (const method of [
      'io.k8s.authorization.v1.selfsubjectaccessreviews.create',
      'io.k8s.authorization.v1beta1.subjectaccessreviews.create',
      'io.k8s.authentication.v1.tokenreviews.create',
    ])
      expect(isLeftOut(method), method).toBe(true);
    const page = gke.file('docs/runbooks/incident.md');
    for (const spelling of ['io.k8s.authorization.rbac.', 'io.k8s.rbac.authorization.'])
      expect(page).toContain(spelling);
  });

  test('private nodes have a way out before there is a cluster, and are large enough', () => {
    const script = gke.file('bootstrap/gke.sh');
    expect(script).toContain('--enable-private-nodes');
    inOrder(script, [
      'gcloud compute addresses create',
      'gcloud compute routers create',
      'gcloud compute routers nats create',
      '--nat-all-subnet-ip-ranges',
      'gcloud container clusters create',
      '--machine-type=',
    ]);
  });

  test('nodes have an account of their own, and the API server answers known networks alone', () => {
    const script = gke.file('bootstrap/gke.sh');
    inOrder(script, [
      'gcloud iam service-accounts create "$NODES"',
      '--role=roles/container.defaultNodeServiceAccount',
      'gcloud container clusters create',
      '--service-account="$ACCOUNT"',
      '--enable-master-authorized-networks',
      '--master-authorized-networks="$ADMINS"',
    ]);
    expect(script).toMatch(/^: "\$\{ADMINS:\?/m);
    inOrder(bootstrap, ['read -r ADMINS && export ADMINS', 'sh bootstrap/gke.sh']);
    expect(sectionOf(bootstrap, '## Outside this repository')).toContain('`--master-authorized-networks`');
    // As long as Google allows, whatever the cluster is called.
    for (const name of ['my-cluster', 'c'.repeat(40)]) {
      const said = generate({ name, choices: { distribution: 'gke' } }).files.get('bootstrap/gke.sh')!;
      const line = /^NODES=.*$/m.exec(said)![0];
      const { stdout } = spawnSync('sh', ['-c', `${line}\nprintf %s "$NODES"`], { encoding: 'utf8' });
      expect(stdout).toMatch(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/);
    }
  });

  test('[rbac-gateway] groups of people are known to the API server, and may find the cluster', () => {
    const groups = { onCall: ['on-call@example.com'], auditors: ['audit@example.com'] };
    const known = render({ distribution: 'gke' }, groups);
    expect(known.file('bootstrap/gke.sh')).toContain('--security-group="gke-security-groups@$DOMAIN" \\\n');
    const page = known.file('docs/bootstrap.md');
    for (const said of ['`on-call@example.com`', '`audit@example.com`', 'roles/container.clusterViewer'])
      expect(page).toContain(said);
    for (const file of ['bootstrap/gke.sh', 'docs/bootstrap.md'])
      expect(gke.file(file)).not.toMatch(/security-group|clusterViewer|## People/);
  });

  test('kinds of the Gateway API have one owner', () => {
    const layers = ({ plan }: typeof gke) => plan.layers.map((one) => one.name);
    expect(layers(gke)).toContain('gateway-api');
    expect(gke.file('bootstrap/gke.sh')).toContain('--gateway-api=disabled');
    const behind = render(GKE);
    expect(layers(behind)).not.toContain('gateway-api');
    expect(behind.file('bootstrap/gke.sh')).toContain('--gateway-api=standard');
  });
});

test('[webhook-ingress] private nodes of GKE are opened to the control plane on the port of every webhook', () => {
  const page = render({ ...GKE, secrets: 'external-secrets', policy: 'gatekeeper' }).file(
    'docs/bootstrap.md',
  );
  // External Secrets and cert-manager, Gatekeeper, istiod.
  expect(page).toContain('--allow=tcp:8443,tcp:10250,tcp:15017');
});
