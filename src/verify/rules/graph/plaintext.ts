import { differencesOf } from '../../connectivity/differences.ts';
import type { Rule } from '../../model.ts';
import { list, place } from './say.ts';

export const plaintext: Rule = {
  id: 'graph/plaintext',
  area: 'graph',
  severity: 'error',
  title: 'A pod of the mesh takes connections without mutual TLS',
  why: 'A caller without a certificate is heard, and what it sends can be read on the way. No identity stands behind it.',
  fix: 'Set spec.mtls.mode: STRICT in the PeerAuthentication of the mesh, and remove weaker ones.',
  check: (model) =>
    differencesOf(model).plaintext.map((one) =>
      place(
        one,
        `${list(one.pods)}: plain connections are possible, because ${one.why}`,
        one.why.includes('outside of it')
          ? 'Restore the mesh label of the namespace, and remove opt-outs from the pod.'
          : 'Set the mode STRICT there, for every port.',
      ),
    ),
};
