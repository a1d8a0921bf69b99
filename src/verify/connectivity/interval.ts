/** From `start` up to, and without, `end`. */
export type Interval<N> = readonly [start: N, end: N];

/** Sorted intervals that neither overlap nor touch. */
export function union<N extends number | bigint>(intervals: Iterable<Interval<N>>): Interval<N>[] {
  const sorted = [...intervals].filter(([start, end]) => start < end).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const result: [N, N][] = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last && start <= last[1]) {
      if (end > last[1]) last[1] = end;
    } else {
      result.push([start, end]);
    }
  }
  return result;
}

/** What is in `from` and not in `taken`. */
export function subtract<N extends number | bigint>(
  from: Iterable<Interval<N>>,
  taken: Iterable<Interval<N>>,
): Interval<N>[] {
  const holes = union(taken);
  return union(from).flatMap(([start, end]) => {
    const left: Interval<N>[] = [];
    let at = start;
    for (const [from, to] of holes) {
      if (to <= at) continue;
      if (from >= end) break;
      if (from > at) left.push([at, from]);
      at = to;
    }
    if (at < end) left.push([at, end]);
    return left;
  });
}

/** What is in both. */
export function intersect<N extends number | bigint>(
  some: Iterable<Interval<N>>,
  others: Iterable<Interval<N>>,
): Interval<N>[] {
  const all = [...some];
  return subtract(all, subtract(all, others));
}
