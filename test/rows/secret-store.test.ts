import { expect, test } from 'vitest';
import { scenario } from '../mutation/repository.ts';
import { generate } from '../support.ts';

const FILES = scenario('external-secrets').files;
const page = (name: string) => FILES.get(`docs/${name}.md`)!;
const NAMESPACES = ['cert-manager', 'ledger', 'shop'];
const SECRETS = ['cert-manager/cloudflare-api-token', 'ledger/accounts-database', 'shop/web-session'];

/** The same services with a store inside the cluster. */
const inCluster = () =>
  generate({
    name: 'prod-eu',
    choices: { secrets: 'external-secrets' },
    inputs: { storeAddress: 'https://vault-active.vault.svc.cluster.local:8200' },
  });

test('[eso-store] the store side has a policy and a role for each namespace, and for no more than it reads', () => {
  const text = page('secret-store');
  for (const namespace of NAMESPACES) {
    expect(text).toContain(`path "secret/data/prod-eu/${namespace}/*" {\n  capabilities = ["read"]\n}`);
    expect(text).toContain(`vault write auth/kubernetes-prod-eu/role/prod-eu_${namespace} \\`);
    expect(text).toContain(`bound_service_account_namespaces=${namespace} \\\n  audience=vault`);
    expect(FILES.get(`security/secret-stores/${namespace}.yaml`)).toContain(`role: prod-eu_${namespace}\n`);
  }
  expect(text.match(/vault policy write/g)).toHaveLength(NAMESPACES.length);
});

test('[eso-secret] a value is written from standard input, never as an argument', () => {
  for (const text of ['secret-store', 'runbooks/rotation'].map(page)) {
    const written = text.match(/vault kv put.*/g)!;
    expect(written.filter((line) => !/^vault kv put -mount=secret \S+ -`?( *\|| &&)?$/.test(line))).toEqual(
      [],
    );
    for (const secret of SECRETS) expect(text).toContain(`vault kv put -mount=secret prod-eu/${secret} -`);
  }
  expect(page('certificates')).toContain('prod-eu/cert-manager/cloudflare-api-token -');
  // The page of rules is about every backend.
  const others = [...FILES].filter(([path]) => path !== 'docs/verify.md').map(([, text]) => text);
  expect(others.join('\n')).not.toContain('-- seal . --secret');
});

test('[eso-secret] rotation fetches at once, and shuts a namespace out after a leak', () => {
  const text = page('runbooks/rotation');
  for (const secret of SECRETS) {
    const [namespace, name] = secret.split('/');
    expect(text).toContain(
      `kubectl annotate externalsecret ${name} --namespace=${namespace} force-sync="$(date +%s)" --overwrite`,
    );
  }
  expect(text.match(/vault delete.*/g)).toEqual([
    'vault delete "auth/kubernetes-prod-eu/role/prod-eu_$NAMESPACE"',
  ]);
  expect(text).toContain('kubectl rollout restart deployment/accounts -n ledger');
});

test('[secret-zero] what must be there before the first secret: no credential of the store, one token that reviews', () => {
  const text = page('secret-store');
  expect(text).toContain('No credential of the store lies in the cluster or in this repository');
  expect(text).toContain('kubectl create token token-reviewer --namespace=external-secrets');
  expect(text).toContain('token_reviewer_jwt=-');
  expect(text).toContain('.exp | todate');
  expect(FILES.get('security/secret-stores/token-reviewer.vault.yaml')).toContain('tokenreviews');
  expect(page('runbooks/backup')).toContain('unseal keys and snapshots of the store');
  expect(page('runbooks/backup')).not.toContain('private key of');
});

test('[secret-zero] a store in the cluster is reached in its namespace and needs no token of ours', () => {
  const { files, plan } = inCluster();
  const egress = files.get('security/network-policies/external-secrets/allow-platform.yaml')!;
  expect(egress).toContain('kubernetes.io/metadata.name: vault');
  expect(egress).toContain('port: 8200');
  expect(files.has('security/secret-stores/token-reviewer.vault.yaml')).toBe(false);
  const text = files.get('docs/secret-store.md')!;
  expect(text).toContain('kubernetes_host=https://kubernetes.default.svc');
  expect(text).not.toContain('token-reviewer');
  expect(plan.gaps.map(({ id }) => id)).not.toContain('egress-hosts');
});

test('[eso-store] a store known by its host alone is reached by consent, and counts as a gap', () => {
  const { plan, files } = generate({
    name: 'x',
    choices: { secrets: 'external-secrets', network: 'kubernetes' },
    inputs: { storeAddress: 'https://vault.corp.test', wideEgress: true },
  });
  expect(plan.gaps.find(({ id }) => id === 'egress-hosts')!.items).toContain(
    'external-secrets → vault.corp.test:443',
  );
  expect(files.get('security/network-policies/external-secrets/allow-platform.yaml')).toContain(
    'vault.corp.test cannot be named here',
  );
});

test('[eso-secret] what no reader needs holds nothing up', () => {
  const { files } = inCluster();
  const optional = 'create-zero-trust/optional: "true"';
  expect(files.get('security/secrets/falco/falco-alerts.yaml')).toContain(optional);
  expect(files.get('clusters/prod-eu/secrets.yaml')).toContain(
    "'create-zero-trust/optional' in metadata.annotations",
  );
  expect(FILES.get('security/secrets/ledger/accounts-database.yaml')).not.toContain(optional);
});

test('[eso-store] on GKE a store outside knows tokens by their issuer; one inside still asks its own API server', () => {
  const render = (storeAddress: string) =>
    generate({
      name: 'x',
      choices: { secrets: 'external-secrets', distribution: 'gke' },
      inputs: { storeAddress, storeCidrs: storeAddress.includes('.svc') ? undefined : ['192.0.2.20/32'] },
    }).files;
  const outside = render('https://vault.corp.test:8200');
  expect([...outside.keys()].filter((path) => path.includes('token-reviewer'))).toEqual([]);
  for (const page of ['docs/secret-store.md', 'docs/runbooks/rotation.md'])
    expect(outside.get(page)).not.toMatch(/token.reviewer/);
  expect(outside.get('security/secret-stores/falco.yaml')).toContain('        jwt:\n');
  const inside = render('https://vault.vault.svc:8200');
  expect(inside.get('security/secret-stores/falco.yaml')).toContain('        kubernetes:\n');
  expect(inside.get('docs/secret-store.md')).toContain('vault auth enable -path=kubernetes kubernetes\n');
});
