import { isIP } from 'node:net';
import type { Component, InputValue } from '../types/catalog.ts';
import type { OutsideSpec } from '../types/flow-spec.ts';
import type { Endpoint } from '../types/connections.ts';
import type { OutsidePlan } from '../types/outside-plan.ts';
import { namespaceEndpoint, outsideEndpoint } from './endpoints.ts';
import { list } from './values.ts';

type Values = Record<string, InputValue | null>;

/** Places that components reach and inputs name. One whose address is not given has no ends, so no flow leads to it. */
export function planOutside(components: Component[], inputs: Values): OutsidePlan[] {
  return components.flatMap((component) =>
    Object.entries(component.outside).map(([id, spec]) => ({
      id,
      slot: component.slot,
      ...place(spec, inputs),
    })),
  );
}

function place({ address, networks = '' }: OutsideSpec, inputs: Values): Omit<OutsidePlan, 'id' | 'slot'> {
  const base = { input: address, networks };
  const given = inputs[address];
  if (!given) return { ...base, host: '', port: 443, inCluster: false, ends: [] };
  const url = new URL(String(given));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const namespace = clusterNamespace(host);
  const cidrs = list(inputs[networks]);
  return {
    ...base,
    host,
    port: Number(url.port) || 443,
    inCluster: namespace !== undefined,
    ends: namespace === undefined ? endsOf(host, cidrs) : [namespaceEndpoint(namespace, false)],
  };
}

/** A Service's name in the cluster's DNS says its namespace. */
const clusterNamespace = (host: string): string | undefined =>
  /\.([a-z0-9-]+)\.svc(\.cluster\.local)?\.?$/.exec(host)?.[1];

function endsOf(host: string, cidrs: string[]): Endpoint[] {
  if (cidrs.length) return cidrs.map((cidr) => outsideEndpoint({ cidr }));
  const version = isIP(host);
  return [outsideEndpoint(version ? { cidr: `${host}/${version === 4 ? 32 : 128}` } : { host })];
}
