import type { KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, ofKind, records, selects, text, texts } from '../../selectors.ts';

/** https://cert-manager.io/docs/configuration/acme/#adding-multiple-solver-types */
export const solver: Rule = {
  id: 'select/solver',
  area: 'select',
  severity: 'error',
  title: 'An ACME issuer has a solver for every name of its certificates, by DNS-01 for wildcards',
  why: 'A name that no solver may prove is never signed: a wildcard cannot be proven over HTTP.',
  fix: 'Add a solver whose selector has the name or its zone, with dns01 for a wildcard; or take the name out of the Certificate.',
  *check(model) {
    const issuers = ofKind(model, 'cert-manager.io/ClusterIssuer', 'cert-manager.io/Issuer');
    for (const certificate of ofKind(model, 'cert-manager.io/Certificate')) {
      const acme = dig(issuers.find((one) => signs(one, certificate))?.body, 'spec', 'acme');
      if (acme === undefined) continue;
      const solvers = records(dig(acme, 'solvers'));
      for (const [index, name] of texts(dig(certificate.body, 'spec', 'dnsNames')).entries()) {
        const fitting = solvers.filter((one) => fits(dig(one, 'selector'), name, certificate.labels));
        if (fitting.some((one) => !name.startsWith('*.') || one['dns01'] !== undefined)) continue;
        const what = fitting.length ? 'none of its solvers can prove a wildcard' : 'no solver is for it';
        const message = `${nameOf(certificate)}: ${name}, but of ${text(dig(certificate.body, 'spec', 'issuerRef', 'name'))} ${what}`;
        yield hit(certificate, ['spec', 'dnsNames', index], message);
      }
    }
  },
};

function signs(issuer: KubernetesObject, { body, namespace }: KubernetesObject): boolean {
  const kind = text(dig(body, 'spec', 'issuerRef', 'kind')) || 'Issuer';
  const isNear = kind === 'ClusterIssuer' || issuer.namespace === namespace;
  return issuer.kind === kind && issuer.name === dig(body, 'spec', 'issuerRef', 'name') && isNear;
}

/** Names and zones are alternatives; labels, of the Certificate, must all be there. */
function fits(selector: unknown, name: string, labels: Record<string, string>): boolean {
  const names = texts(dig(selector, 'dnsNames'));
  const zones = texts(dig(selector, 'dnsZones'));
  const isNamed = names.includes(name) || zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
  return (
    (isNamed || (!names.length && !zones.length)) && (isEmptySelector(selector) || selects(selector, labels))
  );
}
