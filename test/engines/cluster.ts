import { dirname, join } from 'node:path';
import { must, run, type Result } from './process.ts';

export type Dict = Record<string, unknown>;

export interface KubeObject extends Dict {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** What a chart says in a way that the API server would rather not read; it reads it all the same. */
export const UPSTREAM_WARNING =
  /^Warning: (metadata|spec\.template\.metadata)\.annotations\[container\.apparmor\.security\.beta\.kubernetes\.io\//;

/** An API server, spoken to by kubectl. */
export class Cluster {
  readonly kubeconfig: string;

  constructor(kubeconfig: string) {
    this.kubeconfig = kubeconfig;
  }

  /** What kubectl knows of kinds is kept apart from that of other servers on the same port. */
  #flags(): string[] {
    return [`--kubeconfig=${this.kubeconfig}`, `--cache-dir=${join(dirname(this.kubeconfig), 'cache')}`];
  }

  kubectl(args: string[], input?: string): Result {
    return run('kubectl', [...args.slice(0, 1), ...this.#flags(), ...args.slice(1)], { input });
  }

  /** Server-side apply of all documents, objects or text, in one call; kubectl goes on after a refusal. */
  apply(documents: (object | string)[], flags: string[] = []): Result {
    const texts = documents.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    const input = texts.map((text) => `---\n${text}\n`).join('');
    return this.kubectl(['apply', '--server-side', '--force-conflicts', '--filename=-', ...flags], input);
  }

  /** As `apply`, but nothing is stored, and an unknown field is an error. */
  dryRun(documents: (object | string)[]): Result {
    return this.apply(documents, ['--dry-run=server', '--validate=strict']);
  }

  applyAll(documents: (object | string)[]): void {
    const { status, all } = this.apply(documents, ['--validate=strict']);
    if (status !== 0) throw new Error(all);
  }

  /** Loads CRDs and waits until their kinds are served. */
  load(files: string[]): void {
    const names = files.map((file) => `--filename=${file}`);
    must('kubectl', ['apply', ...this.#flags(), '--server-side', '--force-conflicts', ...names]);
    must('kubectl', ['wait', ...this.#flags(), '--for=condition=Established', '--timeout=60s', ...names]);
  }

  /** As `kubectl auth can-i`, many questions in one call: those that are answered otherwise than expected. */
  wrongAnswers(questions: Question[], expected: boolean): string[] {
    const reviews = questions.map(({ who, people, ...attributes }) => {
      const [, , namespace] = who.split(':');
      const groups = people
        ? ['system:authenticated', who]
        : ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`];
      const spec = { user: people ? PERSON : who, groups, resourceAttributes: attributes };
      return { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    });
    const list = { apiVersion: 'v1', kind: 'List', items: reviews };
    const { stdout, all } = this.kubectl(
      ['create', '--filename=-', '--output=jsonpath={.status.allowed}{"\\n"}'],
      JSON.stringify(list),
    );
    const answers = stdout.trim().split('\n');
    if (answers.length !== questions.length) throw new Error(all);
    return questions
      .filter((_, index) => (answers[index] === 'true') !== expected)
      .map((question) => JSON.stringify(question));
  }

  /** All that a person of these groups may do in a namespace, as the API server tells themselves. */
  rulesOf(groups: string[], namespace: string): AccessRule[] {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace },
    };
    const as = ['system:authenticated', ...groups].map((group) => `--as-group=${group}`);
    const { stdout, status, all } = this.kubectl(
      ['create', '--filename=-', '--output=json', '--validate=false', `--as=${PERSON}`, ...as],
      JSON.stringify(review),
    );
    if (status !== 0) throw new Error(all);
    return (JSON.parse(stdout) as { status: { resourceRules: AccessRule[] } }).status.resourceRules;
  }
}

const PERSON = 'person';

export interface AccessRule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
}

/** May this ServiceAccount, or a person of this group, do that? Without a namespace: in all of them. */
export interface Question {
  who: string;
  /** `who` is a group of people. */
  people?: boolean;
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
  name?: string;
  namespace?: string;
}
