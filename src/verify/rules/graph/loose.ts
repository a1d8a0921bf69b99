import { differencesOf } from '../../connectivity/differences.ts';
import type { Rule } from '../../model.ts';
import { connectionsText, place } from './say.ts';

export const loose: Rule = {
  id: 'graph/loose',
  area: 'graph',
  severity: 'warning',
  title: 'One layer lets through what nobody declared; another still stops it',
  why: 'Layers are there for the day when one of them fails: each is to allow what is declared and no more. This one no longer does.',
  fix: 'Narrow the rule that the finding names, or declare the call in zero-trust.yaml.',
  check: (model) =>
    differencesOf(model)
      .openings.filter(({ stoppedBy }) => stoppedBy !== undefined)
      .map((one) =>
        place(
          one,
          `${connectionsText(one)}: let through here and not declared${one.reason ? `, because ${one.reason}` : ''}; stopped only by ${one.stoppedBy}`,
          'Remove or narrow this rule, restore the policy that denied it, or declare the connection in zero-trust.yaml.',
        ),
      ),
};
