import { UserError } from '../error.ts';
import type { InputValue } from '../types/catalog.ts';
import type { Endpoint } from '../types/connections.ts';
import type { SignaturePlan } from '../types/signature-plan.ts';
import { outsideEndpoint } from './endpoints.ts';
import { list, text } from './values.ts';

type Inputs = Record<string, InputValue | null>;

/** Hosts that a verifier must reach, beside a registry's own name: of some registries, and of what proves a signature. */
export interface SignatureHosts {
  registries: Record<string, string[]>;
  proofs: string[];
}

/**
 * Which images must be signed, and by whom; null when nobody asks for it.
 * Throws a usage error when who signs is not said, or is said in two ways.
 */
export function planSignatures(
  inputs: Inputs,
  images: string[],
  known: SignatureHosts,
): SignaturePlan | null {
  const prefixes = list(inputs['signedImages']);
  const [issuer, subject, key] = ['signingIssuer', 'signingSubject', 'signingKey'].map((name) =>
    text(inputs[name]),
  ) as [string, string, string];
  const found = problems(prefixes, issuer, subject, key);
  if (found.length) throw new UserError(found.join('\n'), 2);
  if (prefixes.length === 0) return null;
  const registries = [...new Set(prefixes.map((one) => one.split('/')[0]!))];
  return {
    prefixes,
    issuer,
    subject,
    key: key.replaceAll('\r', ''),
    images: images.filter((image) => prefixes.some((prefix) => isBelow(image, prefix))),
    globs: prefixes.flatMap(globsOf),
    hosts: [
      ...new Set([...registries.flatMap((one) => known.registries[one] ?? [one]), ...known.proofs]),
    ].sort(),
    networks: list(inputs['signatureCidrs']),
  };
}

/** What a verifier must reach: networks where they are given, else hosts by their names. */
export const sourcesOf = ({ hosts, networks }: SignaturePlan): Endpoint[] =>
  networks.length
    ? networks.map((cidr) => outsideEndpoint({ cidr }))
    : hosts.map((host) => outsideEndpoint({ host }));

function problems(prefixes: string[], issuer: string, subject: string, key: string): string[] {
  const keyless = issuer !== '' || subject !== '';
  if (prefixes.length === 0)
    return keyless || key
      ? [
          'inputs.signedImages: is missing: say below which prefix images are signed, for example ghcr.io/acme (--signed-images)',
        ]
      : [];
  if (!keyless && !key)
    return [
      'inputs.signedImages: who signs them? Give signingIssuer and signingSubject, or signingKey (--signing-key FILE)',
    ];
  if (keyless && key)
    return ['inputs.signingKey: give either the key, or signingIssuer and signingSubject, not both'];
  if (key && !/^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(key))
    return [
      'inputs.signingKey: is no public key in PEM form (-----BEGIN PUBLIC KEY-----), as "cosign public-key" prints it',
    ];
  if (keyless && !subject)
    return ['inputs.signingSubject: is missing: with the issuer alone, everybody whom it knows may sign'];
  if (keyless && !issuer)
    return [
      'inputs.signingIssuer: is missing: say who vouches for the subject, for example https://token.actions.githubusercontent.com',
    ];
  return [];
}

const isBelow = (image: string, prefix: string) =>
  [`${prefix}/`, `${prefix}:`, `${prefix}@`].some((start) => inFull(image).startsWith(start));

/** `acme/api` is `docker.io/acme/api` to a container runtime. */
const inFull = (image: string) =>
  /^([^/]*[.:][^/]*|localhost)\//.test(image) ? image : `docker.io/${image}`;

/** Patterns of the images below a prefix, in each spelling that a runtime takes for it. */
function globsOf(prefix: string): string[] {
  const spellings = prefix.startsWith('docker.io/') ? [prefix, prefix.slice('docker.io/'.length)] : [prefix];
  return spellings.flatMap((one) => [`${one}/*`, `${one}:*`, `${one}@*`]);
}
