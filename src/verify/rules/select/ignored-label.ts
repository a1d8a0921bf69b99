import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, text, withoutSources } from '../../selectors.ts';
import { endpointSelectors } from './endpoints.ts';

/** What Cilium keeps although it begins like what it leaves out. */
const KEPT = /^(io\.kubernetes\.pod\.namespace$|io\.cilium\.k8s\.|app\.kubernetes\.io)/;
/** https://docs.cilium.io/en/stable/operations/performance/scalability/identity-relevant-labels/ */
const IGNORED =
  /^(io\.kubernetes|kubernetes\.io|.*beta\.kubernetes\.io|k8s\.io|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/(job-completion-index|controller-uid)|controller-uid|pod-template-(generation|hash)|controller-revision-hash|annotation|etcd_node)/;

export const ignoredLabel: Rule = {
  id: 'select/ignored-label',
  area: 'select',
  severity: 'error',
  title: 'A network policy selects by labels that the network plugin looks at',
  why: 'Cilium tells pods apart by part of their labels only. A selector with one of the others selects no pod, so that its rule neither opens nor denies.',
  fix: 'Select by a label of your own, such as app or app.kubernetes.io/name.',
  *check(model) {
    for (const { object, path, selector } of endpointSelectors(model)) {
      const plain = withoutSources(selector);
      const keys = [
        ...Object.keys(plain['matchLabels'] as object),
        ...records(dig(plain, 'matchExpressions')).map(({ key }) => text(key)),
      ];
      for (const key of keys.filter((one) => IGNORED.test(one) && !KEPT.test(one)))
        yield hit(
          object,
          path,
          `${nameOf(object)}: ${path.join('.')} selects by ${key}, which Cilium ignores`,
        );
    }
  },
};
