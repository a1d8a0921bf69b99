import type { Service } from '../blueprint/service.ts';
import type { Input, InputValue } from '../types/catalog.ts';
import type { Pending } from '../types/plan.ts';
import type { SecretPlan } from '../types/secret-plan.ts';
import { kebab } from '../kebab.ts';
import { interpolate } from './interpolate.ts';

interface Known {
  inputs: Input[];
  values: Record<string, InputValue | null>;
  secrets: SecretPlan[];
  services: Service[];
  cluster: string;
}

const RERENDER = 'npm create zero-trust@latest . -- --config zero-trust.yaml --force';

/** What only the user can supply and has not yet, each with the command that finishes it (run in the repository). */
export function findPending({ inputs, values, secrets, services, cluster }: Known): Pending[] {
  return [
    ...inputs
      .filter((input) => input.name in values && input.pending && isOpen(input, values[input.name]))
      .map((input) => pendingInput(input, { ...values, cluster })),
    ...secrets.filter((secret) => !secret.sealed).map(pendingSecret),
    ...(services.some((one) => one.metrics) && !values['scraperNamespace'] ? [SCRAPER] : []),
  ];
}

const isOpen = (input: Input, value: InputValue | null | undefined) =>
  value === null || value === undefined || value === input.default;

function pendingInput(input: Input, values: Known['values']): Pending {
  const flag = `--${kebab(input.name)}`;
  const example = input.type === 'file' ? 'FILE' : 'VALUE';
  return {
    id: input.name,
    what: interpolate(input.pending!, values),
    command: interpolate(input.pendingCommand ?? `${RERENDER} ${flag} ${example}`, values),
  };
}

function pendingSecret(secret: SecretPlan): Pending {
  const id = `${secret.namespace}/${secret.name}`;
  const sources = secret.keys.map((key) => `--secret ${id}/${key}=file:PATH`);
  return {
    id: `secret ${id}`,
    what: `Secret ${id} (${secret.keys.join(', ')}) has no value: ${secret.why}`,
    command: `npm create zero-trust@latest -- seal . ${sources.join(' ')}`,
  };
}

const SCRAPER: Pending = {
  id: 'scraperNamespace',
  what: 'Services publish metrics, but no namespace may collect them',
  command: `${RERENDER} --scraper-namespace monitoring`,
};
