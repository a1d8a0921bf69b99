import { differencesOf } from '../../connectivity/differences.ts';
import type { Rule } from '../../model.ts';
import { connectionsText, place } from './say.ts';

export const open: Rule = {
  id: 'graph/open',
  area: 'graph',
  severity: 'error',
  title: 'A connection gets through that nobody declared',
  why: 'Every layer lets it through: whoever takes over the one pod reaches the other. Zero trust means that only what is declared passes.',
  fix: 'Narrow the rule that the finding names, or declare the call in zero-trust.yaml.',
  check: (model) =>
    differencesOf(model)
      .openings.filter(({ stoppedBy }) => stoppedBy === undefined)
      .map((one) =>
        place(
          one,
          `${connectionsText(one)}: open and not declared${one.reason ? `, because ${one.reason}` : ''}`,
          one.reason
            ? 'Deny it: a policy with podSelector {} and policyTypes [Ingress, Egress] in that namespace.'
            : 'Remove or narrow this rule, or declare the connection in zero-trust.yaml.',
        ),
      ),
};
