import { differencesOf } from '../../connectivity/differences.ts';
import { formatRequests } from '../../connectivity/http.ts';
import type { RequestDifference } from '../../connectivity/requests.ts';
import type { Hit, Model } from '../../model.ts';
import { flowText, list, place } from './say.ts';

/** Hits for differences of one kind; a connection whose rules stand in several places gives one for each. */
export const requestHits = (model: Model, kind: RequestDifference['kind'], verb: string): Hit[] =>
  differencesOf(model)
    .requests.filter((one) => one.kind === kind)
    .map((one) =>
      place(
        one,
        `${one.from} → ${one.to} ${flowText([one.flow])}: ${list(one.requests)} ${verb}; declared: ${formatRequests(one.flow.rules)}`,
        `Write the declared methods and paths into the rule for ${one.from}, or change its calls in zero-trust.yaml.`,
      ),
    );
