import type { Nanoseconds } from '../../model/units.ts';
import { mean, median } from '../statistics.ts';
import { applyRepairs, type RepairedGraph } from './apply-repairs.ts';
import { play } from './graph.ts';
import type { Repair } from './repair.ts';
import type { StepGraph } from './step-graph.ts';

/** The analysed steps of a rank: their rows, and what they took. */
interface RecordedSteps {
  readonly rows: readonly number[];
  readonly durations: Float64Array;
}

/** The steps of a run, played again. */
export class StepReplay {
  readonly #usualWindowNs: Nanoseconds;
  readonly replayedNs: Nanoseconds;
  readonly recordedNs: Nanoseconds;
  /** How far replayed steps are from recorded ones, in percent: the median over the steps of all ranks. */
  readonly errorPercent: number;

  constructor(
    private readonly recorded: StepGraph,
    private readonly analyzed: readonly RecordedSteps[],
  ) {
    const ends = playEnds(applyRepairs(recorded, []));
    const times = analyzed.flatMap(({ rows, durations }, row) =>
      rows.map((step, i) => {
        const rank = recorded.ranks[row];
        return { replayed: ends[rank.ends[step]] - ends[rank.starts[step]], own: durations[i] };
      }),
    );
    this.#usualWindowNs = this.#windowNs(ends);
    this.replayedNs = mean(times.map(({ replayed }) => replayed));
    this.recordedNs = mean(times.map(({ own }) => own));
    this.errorPercent = median(
      times.map(({ replayed, own }) => (100 * Math.abs(replayed - own)) / own),
    );
  }

  /** Analysed steps, of the rank that has most of them. */
  get stepCount(): number {
    return this.analyzed.reduce((most, { rows }) => Math.max(most, rows.length), 0);
  }

  /** What these repairs together save of each step, mean over the steps and what lies between them. */
  savingNs(repairs: readonly Repair[]): Nanoseconds {
    const windowNs = this.#windowNs(playEnds(applyRepairs(this.recorded, repairs)));
    return this.#usualWindowNs - windowNs;
  }

  /** From the first analysed step to the end of the last by their number; mean over ranks. */
  #windowNs(ends: Float64Array): Nanoseconds {
    return mean(
      this.recorded.ranks.flatMap((rank, row) => {
        const { rows } = this.analyzed[row];
        const last = rows[rows.length - 1];
        return rows.length === 0
          ? []
          : [(ends[rank.readyEnds[last]] - ends[rank.readyStarts[rows[0]]]) / rows.length];
      }),
    );
  }
}

function playEnds({ graph, durations, lags }: RepairedGraph): Float64Array {
  return play(graph, durations, lags);
}
