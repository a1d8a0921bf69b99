import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, records, text, texts, type Path } from '../../selectors.ts';
import { DEBUG, type AdmissionPolicy } from './admission.ts';

/** Where Gatekeeper refuses requests; what is meant for the audit or the command line alone refuses nothing. */
const WEBHOOK = ['validation.gatekeeper.sh', '*'];
const MATCH: Path = ['spec', 'match'];

export const constraintsOf = ({ objects }: Model): KubernetesObject[] =>
  objects.filter((one) => one.group === 'constraints.gatekeeper.sh');

export const templatesOf = (model: Model): KubernetesObject[] =>
  ofKind(model, 'templates.gatekeeper.sh/ConstraintTemplate');

/** The kind that a template brings. */
export const kindOf = ({ body }: KubernetesObject): string =>
  text(dig(body, 'spec', 'crd', 'spec', 'names', 'kind'));

export const templateOf = (model: Model, { kind }: KubernetesObject): KubernetesObject | undefined =>
  templatesOf(model).find((one) => kindOf(one) === kind);

/**
 * Rego or CEL of a template, without messages, which say what a rule is about whether or not it still is.
 * https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates
 */
export function codeOf(template: KubernetesObject | undefined): string {
  const targets = records(dig(template?.body, 'spec', 'targets'));
  const sources = targets.flatMap((one) => [
    one,
    ...records(one['code']).flatMap((code) => records([code['source']])),
  ]);
  const cel = sources.flatMap((one) => [...records(one['variables']), ...records(one['validations'])]);
  return [
    ...sources.flatMap((one) => [text(one['rego']), ...texts(one['libs'])]),
    ...cel.map((one) => text(one['expression'])),
  ]
    .join('\n')
    .replaceAll(/^.*\bsprintf\(.*$/gm, '')
    .replaceAll(/^\s*#.*$/gm, '');
}

/** https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points */
function actionsOf({ body }: KubernetesObject): { actions: string[]; refuses: boolean } {
  const action = text(dig(body, 'spec', 'enforcementAction')) || 'deny';
  if (action !== 'scoped') return { actions: [action], refuses: action === 'deny' };
  const scoped = records(dig(body, 'spec', 'scopedEnforcementActions'));
  const refuses = scoped.some(
    (one) =>
      one['action'] === 'deny' &&
      records(one['enforcementPoints']).some((point) => WEBHOOK.includes(text(point['name']))),
  );
  return { actions: scoped.map((one) => text(one['action'])), refuses };
}

/** https://open-policy-agent.github.io/gatekeeper/website/docs/howto#constraints */
export function ofConstraint(model: Model, object: KubernetesObject): AdmissionPolicy {
  const code = codeOf(templateOf(model, object));
  const matchExpressions = (
    [
      ['In', 'namespaces'],
      ['NotIn', 'excludedNamespaces'],
    ] as const
  ).flatMap(([operator, field]) => {
    const values = texts(dig(object.body, ...MATCH, field)).flatMap((one) => withMatches(model, one));
    return values.length ? [{ key: 'kubernetes.io/metadata.name', operator, values }] : [];
  });
  return {
    object,
    ...actionsOf(object),
    path: ['spec', 'enforcementAction'],
    // The webhook's, which its release sets for all.
    failurePolicy: 'Fail',
    namespaces: [
      { selector: { matchExpressions }, path: MATCH },
      {
        selector: dig(object.body, ...MATCH, 'namespaceSelector'),
        path: [...MATCH, 'namespaceSelector'],
      },
    ],
    resources: matchesPods(object)
      ? [{ names: resourcesOf(code), operations: ['*'] }]
      : [{ names: [], operations: [] }],
    expressions: code ? `${code}\n${JSON.stringify(dig(object.body, 'spec', 'parameters') ?? {})}` : '',
  };
}

/** What of a pod a rule judges, by what it says of the request: https://open-policy-agent.github.io/gatekeeper/website/docs/input */
function resourcesOf(code: string): string[] {
  if (/subResource == "ephemeralcontainers"/.test(code)) return [DEBUG];
  return code.includes('subResource') ? ['pods'] : ['pods', DEBUG];
}

/** Whether a constraint is asked about pods; without kinds it is about everything. */
export function matchesPods({ body }: KubernetesObject): boolean {
  const kinds = records(dig(body, ...MATCH, 'kinds'));
  const names = (one: Record<string, unknown>, field: string, name: string) =>
    texts(one[field]).some((item) => item === name || item === '*');
  return kinds.length === 0 || kinds.some((one) => names(one, 'kinds', 'Pod') && names(one, 'apiGroups', ''));
}

/** A name with a `*` at an end, and the namespaces of the graph that it stands for. */
function withMatches({ declared }: Model, name: string): string[] {
  if (!name.includes('*')) return [name];
  const pattern = new RegExp(
    `^${name
      .split('*')
      .map((part) => part.replaceAll(/[^\w-]/g, ''))
      .join('.*')}$`,
  );
  const known = [...declared.namespaces.map((one) => one.name), ...declared.exempt, 'default'];
  return [name, ...known.filter((one) => pattern.test(one))];
}
