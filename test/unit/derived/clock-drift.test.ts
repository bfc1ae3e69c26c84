import assert from 'node:assert/strict';
import type { Alignment } from '../../../src/core/derived/align-clocks.ts';
import { fitClock } from '../../../src/core/derived/fit-clock.ts';
import { type RankClock, toRankTime, toRunTime } from '../../../src/core/model/rank-clock.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import type { SimulatedRun } from '../../../src/simulator/simulated-run.ts';
import { readSimulated, simulationOf, textsOf } from '../../support/simulated-run.ts';

const SEEDS = 40;

/** The sum of twelve draws has the standard deviation 1. */
function normal(random: () => number): number {
  return Array.from({ length: 12 }, random).reduce((sum, draw) => sum + draw, -6);
}

describe('the fit of a clock', () => {
  it('contains the true offset and drift within what it states', () => {
    let missed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed);
      const count = 20 + Math.floor(random() * 300);
      const [offset, ppm, scatter] = [2e6 * random() - 1e6, 100 * random() - 50, 2e4 * random()];
      const atNs = Float64Array.from({ length: count }, (_, i) => (i + random() / 2) * 2e8);
      const errorNs = atNs.map((at) => {
        // One reading in eight is far off, as if it were of another collective.
        const outlier = random() < 1 / 8 ? 5e6 * random() : 0;
        return offset + at * ppm * 1e-6 + scatter * normal(random) + outlier;
      });
      const fit = fitClock({ atNs, errorNs });
      const uncertaintyPpm = fit.driftUncertaintyPpm ?? NaN;
      const told = (at: number): number => fit.errorNs + (at - fit.middleNs) * fit.driftPpm * 1e-6;
      const isTold = [atNs[0], fit.middleNs, atNs[count - 1]].every(
        (at) => Math.abs(told(at) - offset - at * ppm * 1e-6) <= fit.uncertaintyNs,
      );
      const isDriftTold =
        fit.driftPpm === 0
          ? Math.abs(ppm) <= 2 * uncertaintyPpm
          : Math.abs(fit.driftPpm - ppm) <= uncertaintyPpm;
      missed += Number(!isTold || !isDriftTold);
      assert.ok(fit.uncertaintyNs < 3 * scatter + 10, 'it does not state more than it must');
    }
    assert.ok(missed <= 1, `${missed} of ${SEEDS} are outside of what was stated`);
  });

  it('sees no drift where there is none', () => {
    let seen = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed);
      const atNs = Float64Array.from({ length: 100 }, (_, i) => i * 1e8);
      const fit = fitClock({ atNs, errorNs: atNs.map(() => 5_000 * normal(random)) });
      seen += Number(fit.driftPpm !== 0);
    }
    assert.ok(seen <= 1, `a drift in ${seen} of ${SEEDS} clocks without one`);
  });

  it('looks for none where the recording is short or has few collectives', () => {
    const line = (count: number, everyNs: number) => {
      const atNs = Float64Array.from({ length: count }, (_, i) => i * everyNs);
      return fitClock({ atNs, errorNs: atNs.map((at) => at * 1e-4) });
    };
    assert.equal(line(9, 1e9).driftUncertaintyPpm, null);
    assert.equal(line(50, 1e7).driftUncertaintyPpm, null);
    assert.ok(Math.abs(line(10, 1e9).driftPpm - 100) < 0.01);
  });
});

describe('a clock that drifts', () => {
  const clock: RankClock = { referenceNs: 5e9, offsetNs: 3_000, driftPpm: 80 };

  it('shows what it is read as, there and back', () => {
    // A clock 80 ppm fast shows 1.00008 s after a true second.
    assert.ok(Math.abs(toRunTime(clock, 5e9 + 1.00008e9) - (6e9 + 3_000)) < 1);
    assert.ok(Math.abs(toRankTime(clock, toRunTime(clock, 7.5e9)) - 7.5e9) < 1);
  });
});

describe('the clocks of simulated ranks that drift', () => {
  for (const skewNs of [0, 40_000_000]) {
    it(`are told within the stated uncertainty, ${skewNs / 1e6} ms apart at the start`, async () => {
      for (let seed = 1; seed <= 6; seed++) {
        const simulated = simulationOf(
          {
            ranks: 3,
            steps: 20,
            loader: { workers: 0, batchNs: 5_000_000 },
            recording: { format: 'spans' },
            clock: { skewNs, driftPpm: 90 },
          },
          seed,
        );
        const run = await readSimulated(simulated);
        const { alignment, lateness } = deriveRun(run);
        const origins = run.ranks.map(({ trace }) => trace.meta.originNs ?? 0n);
        assertTrue(alignment, simulated, origins);
        assert.ok(
          lateness.every(({ lostNs }) => lostNs < 0.02 * 20 * 0.3e9),
          'nobody is late',
        );
      }
    }).timeout(30_000);
  }
});

/** Against the clocks as they were planted; run time is that of rank 0, which shows the true one. */
function assertTrue(
  { clocks, uncertaintyNs, drift, matches, method }: Alignment,
  simulated: SimulatedRun,
  origins: readonly bigint[],
): void {
  const header = [...textsOf(simulated, 0).values()].join('');
  const unixNsAtTrueZero = BigInt(/"startUnixNs":(\d+)/.exec(header)?.[1] ?? 0);
  const runZero = origins.reduce((a, b) => (a < b ? a : b));
  assert.match(method, /refined/);
  assert.ok(uncertaintyNs !== null && uncertaintyNs < 1_000 && drift !== null);
  clocks.forEach((clock, rank) => {
    const { driftPpm, offsetNs } = simulated.truth.clocks[rank];
    assert.ok(Math.abs(clock.driftPpm - driftPpm) <= drift.uncertaintyPpm, `drift of ${rank}`);
    for (const { end } of [matches[0], matches[matches.length - 1]]) {
      const trueNs = end[0] + Number(runZero - unixNsAtTrueZero);
      const shown = trueNs * (1 + driftPpm * 1e-6) + offsetNs;
      const told = toRunTime(clock, shown + Number(unixNsAtTrueZero - origins[rank]));
      assert.ok(Math.abs(told - end[0]) <= uncertaintyNs + 1, `rank ${rank}: ${told - end[0]} ns`);
    }
  });
}

/** Ranks that reduce in groups: [0, 1, 2] and [2, 3]; or in groups that share no rank. */
function alignGroups(groups: readonly (readonly number[])[], isStated: boolean): Alignment {
  const errors = [0, 40_000, -70_000, 90_000];
  const ranks = errors.map((errorNs, rank) => {
    const specs = groups.flatMap((members, group) =>
      members.includes(rank)
        ? Array.from({ length: 20 }, (_, i): SpanSpec => {
            const duration = 1e5 * (1 + rank);
            return {
              lane: 'stream 9',
              name: 'ncclDevKernel_AllReduce_Sum',
              category: 'kernel',
              start: 1e9 + i * 1e8 + group * 4e7 + errorNs - duration,
              duration,
              collective: { group: `g${group}`, sequence: i },
            };
          })
        : [],
    );
    const trace = buildTrace(specs, { originNs: isStated ? 0n : null });
    return { rank, file: `rank${rank}`, trace };
  });
  return deriveRun({ name: 'groups', ranks }).alignment;
}

describe('the clocks of ranks in groups', () => {
  it('are aligned from group to group', () => {
    const { isComparable, offsets } = alignGroups(
      [
        [0, 1, 2],
        [2, 3],
      ],
      true,
    );
    assert.ok(isComparable);
    const [first, ...others] = offsets.map(
      (offset, row) => offset + [0, 40_000, -70_000, 90_000][row],
    );
    others.forEach((offset) => assert.ok(Math.abs(offset - first) < 1_000));
  });

  it('are refused where groups share no rank and no clock', () => {
    const groups = [
      [0, 1],
      [2, 3],
    ];
    const { isComparable, refusal } = alignGroups(groups, false);
    assert.equal(isComparable, false);
    assert.match(refusal ?? '', /fall into 2 groups/);
    assert.equal(alignGroups(groups, true).isComparable, true);
  });

  it('are refused where a rank shares too few, and it is said', () => {
    const { isComparable, refusal } = alignGroups([[0, 1, 2]], false);
    assert.equal(isComparable, false);
    assert.match(refusal ?? '', /^1 of 4 ranks share fewer than 3 collectives/);
  });
});
