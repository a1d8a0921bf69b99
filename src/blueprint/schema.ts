import * as z from 'zod';
import type { Catalog, Input } from '../types/catalog.ts';
import { cidr, domain, expression, host, label } from './fields.ts';
import { configMap, namespace, service } from './service.ts';

// One Blueprint is parsed per run: compiling a parser for it costs more than it saves.
z.config({ jitless: true });

/**
 * The schema of `zero-trust.yaml` for the slots and inputs of a catalog.
 * Strict: an unknown key is a problem. Choices and inputs that are left out take their defaults.
 */
export function blueprintSchema(catalog: Catalog) {
  return z.strictObject({
    name: label,
    choices: z
      .strictObject(Object.fromEntries(catalog.slots.filter((slot) => !slot.decidedBy).map(choice)))
      .prefault({}),
    inputs: z
      .strictObject(Object.fromEntries(catalog.inputs.map((input) => [input.name, field(input)])))
      .prefault({}),
    namespaces: z.array(namespace).default([]),
    configMaps: z.array(configMap).default([]),
    services: z.array(service).prefault(() => structuredClone(catalog.sample) as z.input<typeof service>[]),
  });
}

/** The Blueprint: what is wanted, validated, defaults filled in, without secret values. */
export type Blueprint = z.output<ReturnType<typeof blueprintSchema>>;

/** What is wrong with a typed answer, or nothing. Lists are typed with commas between. */
export function fieldProblem(input: Input | 'label', value: string): string | undefined {
  const type = input === 'label' ? label : types(input);
  const isList = input !== 'label' && (input.type === 'list' || input.type === 'cidrs');
  const result = type.safeParse(isList ? value.split(',').map((one) => one.trim()) : value);
  return result.success ? undefined : result.error.issues[0]?.message;
}

function choice(slot: Catalog['slots'][number]) {
  const names = slot.components.map((component) => component.name);
  const told = slot.components.map(({ name, hint }) => `${name}: ${hint}`).join('; ');
  return [slot.name, z.enum(names).default(slot.default).describe(`${slot.label}. ${told}`)] as const;
}

function field(input: Input): z.ZodType {
  const type = types(input).describe(`${input.label}. ${input.hint}`);
  return input.default === undefined ? type.optional() : type.default(input.default as never);
}

/** Text on one line without blanks, or as the input's own pattern says. */
const patterned = ({ pattern = '^\\S+$', hint }: Input) =>
  z.string().regex(new RegExp(pattern), `must match ${pattern} (${hint})`);

function types(input: Input): z.ZodType {
  switch (input.type) {
    case 'domain':
      return domain;
    case 'host':
      return host;
    case 'email':
      return z.email('is no e-mail address');
    case 'url':
      return z
        .string()
        .regex(/^(https|ssh):\/\/\S+$|^git@\S+:\S+$/, 'write https://…, ssh://… or git@host:path');
    case 'cidrs':
      return z.array(cidr);
    case 'list':
      return z.array(patterned(input));
    case 'boolean':
      return z.boolean();
    case 'version':
      return z
        .string("write it in quotes, for example '1.36'")
        .regex(/^1\.\d+$/, { message: "write the minor version in quotes, for example '1.36'", abort: true })
        .refine(
          (value) => !input.options || input.options.includes(value),
          `is not one of ${input.options?.join(', ')}`,
        );
    case 'choice':
      return z.enum(input.options ?? []);
    case 'expression':
      return expression;
    case 'label':
      return label;
    case 'file':
      return patterned({ pattern: '[\\s\\S]', ...input });
    default:
      return patterned(input);
  }
}
