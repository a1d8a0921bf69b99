import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records } from '../../selectors.ts';

/** Fields and kinds with which a patch can undo what the values and the chart set. */
const TOUCHED =
  /securityContext|\bhost(Network|PID|IPC|Path|Port)\b|privileged|capabilities|[sS]erviceAccount|\b(images?|newTag|newName|digest|containers|volumes|command|args|env|envFrom|labels|annotations|webhooks|failurePolicy|namespaceSelector|objectSelector|rules|roleRef|subjects|podSelector|ingress|egress)\b|\$patch/;

/** https://fluxcd.io/flux/components/helm/helmreleases/#post-renderers */
export const postRenderer: Rule = {
  id: 'reach/post-renderer',
  area: 'reach',
  severity: 'warning',
  title: 'What a chart makes is not changed unseen',
  why: 'A post-renderer changes objects after the chart has made them. Neither they nor the change are read here: a control may be gone.',
  fix: "Say it in the chart's values, or review the patch and ignore the finding with the reason.",
  *check(model) {
    for (const object of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease'))
      for (const [index, one] of records(dig(object.body, 'spec', 'postRenderers')).entries()) {
        const [found] = TOUCHED.exec(JSON.stringify(one)) ?? [];
        if (found)
          yield hit(
            object,
            ['spec', 'postRenderers', index],
            `${nameOf(object)}: a post-renderer touches ${found} of what the chart makes, which is not read here`,
          );
      }
  },
};
