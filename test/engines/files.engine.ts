import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './process.ts';
import { coveringArray, scenarios } from './repositories.ts';
import { folder, suite } from './suite.ts';

/** Distinct files whose path matches, each with the repository that it was found in. */
function distinct(wanted: RegExp): Map<string, string> {
  const all = [...scenarios(), ...coveringArray()].flatMap(({ name, files }) =>
    [...files]
      .filter(([path]) => wanted.test(path))
      .map(([path, text]) => [text, `${path} of ${name}`] as const),
  );
  return new Map(all);
}

suite('workflows', ['actionlint'], () => {
  test('are as GitHub Actions wants them', () => {
    const workflows = distinct(/^\.github\/workflows\/.*\.ya?ml$/);
    const wrong = [...workflows].flatMap(([text, place]) => {
      const file = join(folder([['.github/workflows/x.yaml', text]]), '.github/workflows/x.yaml');
      const { status, all } = run('actionlint', ['-no-color', file]);
      return status === 0 ? [] : [`${place}: ${all}`];
    });
    expect(wrong).toEqual([]);
    expect(workflows.size).toBeGreaterThan(0);
  });
});

suite('secrets', ['gitleaks'], () => {
  test('are in no rendered tree', () => {
    const all = [...scenarios(), ...coveringArray()];
    const dir = folder(
      all.flatMap(({ files }, index) =>
        [...files].map(([path, text]) => [`${index}/${path}`, text] as const),
      ),
    );
    const { status, all: said } = run('gitleaks', [
      'dir',
      dir,
      '--no-banner',
      '--no-color',
      '--verbose',
      '--redact',
    ]);
    expect(status, said).toBe(0);
  });

  test('would be found', () => {
    const key = ['AKIA', 'Z7QX3M5VN2WBKE4R'].join('');
    const dir = folder([['apps/x.yaml', `aws_access_key_id: ${key}\n`]]);
    expect(run('gitleaks', ['dir', dir, '--no-banner']).status).toBe(1);
  });
});

suite('shell', ['bash'], () => {
  test('in scripts and pages can be read by bash', () => {
    const scripts = [...distinct(/\.sh$/)];
    const fences = [...distinct(/\.md$/)].flatMap(([text, place]) =>
      [...text.matchAll(/^( *)```(?:ba)?sh\n([^]*?)\n\1```$/gm)].map((match) => [match[2]!, place] as const),
    );
    const all = [...new Map([...scripts, ...fences])];
    const wrong = all.flatMap(([text, place]) => {
      const { status, stderr } = run('bash', ['-n'], { input: text });
      return status === 0 ? [] : [`${place}: ${stderr}\n${text}`];
    });
    expect(wrong).toEqual([]);
    console.log(`${scripts.length} scripts and ${fences.length} fences read`);
  });
});
