import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findEngine } from '../fakes/engines.ts';
import { POSIX, tempFolder } from './support.ts';

/** A way to keep secrets in the repository, with the real programs. */
export interface Backend {
  name: string;
  /** The program that encrypts, the one that makes keys, and where they are on this machine. */
  programs: Record<string, string | undefined>;
  sealer: string;
  /** What --generate-keys makes. */
  privateFile: string;
  files: string[];
  /** Makes a key pair in a folder. Returns the flags that give the public half. */
  makeKeys: (folder: string) => string[];
  /** The values in a file that was sealed. */
  open: (file: string, privateFile: string) => Record<string, string>;
}

const sops: Backend = {
  name: 'sops',
  programs: { sops: findEngine('sops'), 'age-keygen': findEngine('age-keygen') },
  sealer: 'sops',
  privateFile: 'age.agekey',
  files: ['age.agekey'],
  makeKeys: (folder) => {
    execFileSync(sops.programs['age-keygen']!, ['-o', join(folder, 'age.agekey')], { stdio: 'ignore' });
    return ['--age-recipients', /age1\S+/.exec(readFileSync(join(folder, 'age.agekey'), 'utf8'))![0]];
  },
  open: (file, privateFile) => {
    const env = { SOPS_AGE_KEY_FILE: privateFile, HOME: '/nonexistent' };
    const { stringData, data } = parse(
      execFileSync(sops.programs['sops']!, ['decrypt', file], { env, encoding: 'utf8' }),
    );
    return { ...stringData, ...decoded(data) };
  },
};

const sealedSecrets: Backend = {
  name: 'sealed-secrets',
  programs: { kubeseal: findEngine('kubeseal'), openssl: findEngine('openssl') },
  sealer: 'kubeseal',
  privateFile: 'sealing-key.pem',
  files: ['sealing-certificate.pem', 'sealing-key.pem'],
  makeKeys: (folder) => {
    const [key, certificate] = [join(folder, 'sealing-key.pem'), join(folder, 'sealing-certificate.pem')];
    const args = [
      'req',
      '-x509',
      '-nodes',
      '-newkey',
      'rsa:2048',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync(sealedSecrets.programs['openssl']!, args, { stdio: 'ignore' });
    return ['--sealing-certificate', certificate];
  },
  open: (file, privateFile) => {
    const args = ['--recovery-unseal', '--recovery-private-key', privateFile, '-f', file];
    return decoded(
      JSON.parse(execFileSync(sealedSecrets.programs['kubeseal']!, args, { encoding: 'utf8' })).data,
    );
  },
};

function decoded(data: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** Those whose programs are here; findEngine said which are not. */
export const BACKENDS = [sops, sealedSecrets].filter(
  ({ programs }) => POSIX && Object.values(programs).every(Boolean),
);

/**
 * A PATH that holds nothing but these programs, each under a cover that writes down what other processes could see:
 * its arguments, its environment, and the files where it runs. Any other program that is started is missing.
 */
export function recorded(
  folder: string,
  { programs }: Backend,
): { env: Record<string, string>; log: string } {
  const [bin, log, temp] = ['bin', 'log', 'tmp'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [bin, temp]) mkdirSync(path);
  writeFileSync(log, '');
  for (const [name, program] of Object.entries(programs)) {
    const write = `{ printf '%s\\n' "$0" "$@"; export -p; command -p cat ./* 2>/dev/null; } >> '${log}'`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${write}\nexec '${program}' "$@"\n`, { mode: 0o755 });
  }
  return { env: { PATH: bin, TMPDIR: temp }, log };
}

/** A PATH with one program of that name, made of a line of shell. */
export function fakeProgram(folder: string, name: string, line: string): Record<string, string> {
  const [bin, temp] = [join(folder, 'bin'), join(folder, 'tmp')];
  for (const path of [bin, temp]) mkdirSync(path, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env.PATH}`, TMPDIR: temp };
}

/** Folders of one run: work for the repository, keys for the pair, values for files with values, and the recorded programs. */
export function prepare(backend: Backend) {
  const folder = tempFolder();
  const [work, keys, values, tmp] = ['work', 'keys', 'values', 'tmp'].map((name) => join(folder, name));
  for (const path of [work!, keys!, values!]) mkdirSync(path);
  return { work: work!, keys: keys!, values: values!, tmp: tmp!, ...recorded(folder, backend) };
}
