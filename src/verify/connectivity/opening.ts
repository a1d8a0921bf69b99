import type { KubernetesObject } from '../model.ts';
import type { Path } from '../selectors.ts';
import type { PortRange } from './port.ts';

/** Something that one place lets through and nobody declared. */
export interface Opening {
  /** The object that opens it, and where; for what no object stops, the object that would have to be denied. */
  object?: KubernetesObject;
  path: Path;
  /** Connections, the first of many. */
  connections: { from: string; to: string; ports: PortRange[]; where?: string }[];
  /** How many there are. */
  count: number;
  /** What still stops every one of them; undefined where at least one gets through. */
  stoppedBy?: string;
  /** Why it is open, when no rule is to blame. */
  reason?: string;
}

export type Connection = Opening['connections'][number] & { stoppedBy?: string };

const EXAMPLES = 4;

/** One opening for all that a place opens: what really gets through, or, when nothing does, what would. */
export function gather(
  place: Pick<Opening, 'object' | 'path' | 'reason'>,
  connections: Connection[],
): Opening[] {
  if (connections.length === 0) return [];
  const through = connections.filter(({ stoppedBy }) => stoppedBy === undefined);
  const shown = through.length ? through : connections;
  const stoppedBy = through.length ? undefined : connections[0]!.stoppedBy;
  return [
    {
      ...place,
      connections: shown.slice(0, EXAMPLES),
      count: shown.length,
      ...(stoppedBy !== undefined && { stoppedBy }),
    },
  ];
}
