export type KubernetesObject = Record<string, unknown>;

interface Spec {
  replicas?: number;
  parallelism?: number;
  strategy?: { rollingUpdate?: { maxSurge?: number | string } };
  jobTemplate?: { spec?: Spec };
  template?: { spec?: KubernetesObject };
}

/** How many pods of a workload can exist at one time, a rollout included; nothing where nodes decide. */
export function podsAtOnce(object: KubernetesObject): { pods: number; spec: KubernetesObject } | undefined {
  const spec = (object['spec'] ?? {}) as Spec;
  const job = spec.jobTemplate?.spec ?? spec;
  const counts: Record<string, () => number> = {
    Deployment: () => replicas(spec) + surge(spec),
    StatefulSet: () => replicas(spec),
    // A failed pod may still end when the next one starts.
    Job: () => 2 * (job.parallelism ?? 1),
    CronJob: () => 2 * (job.parallelism ?? 1),
  };
  const count = counts[String(object['kind'])];
  return count && { pods: count(), spec: job.template?.spec ?? {} };
}

const replicas = ({ replicas: count = 1 }: Spec) => count;

function surge(spec: Spec): number {
  const value = spec.strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof value === 'number' ? value : Math.ceil((replicas(spec) * Number.parseFloat(value)) / 100);
}
