import type { BatchQueue } from '../engine/batch-queue.ts';
import type { Draws, Purpose } from '../engine/draws.ts';
import type { Host } from '../engine/host.ts';
import type { Plan } from './plan.ts';

/** What one rank's program works with. */
export interface RankState {
  readonly rank: number;
  readonly plan: Plan;
  readonly draws: Draws;
  readonly host: Host;
  /** Null loads in the training process. */
  readonly queue: BatchQueue | null;
  /** Negative before the recording. */
  step: number;
  /** Autograd's number of the next operator. */
  sequence: number;
  /** Collectives so far. */
  collectives: number;
}

/** What a rank asks its peers for: it can begin at `readyAt`; the answer is when all have ended. */
export interface CollectiveCall {
  readonly readyAt: number;
  readonly bytes: number;
}

/** A part of the program in which ranks wait for one another. */
export type Collectively = Generator<CollectiveCall, void, number>;

export function factorOf(
  state: RankState,
  deviation: number,
  purpose: Purpose,
  index: number,
): number {
  return state.draws.factor(deviation, purpose, { rank: state.rank, step: state.step, index });
}

/** What a straggling rank adds in this step. */
export function lagOf(
  { plan, rank, step }: { readonly plan: Plan; readonly rank: number; readonly step: number },
  cause: 'data' | 'compute' | 'host',
): number {
  return plan.stragglers
    .filter((straggler) => straggler.cause === cause && straggler.rank === rank)
    .filter(({ steps }) => steps === null || steps.includes(step))
    .reduce((sum, { extraNs }) => sum + extraNs, 0);
}
