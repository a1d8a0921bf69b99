import type { Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, texts } from '../../selectors.ts';
import { codeOf, constraintsOf, matchesPods, ofConstraint, templateOf } from './constraints.ts';
import { gatekeeperReleases } from './gatekeeper-release.ts';

/** Where a kind keeps the template of its pods. */
const SOURCES: Record<string, string> = {
  DaemonSet: 'spec.template',
  Deployment: 'spec.template',
  ReplicaSet: 'spec.template',
  StatefulSet: 'spec.template',
  Job: 'spec.template',
  CronJob: 'spec.jobTemplate.spec.template',
};

/** https://open-policy-agent.github.io/gatekeeper/website/docs/expansion */
export const expansion: Rule = {
  id: 'enforce/expansion',
  area: 'enforce',
  severity: 'error',
  title: 'Workloads are judged by their pods',
  why: 'A constraint on pods does not see a Deployment: it is applied, counts as done, and its pods are refused out of sight.',
  fix: 'Restore the ExpansionTemplate that makes pods of that kind.',
  *check(model) {
    const onPods = constraintsOf(model).filter(
      (one) => ofConstraint(model, one).refuses && isAboutPods(model, one),
    );
    if (onPods.length === 0) return;
    const missing = Object.keys(SOURCES).filter((kind) => !isExpanded(model, kind));
    if (missing.length)
      yield hit(
        onPods[0]!,
        ['spec', 'match'],
        `${nameOf(onPods[0]!)}: no ExpansionTemplate makes pods of ${missing.join(', ')}, so that ${onPods.length} constraints on pods do not see them`,
      );
    for (const release of gatekeeperReleases(model)) {
      const path = ['spec', 'values', 'enableGeneratorResourceExpansion'];
      if (dig(release.body, ...path) === false)
        yield hit(release, path, `${nameOf(release)}: no workload is judged by its pods`);
    }
  },
};

const isAboutPods = (model: Model, one: Model['objects'][number]): boolean =>
  matchesPods(one) && /\bcontainers\b/.test(codeOf(templateOf(model, one)));

const isExpanded = (model: Model, kind: string): boolean =>
  ofKind(model, 'expansion.gatekeeper.sh/ExpansionTemplate').some(({ body }) => {
    const spec = dig(body, 'spec');
    const action = text(dig(spec, 'enforcementAction'));
    return (
      records(dig(spec, 'applyTo')).some((one) => texts(one['kinds']).includes(kind)) &&
      dig(spec, 'templateSource') === SOURCES[kind] &&
      dig(spec, 'generatedGVK', 'kind') === 'Pod' &&
      (!action || action === 'deny')
    );
  });
