import { chartOf } from '../../gitops/charts.ts';
import type { Hit, KubernetesObject, Model } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, ofKind, records, text, texts, type Path } from '../../selectors.ts';
import { DEBUG } from './admission.ts';

const VALUES: Path = ['spec', 'values'];
const NAME = 'kubernetes.io/metadata.name';
const EXEMPT: Path = [...VALUES, 'validatingWebhookExemptNamespacesLabels'];
const IGNORE = 'admission.gatekeeper.sh/ignore';

export const gatekeeperReleases = (model: Model): KubernetesObject[] =>
  ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease').filter((one) => chartOf(model, one) === 'gatekeeper');

/** https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces and the chart's values */
export function* gatekeeperScope(model: Model): Generator<Hit> {
  const { exempt } = model.declared;
  for (const release of gatekeeperReleases(model)) {
    const name = nameOf(release);
    for (const one of texts(dig(release.body, ...EXEMPT, NAME)).filter((item) => !exempt.includes(item)))
      yield hit(release, [...EXEMPT, NAME], `${name}: the webhook is not asked about the namespace ${one}`);
    const values = dig(release.body, ...VALUES) as Record<string, unknown> | undefined;
    for (const key of Object.keys((dig(release.body, ...EXEMPT) as object | undefined) ?? {}))
      if (key !== NAME)
        yield hit(release, EXEMPT, `${name}: namespaces choose by the label ${key} whether they are checked`);
    for (const [index, one] of records(values?.['validatingWebhookMatchConditions']).entries())
      if (text(one['expression']).trim() === 'false')
        yield hit(
          release,
          [...VALUES, 'validatingWebhookMatchConditions', index],
          `${name}: the condition ${one['name']} is never met, so that the webhook is asked about nothing`,
        );
    if (!isEmptySelector(values?.['validatingWebhookObjectSelector']))
      yield hit(
        release,
        [...VALUES, 'validatingWebhookObjectSelector'],
        `${name}: objects choose by their labels whether they are checked`,
      );
    if (values?.['disableValidatingWebhook'] === true)
      yield hit(
        release,
        [...VALUES, 'disableValidatingWebhook'],
        `${name}: has no webhook, and refuses nothing`,
      );
    yield* unasked(release);
  }
  for (const config of ofKind(model, 'config.gatekeeper.sh/Config'))
    for (const [index, one] of records(dig(config.body, 'spec', 'match')).entries())
      for (const name of texts(one['excludedNamespaces']).filter((item) => !exempt.includes(item)))
        yield hit(config, ['spec', 'match', index], `${nameOf(config)}: leaves the namespace ${name} alone`);
  for (const one of ofKind(model, '/Namespace'))
    if (IGNORE in one.labels && !exempt.includes(one.name))
      yield hit(
        one,
        ['metadata', 'labels', IGNORE],
        `${nameOf(one)}: its label ${IGNORE} keeps every rule out`,
      );
}

/** Requests without which rules on pods are asked too late or never. */
const NEEDED: Record<string, string[]> = {
  pods: ['CREATE', 'UPDATE'],
  [DEBUG]: ['UPDATE'],
  deployments: ['CREATE', 'UPDATE'],
  cronjobs: ['CREATE', 'UPDATE'],
};

/** Without these, a template or constraint with a mistake is accepted, and refuses nothing. */
const OWN = ['templates.gatekeeper.sh', 'constraints.gatekeeper.sh'];

function* unasked(release: KubernetesObject): Generator<Hit> {
  const path = [...VALUES, 'validatingWebhookCustomRules'];
  const rules = records(dig(release.body, ...path));
  const asks = (resource: string, operation: string) =>
    rules.some(
      (one) =>
        texts(one['resources']).some((item) => item === resource || item === '*/*') &&
        texts(one['operations']).some((item) => item === operation || item === '*'),
    );
  const missing = Object.entries(NEEDED).flatMap(([resource, operations]) =>
    operations.filter((one) => !asks(resource, one)).map((one) => `${one} of ${resource}`),
  );
  const knows = (group: string) =>
    rules.some((one) => texts(one['apiGroups']).some((item) => item === group || item === '*'));
  missing.push(...OWN.filter((group) => !knows(group)));
  if (rules.length && missing.length)
    yield hit(release, path, `${nameOf(release)}: the webhook is not asked about ${missing.join(', ')}`);
}
