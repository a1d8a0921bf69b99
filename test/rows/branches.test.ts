import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BACKENDS, type Backend } from '../cli/backends.ts';
import { BIN, run, tempFolder } from '../cli/support.ts';
import { enginesDir } from '../engines/find.mjs';
import { fencesOf } from '../pages.ts';

const BLUEPRINT = `name: blue
choices: { runtime: none }
services:
${['web', 'shop']
  .map(
    (name) =>
      `  - { name: ${name}, namespace: shop, image: 'ghcr.io/org/a@sha256:${'0'.repeat(64)}', secrets: [{ name: ${name}, keys: [password] }] }`,
  )
  .join('\n')}
`;

/** A repository with two sealed Secrets, pushed to a bare remote, and a shell in which its pages can be pasted. */
async function pushed(backend: Backend) {
  const folder = tempFolder();
  const [bin, keys, repository] = ['bin', 'blue-keys', 'blue'].map((one) => path.join(folder, one)) as [
    string,
    string,
    string,
  ];
  for (const one of [bin, keys]) mkdirSync(one);
  writeFileSync(path.join(folder, 'blueprint.yaml'), BLUEPRINT);
  writeFileSync(path.join(folder, 'value'), 'a new value');
  const stub = (name: string, script: string) =>
    writeFileSync(path.join(bin, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  stub(
    'npm',
    `shift 2; args=(); for one; do [ "$one" = -- ] || args+=("$one"); done; exec '${process.execPath}' '${BIN}' "\${args[@]}"`,
  );
  stub('kubectl', 'cat >/dev/null');
  const env = {
    PATH: `${bin}:${enginesDir}:${process.env['PATH']}`,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const paste = (script: string, more: Record<string, string> = {}) =>
    spawnSync('bash', ['-c', script.replaceAll('file:PATH', 'file:../value')], {
      cwd: repository,
      env: { ...env, ...more },
      encoding: 'utf8',
    });
  const git = (command: string) => paste(`git ${command}`).stdout.trim();
  const secrets = ['web', 'shop'].flatMap((one) => ['--secret', `shop/${one}/password=file:value`]);
  const made = await run(
    folder,
    ['blue', '--config', 'blueprint.yaml', '--secrets', backend.name, ...backend.makeKeys(keys), ...secrets],
    { env },
  );
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const { status, stderr } = paste(
    `set -e; git init --quiet --bare --initial-branch=main ../remote.git; git init --quiet --initial-branch=main
    git add --all; git commit --quiet --message=All; git remote add origin ../remote.git; git push --quiet -u origin main`,
  );
  expect(status, stderr).toBe(0);
  const blocks = (name: string) =>
    fencesOf(readFileSync(path.join(repository, `docs/runbooks/${name}.md`), 'utf8'), 'sh');
  return { paste, git, blocks };
}

if (BACKENDS.length === 0) test.skip('needs kubeseal and openssl, or sops and age-keygen');

describe.each(BACKENDS)('with $name', (backend) => {
  test('[rotation] pasted, each change of a secret is a branch of its own from the remote, and leaves nothing behind', async () => {
    const { paste, git, blocks } = await pushed(backend);
    const rotations = blocks('rotation').filter((one) => one.includes("'Rotate "));
    expect(rotations).toHaveLength(2);
    for (const block of rotations) {
      const { status, stderr } = paste(block);
      expect(status, stderr).toBe(0);
      expect(git('status --porcelain')).toBe('');
      expect(git('rev-parse HEAD~1')).toBe(git('rev-parse origin/main'));
      expect(git('diff --name-only HEAD~1').split('\n')).toEqual([
        '.zero-trust/ledger.json',
        expect.stringMatching(/^security\/secrets\/shop\/\w+\.secret\.yaml$/),
      ]);
      expect(git('rev-parse @{upstream}')).toBe(git('rev-parse HEAD'));
    }

    // The last one was bad, was merged, and somebody is at work on a branch that lacks it.
    const bad = git('rev-parse HEAD');
    paste('git push origin HEAD:main; git switch --quiet main');
    const revert = blocks('incident').find((one) => one.includes('git revert'))!;
    const undone = paste(revert, { BAD_COMMIT: bad });
    expect(undone.status, undone.stderr).toBe(0);
    expect(git(`rev-parse HEAD~1`)).toBe(bad);
    expect(git(`diff ${bad}~1 origin/revert-${bad}`)).toBe('');
    // What cannot be undone is not pushed as if it were.
    expect(paste(revert, { BAD_COMMIT: 'nothing' }).status).not.toBe(0);
    expect(git('ls-remote --heads origin revert-nothing')).toBe('');
  });

  test('[rotation] pasted, the replacement of the key is committed whole', async () => {
    const { paste, git, blocks } = await pushed(backend);
    const [before, main] = [git('show HEAD:zero-trust.yaml'), git('rev-parse HEAD')];
    const steps = blocks('rotation').filter((one) => /"\$NEW"|opens|\$NEW\/|'Replace /.test(one));
    const { status, stderr } = paste(steps.join('\n'), { STAY: stays(backend, git) });
    expect(status, stderr).toBe(0);
    expect(git('status --porcelain')).toBe('');
    expect(git('rev-parse HEAD~1')).toBe(main);
    expect(git('show HEAD:zero-trust.yaml')).not.toBe(before);
    const files = git('diff --name-only HEAD~1').split('\n');
    expect(files).toEqual(
      expect.arrayContaining([
        'zero-trust.yaml',
        'security/secrets/shop/shop.secret.yaml',
        'security/secrets/shop/web.secret.yaml',
      ]),
    );
    expect(git('rev-parse @{upstream}')).toBe(git('rev-parse HEAD'));
  });
});

/** The recipients that stay: here the one that there is, as if the offline key's. */
const stays = (backend: Backend, git: (command: string) => string) =>
  backend.name === 'sops' ? /age1\w+/.exec(git('show HEAD:.sops.yaml'))![0] : '';
