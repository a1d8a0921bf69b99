import { edits, put, remove, type Edit, type Operator, type Operators } from '../mutant.ts';
import type { Any } from '../repository.ts';

/** Edits of objects of one API group, whatever their kind. */
const ofGroup = (group: string, of: (object: Any) => (Edit | false | undefined)[]): Operator =>
  edits(null, (object) => (String(object.apiVersion).startsWith(`${group}/`) ? of(object) : []));

const CONSTRAINTS = 'constraints.gatekeeper.sh';
const CODE = ['spec', 'targets', 0, 'code', 0, 'source'];

const release = (of: (values: Any) => (Edit | false | undefined)[]): Operator =>
  edits(/HelmRelease/, ({ metadata, spec }) => (metadata.name === 'gatekeeper' ? of(spec.values) : []));
const value = (...at: (string | number)[]) => ['spec', 'values', ...at];

/** Gatekeeper that lets more through. */
export const GATEKEEPER: Operators = {
  'gatekeeper/audit': ofGroup(CONSTRAINTS, ({ spec }) => [
    spec.enforcementAction === 'deny' && put(['spec', 'enforcementAction'], 'dryrun'),
    spec.enforcementAction === 'deny' && put(['spec', 'enforcementAction'], 'warn'),
  ]),
  'gatekeeper/match': ofGroup(CONSTRAINTS, ({ spec }) => [
    put(['spec', 'match', 'kinds', 0, 'kinds'], ['ConfigMap']),
    put(['spec', 'match', 'labelSelector'], { matchLabels: { checked: 'yes' } }),
    spec.match.excludedNamespaces && put(['spec', 'match', 'excludedNamespaces', 0], 'shop'),
    spec.match.excludedNamespaces && put(['spec', 'match', 'excludedNamespaces', 0], 'sh*'),
    spec.match.namespaces && put(['spec', 'match', 'namespaces'], ['nobody']),
  ]),
  'gatekeeper/parameters': ofGroup(CONSTRAINTS, ({ spec }) => [
    spec.parameters?.registries && put(['spec', 'parameters', 'registries', 0], 'registry.example.com'),
    spec.parameters?.injected && put(['spec', 'parameters', 'injected', 1], 'registry.example.com/any:1'),
    spec.parameters?.labels && put(['spec', 'parameters', 'labels'], []),
    spec.parameters?.annotations && remove(['spec', 'parameters', 'annotations']),
  ]),
  'gatekeeper/exception': ofGroup(CONSTRAINTS, ({ spec }) =>
    (spec.parameters?.exceptions ?? []).flatMap((_: Any, index: number) => {
      const at = ['spec', 'parameters', 'exceptions', index];
      return [
        remove([...at, 'owner']),
        remove([...at, 'reason']),
        remove([...at, 'expires']),
        put([...at, 'expires'], '2020-01-01'),
        put([...at, 'expires'], '2099-01-01'),
        put([...at, 'labels'], {}),
        remove(at),
      ];
    }),
  ),
  'gatekeeper/no-violation': ofGroup('templates.gatekeeper.sh', () => [
    put([...CODE, 'rego'], 'package empty\n'),
    remove(CODE),
    put(['metadata', 'name'], 'another'),
  ]),
  'gatekeeper/expansion': ofGroup('expansion.gatekeeper.sh', ({ spec }) => [
    put(['spec', 'enforcementAction'], 'warn'),
    put(['spec', 'templateSource'], 'spec'),
    put(['spec', 'generatedGVK', 'kind'], 'PodTemplate'),
    ...spec.applyTo.flatMap((one: Any, index: number) =>
      one.kinds.map((_: Any, number: number) => remove(['spec', 'applyTo', index, 'kinds', number])),
    ),
  ]),
  'gatekeeper/webhook': release((values) => [
    remove(value('validatingWebhookFailurePolicy')),
    put(value('validatingWebhookFailurePolicy'), 'Ignore'),
    put(value('validatingWebhookCheckIgnoreFailurePolicy'), 'Ignore'),
    put(value('disableValidatingWebhook'), true),
    put(value('enableGeneratorResourceExpansion'), false),
    put(value('validatingWebhookExemptNamespacesLabels', 'kubernetes.io/metadata.name', 0), 'shop'),
    put(value('validatingWebhookExemptNamespacesLabels', 'unchecked'), ['yes']),
    put(value('validatingWebhookObjectSelector'), { matchLabels: { checked: 'yes' } }),
    put(value('validatingWebhookMatchConditions', 0, 'expression'), 'false'),
    ...values.validatingWebhookCustomRules.map((_: Any, index: number) =>
      remove(value('validatingWebhookCustomRules', index)),
    ),
  ]),
};
