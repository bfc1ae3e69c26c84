import { assert } from '../../base/assert.ts';
import type { CollectiveCall, Collectively } from '../program/rank-state.ts';

/** How long the transfer of a collective takes once all ranks are there. */
export type TransferTime = (collective: number, bytes: number) => number;

/**
 * Runs the ranks side by side from collective to collective: each begins where its last rank is ready, and ends
 * for all at the same time. Returns these ends.
 */
export function runRanks(ranks: readonly Collectively[], transferNs: TransferTime): Float64Array {
  const ends: number[] = [];
  let waiting = ranks.map((rank) => rank.next());
  for (;;) {
    const calls = waiting.flatMap(({ value }) => (value === undefined ? [] : [value]));
    if (calls.length === 0) {
      return Float64Array.from(ends);
    }
    assert(calls.length === ranks.length, 'some ranks have ended before a collective of others');
    const end = latest(calls) + transferNs(ends.length, calls[0].bytes);
    ends.push(end);
    waiting = ranks.map((rank) => rank.next(end));
  }
}

/** Runs one rank again, with the ends of collectives that are known. */
export function* rerunRank(rank: Collectively, ends: Float64Array): Generator<void> {
  let result = rank.next();
  for (let i = 0; result.done !== true; i++) {
    yield;
    result = rank.next(ends[i]);
  }
}

function latest(calls: readonly CollectiveCall[]): number {
  return calls.reduce((max, { readyAt }) => Math.max(max, readyAt), -Infinity);
}
