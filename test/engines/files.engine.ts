import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Dict } from './cluster.ts';
import { run } from './process.ts';
import { blueprints, coveringArray, repository, scenarios } from './repositories.ts';
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
  test('[trivy-ci] are as GitHub Actions wants them', () => {
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
  test('[plain-secret-guard] are in no rendered tree', () => {
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

suite('configuration scan', ['trivy'], () => {
  // As the pipeline asks for it, with the checks inside the program.
  const scan = (dir: string, workflow: string) => {
    const steps = (Object.values(parse(workflow).jobs) as Dict[]).flatMap((job) => job['steps'] as Dict[]);
    const args = steps.map((step) => (step['with'] as Dict | undefined)?.['args'] as string | undefined);
    const words = args.find((text) => text?.startsWith('config '))!.split(' ');
    return run('trivy', [...words, '--skip-check-update', '--quiet'], { cwd: dir });
  };
  const WORKFLOW = '.github/workflows/security.yaml';

  test.each([...blueprints()])(
    '[trivy-config] of %s finds nothing that is not listed with a reason',
    (name, blueprint) => {
      const choices = { ...(blueprint['choices'] as Dict), ci: 'github' };
      const { files } = repository(name, { ...blueprint, choices });
      const { status, all } = scan(folder(files), files.get(WORKFLOW)!);
      expect(status, all).toBe(0);
      const listed = (parse(files.get('.trivyignore.yaml')!).misconfigurations ?? []) as Dict[];
      expect(listed.filter(({ statement, paths }) => !statement || !paths)).toEqual([]);
      const idle = listed.flatMap(({ paths }) => (paths as string[]).filter((path) => !files.has(path)));
      expect(idle).toEqual([]);
    },
  );

  test('[trivy-config] would find a privileged container', () => {
    const { files } = scenarios().find(({ name }) => name === 'default')!;
    const path = 'apps/frontend/deployment.yaml';
    const bad = files.get(path)!.replace('allowPrivilegeEscalation: false', 'privileged: true');
    const { status, all } = scan(folder(new Map([...files, [path, bad]])), files.get(WORKFLOW)!);
    expect(status).toBe(1);
    expect(all).toContain('KSV-0017');
  });
});
