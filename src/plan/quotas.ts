import type { Namespace } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import type { NamespacePlan, QuotaPlan } from '../types/plan.ts';
import type { ServicePlan } from '../types/service-plan.ts';
import { podsAtOnce, type KubernetesObject } from './pods-at-once.ts';
import { amount, cores, mebibytes, podRequests, type Requests } from './requests.ts';

/** Twice what runs during a rollout: pods that end still count, and a repair may need a pod more. */
const HEAD_ROOM = 2;

interface Known {
  namespace: string;
  services: ServicePlan[];
  declared: Namespace | undefined;
  /** What the mesh adds to each pod. */
  sidecar: Requests;
}

/** Gives each application namespace its quota. */
export const withQuotas = (
  namespaces: NamespacePlan[],
  declared: Namespace[],
  services: ServicePlan[],
  sidecar = { cpu: '0', memory: '0' },
): NamespacePlan[] =>
  namespaces.map((one) =>
    one.kind === 'app'
      ? {
          ...one,
          quota: planQuota({
            namespace: one.name,
            services: services.filter((service) => service.namespace === one.name),
            declared: declared.find((other) => other.name === one.name),
            sidecar: { cpu: amount(sidecar.cpu), memory: amount(sidecar.memory) },
          }),
        }
      : one,
  );

/**
 * What the pods of a namespace may request together. What the Blueprint does not give is derived from the services;
 * with a workload whose pods nobody can count (a DaemonSet, manifests of the user's own) it stays open.
 *
 * @throws UserError where the Blueprint gives less than the services need
 */
function planQuota({ namespace, services, declared, sidecar }: Known): QuotaPlan {
  const given = declared?.quota ?? {};
  const objects = services.flatMap((one) => one.workloads.map((workload) => workload.object));
  const needs = objects.map((object) => need(object, sidecar));
  const isKnown = services.every((one) => !one.own) && needs.every((one) => one !== undefined);
  const sum = (key: keyof Requests | 'pods') => needs.reduce((total, one) => total + (one?.[key] ?? 0), 0);
  const total = { cpu: sum('cpu'), memory: sum('memory'), pods: sum('pods') };
  refuseLess(namespace, given, total);
  const derived = (value: number) => (isKnown && total.pods ? value * HEAD_ROOM : undefined);
  const [cpu, memory, pods] = [derived(total.cpu), derived(total.memory), derived(total.pods)];
  return {
    cpu: given.cpu ?? (cpu === undefined ? '' : cores(cpu)),
    memory: given.memory ?? (memory === undefined ? '' : mebibytes(memory)),
    pods: String(given.pods ?? pods ?? ''),
  };
}

function need(object: KubernetesObject, sidecar: Requests) {
  const found = podsAtOnce(object);
  if (!found) return undefined;
  const each = podRequests(found.spec);
  const { pods } = found;
  return { pods, cpu: pods * (each.cpu + sidecar.cpu), memory: pods * (each.memory + sidecar.memory) };
}

function refuseLess(
  namespace: string,
  given: Namespace['quota'],
  total: { cpu: number; memory: number; pods: number },
): void {
  const problems = [
    given.cpu !== undefined &&
      amount(given.cpu) < total.cpu &&
      `cpu: ${given.cpu} is less than ${cores(total.cpu)}`,
    given.memory !== undefined &&
      amount(given.memory) < total.memory &&
      `memory: ${given.memory} is less than ${mebibytes(total.memory)}`,
    given.pods !== undefined && given.pods < total.pods && `pods: ${given.pods} is less than ${total.pods}`,
  ].filter((one) => one !== false);
  if (problems.length === 0) return;
  throw new UserError(
    problems
      .map(
        (one) =>
          `namespaces.${namespace}.quota.${one}, which the services need during a rollout; raise it or leave it out`,
      )
      .join('\n'),
    2,
  );
}
