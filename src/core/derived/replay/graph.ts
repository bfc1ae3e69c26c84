import type { Nanoseconds } from '../../model/units.ts';

/** What must have ended before each node begins; nodes count from 0. */
export interface Links {
  /** By node: where its edges start; one more than there are nodes. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** By edge: the node that comes before. */
  readonly from: Uint32Array<ArrayBuffer>;
}

/** Nodes that can be played: units begin together, as soon as all that is before any node of theirs has ended. */
export interface Graph extends Links {
  /** Nodes by unit, in an order in which each unit comes after what it waits for. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Where each unit starts in `order`; one more than there are units. */
  readonly unitStarts: Uint32Array<ArrayBuffer>;
}

/** From edges in any order; `edges` tells the place of each in the order given. */
export function linksOf(
  nodeCount: number,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
): { readonly links: Links; readonly edges: Uint32Array<ArrayBuffer> } {
  const { starts, from: edges } = groupBy(nodeCount, to.length, (edge) => to[edge]);
  return { links: { starts, from: edges.map((edge) => from[edge]) }, edges };
}

/** `groups` are nodes that begin together. Null where nodes wait for each other. */
export function orderGraph(links: Links, groups: readonly (readonly number[])[]): Graph | null {
  const count = links.starts.length - 1;
  const unitOf = new Int32Array(count).fill(-1);
  groups.forEach((group, unit) => group.forEach((node) => (unitOf[node] = unit)));
  let units = groups.length;
  for (let node = 0; node < count; node++) {
    if (unitOf[node] < 0) {
      unitOf[node] = units++;
    }
  }
  const members = groupBy(units, count, (node) => unitOf[node]);
  const ready = sortUnits(links, unitOf, members);
  if (ready === null) {
    return null;
  }
  const order = new Uint32Array(count);
  const unitStarts = new Uint32Array(units + 1);
  let next = 0;
  ready.forEach((unit, i) => {
    for (let k = members.starts[unit]; k < members.starts[unit + 1]; k++) {
      order[next++] = members.from[k];
    }
    unitStarts[i + 1] = next;
  });
  return { ...links, order, unitStarts };
}

/** Units in an order that can be played; null where there is none. */
function sortUnits(
  { starts, from }: Links,
  unitOf: Int32Array,
  members: Links,
): Uint32Array<ArrayBuffer> | null {
  const units = members.starts.length - 1;
  const target = new Uint32Array(from.length);
  const open = new Uint32Array(units);
  for (let node = 0; node + 1 < starts.length; node++) {
    for (let edge = starts[node]; edge < starts[node + 1]; edge++) {
      target[edge] = unitOf[node];
      open[unitOf[node]]++;
    }
  }
  const leaving = groupBy(units, from.length, (edge) => unitOf[from[edge]]);
  const ready = new Uint32Array(units);
  let length = 0;
  for (let unit = 0; unit < units; unit++) {
    if (open[unit] === 0) {
      ready[length++] = unit;
    }
  }
  for (let i = 0; i < length; i++) {
    for (let k = leaving.starts[ready[i]]; k < leaving.starts[ready[i] + 1]; k++) {
      const unit = target[leaving.from[k]];
      open[unit]--;
      if (open[unit] === 0) {
        ready[length++] = unit;
      }
    }
  }
  return length < units ? null : ready;
}

/** The rows of each of `groups` groups, ascending. */
function groupBy(groups: number, rows: number, groupOf: (row: number) => number): Links {
  const starts = new Uint32Array(groups + 1);
  for (let row = 0; row < rows; row++) {
    starts[groupOf(row) + 1]++;
  }
  for (let group = 0; group < groups; group++) {
    starts[group + 1] += starts[group];
  }
  const next = starts.slice();
  const from = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    from[next[groupOf(row)]++] = row;
  }
  return { starts, from };
}

/**
 * By node: when it ends, if each takes its duration and the first begins at 0. `lags`, by edge, is what lies between
 * the end of a node and the earliest begin of one that waits for it; without, nothing does.
 */
export function play(
  { starts, from, order, unitStarts }: Graph,
  durations: Float64Array,
  lags?: Float64Array,
): Float64Array<ArrayBuffer> {
  const ends: Float64Array<ArrayBuffer> = new Float64Array(durations.length);
  for (let unit = 0; unit + 1 < unitStarts.length; unit++) {
    let begin: Nanoseconds = 0;
    for (let k = unitStarts[unit]; k < unitStarts[unit + 1]; k++) {
      for (let edge = starts[order[k]]; edge < starts[order[k] + 1]; edge++) {
        const earliest = ends[from[edge]] + (lags === undefined ? 0 : lags[edge]);
        begin = earliest > begin ? earliest : begin;
      }
    }
    for (let k = unitStarts[unit]; k < unitStarts[unit + 1]; k++) {
      ends[order[k]] = begin + durations[order[k]];
    }
  }
  return ends;
}
