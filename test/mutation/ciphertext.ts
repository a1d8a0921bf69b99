import { stringify } from 'yaml';
import type { Generated } from '../../src/generate.ts';
import type { Files } from '../../src/types/files.ts';
import type { SecretPlan } from '../../src/types/secret-plan.ts';

/** The files of a repository and, at the path of each secret that is sealed, ciphertext in the form that its backend writes. */
export function withCiphertext({ plan, files }: Generated): Files {
  const recipients = plan.inputs['ageRecipients'] as string[] | null;
  const sealed = plan.secrets
    .filter((one) => !one.command)
    .map((one) => {
      const object = plan.choices['secrets'] === 'sops' ? sops(one, recipients ?? []) : sealedSecret(one);
      return [one.path, stringify(object, { lineWidth: 0 })] as const;
    });
  return new Map([...files, ...sealed]);
}

/** Source: kubeseal 0.36, `--format yaml`, scope strict. */
function sealedSecret({ name, namespace, keys }: SecretPlan): object {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace },
    spec: {
      encryptedData: Object.fromEntries(keys.map((key) => [key, sealedValue(`${name}/${key}`)])),
      template: { metadata: { name, namespace }, type: 'Opaque' },
    },
  };
}

/** The length of the RSA part (512 bytes), that part, and the AES-GCM part, in base64. Source: sealed-secrets, pkg/crypto/crypto.go. */
const sealedValue = (of: string) =>
  Buffer.concat([Buffer.from([2, 0]), Buffer.from(noise(of, 720), 'base64')]).toString('base64');

/** Source: sops 3.11, `encrypt` with age and `encrypted_regex`. */
function sops({ name, namespace, keys }: SecretPlan, recipients: string[]): object {
  const encrypted = (of: string) =>
    `ENC[AES256_GCM,data:${noise(of, 28)}==,iv:${noise(`${of} iv`, 43)}=,tag:${noise(`${of} tag`, 22)}==,type:str]`;
  const enc = (recipient: string) =>
    `-----BEGIN AGE ENCRYPTED FILE-----\n${noise(recipient, 256).replace(/.{64}/g, '$&\n')}-----END AGE ENCRYPTED FILE-----\n`;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map((key) => [key, encrypted(`${name}/${key}`)])),
    sops: {
      age: recipients.map((recipient) => ({ recipient, enc: enc(recipient) })),
      lastmodified: '2026-01-01T00:00:00Z',
      mac: encrypted('mac'),
      encrypted_regex: '^(data|stringData)$',
      version: '3.11.0',
    },
  };
}

/** Text that looks as ciphertext does, and is the same each time. */
export function noise(seed: string, length: number): string {
  let state = [...seed].reduce((hash, char) => (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0, 7);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return letters[state >>> 26]!;
  }).join('');
}
