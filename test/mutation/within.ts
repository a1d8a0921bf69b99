import { Script } from 'node:vm';

const script = new Script('job()');
const here = globalThis as { job?: () => void };

/** Runs synchronous work and throws when it takes longer: no timer of a test runner could stop it. */
export function within<T>(seconds: number, work: () => T): T {
  let result: T | undefined;
  here.job = () => {
    result = work();
  };
  script.runInThisContext({ timeout: seconds * 1000 });
  return result as T;
}
