import assert from 'node:assert/strict';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import type { Alignment } from '../../../src/core/derived/align-clocks.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

interface RankClock {
  /** What the rank's clock is ahead of the true time. */
  readonly errorNs: number;
  readonly originNs: bigint | null;
  readonly hostClock?: string;
  /** Number of the first collective that the rank's file holds. */
  readonly first?: number;
  readonly sequence?: boolean;
}

const COUNT = 30;

/** Ranks that reduce every 10 ms; they arrive at random and end together, within a microsecond. */
function align(clocks: readonly RankClock[], endScatterNs = 1_000): Alignment {
  const random = seededRandom(3);
  const scatter = clocks.map(() => Array.from({ length: COUNT }, () => [random(), random()]));
  const ranks = clocks.map(({ errorNs, originNs, hostClock, first = 0, sequence }, rank) => {
    const specs: SpanSpec[] = [];
    for (let i = first; i < COUNT; i++) {
      const [early, late] = scatter[rank][i];
      const end = 1e9 + i * 1e7 + late * endScatterNs + errorNs;
      const duration = 1e5 + early * 1e6;
      const step = { lane: 'main', name: `ProfilerStep#${i}`, category: 'annotation' } as const;
      specs.push({ ...step, start: 1e9 + i * 1e7 - 8e6 + errorNs, duration: 9e6 });
      specs.push({
        lane: 'stream 9',
        name: 'ncclDevKernel_AllReduce_Sum',
        category: 'kernel',
        start: end - duration,
        duration,
        ...(sequence === true ? { collective: { group: 'dp', sequence: i } } : {}),
      });
    }
    return {
      rank,
      file: `rank${rank}`,
      trace: buildTrace(specs, { originNs, hostClock: hostClock ?? null }),
    };
  });
  return deriveRun({ name: 'clocks', ranks }).alignment;
}

describe('the clocks of ranks', () => {
  it('are taken as stated where collectives confirm them', () => {
    const { method, offsets, uncertaintyNs } = align([
      { errorNs: 0, originNs: 5_000n },
      { errorNs: -2_000, originNs: 7_000n },
    ]);
    assert.match(method, /confirmed/);
    assert.deepEqual(offsets, [0, 2_000]);
    assert.ok(uncertaintyNs !== null && uncertaintyNs < 3_000);
  });

  it('are refined by the ends of collectives', () => {
    const { method, offsets, isComparable, uncertaintyNs } = align([
      { errorNs: 0, originNs: 0n },
      { errorNs: 3_000_000, originNs: 0n },
      { errorNs: -40_000_000, originNs: 0n },
    ]);
    assert.match(method, /refined/);
    assert.ok(isComparable && uncertaintyNs !== null && uncertaintyNs < 2_000);
    assert.ok(Math.abs(offsets[0] - offsets[1] - 3_000_000) < 2_000);
    assert.ok(Math.abs(offsets[2] - offsets[0] - 40_000_000) < 2_000);
  });

  it('come from collectives alone where the files state none', () => {
    const { method, offsets, isComparable } = align([
      { errorNs: 0, originNs: null },
      { errorNs: 77_000_000_000, originNs: null },
    ]);
    assert.equal(method, 'matched collectives');
    assert.ok(isComparable && Math.abs(offsets[0] - offsets[1] - 77_000_000_000) < 2_000);
  });

  it('match collectives of windows that begin in different steps', () => {
    const { matches, offsets } = align([
      { errorNs: 0, originNs: 0n },
      { errorNs: 500_000, originNs: 0n, first: 4 },
    ]);
    assert.equal(matches.length, COUNT - 4);
    assert.ok(Math.abs(offsets[0] - offsets[1] - 500_000) < 2_000);
  });

  it('match by sequence number where it is recorded', () => {
    const { matches } = align([
      { errorNs: 0, originNs: null, sequence: true },
      { errorNs: 9e9, originNs: null, sequence: true, first: 10 },
    ]);
    assert.equal(matches.length, COUNT - 10);
  });

  it('are refused where collectives do not fit', () => {
    const { isComparable, method } = align(
      [
        { errorNs: 0, originNs: null },
        { errorNs: 0, originNs: null },
      ],
      8e6,
    );
    assert.equal(isComparable, false);
    assert.equal(method, 'first steps');
  });

  describe('of files of one host whose collectives end apart, as on a busy machine', () => {
    const endScatterNs = 9e6;
    const onHost = (hostClock: string | undefined, errorNs: number): Alignment =>
      align(
        [0, 0, errorNs].map((own) => ({
          errorNs: own,
          originNs: 0n,
          sequence: true,
          ...(hostClock === undefined ? {} : { hostClock }),
        })),
        endScatterNs,
      );

    it('are taken as stated, as uncertain as the ends scatter', () => {
      const { method, isComparable, offsets, uncertaintyNs, matches } = onHost('clock of a', 0);
      assert.equal(method, 'clocks of the files, which are the one clock of their host');
      assert.ok(isComparable && matches.length === COUNT);
      assert.deepEqual(offsets, [0, 0, 0]);
      assert.ok(uncertaintyNs !== null && uncertaintyNs > 1e6 && uncertaintyNs < endScatterNs);
    });

    it('are not, where no host is named, hosts differ, or the collectives contradict', () => {
      const differing = align(
        ['clock of a', 'clock of b', 'clock of a'].map((hostClock) => ({
          errorNs: 0,
          originNs: 0n,
          sequence: true,
          hostClock,
        })),
        endScatterNs,
      );
      const others = [onHost(undefined, 0), differing, onHost('clock of a', 70e6)];
      others.forEach(({ method }) => assert.doesNotMatch(method, /one clock/));
    });
  });
});
