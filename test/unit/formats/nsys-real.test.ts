import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { categoryIndex } from '../../../src/core/model/span-category.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';

/** Counted and summed with Python's sqlite3, by the process in the upper bits of the serialized ids. */
interface Expected {
  readonly rows: readonly number[];
  readonly kernels: readonly number[];
  readonly kernelNs: readonly number[];
  readonly ncclMs: readonly number[];
  readonly windowNs: readonly number[];
  readonly idleNs: readonly number[];
  /** Kernels whose correlation id is that of an API call of their process. */
  readonly launched: number;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  before: {
    rows: [15_948, 16_307],
    kernels: [1993, 2017],
    kernelNs: [270_875_926, 264_324_724],
    ncclMs: [17.2, 8.2],
    windowNs: [299_848_812, 298_661_551],
    idleNs: [26_031_025, 31_385_635],
    launched: 3986,
  },
  after: {
    rows: [14_429, 14_439],
    kernels: [1793, 1794],
    kernelNs: [237_473_368, 251_362_038],
    ncclMs: [10.0, 23.8],
    windowNs: [299_251_215, 299_269_422],
    idleNs: [59_142_466, 45_268_668],
    launched: 3577,
  },
};

const KERNEL = categoryIndex('kernel');
const RUNTIME = categoryIndex('runtime');

interface Kernels {
  count: number;
  ns: number;
  ncclMs: number;
  launched: number;
}

function sumKernels({ trace: { spans, strings } }: Run['ranks'][number]): Kernels {
  const sums: Kernels = { count: 0, ns: 0, ncclMs: 0, launched: 0 };
  const calls = new Set(spans.correlation!.filter((_, i) => spans.category[i] === RUNTIME));
  for (let i = 0; i < spans.length; i++) {
    if (spans.category[i] === KERNEL) {
      sums.count++;
      sums.ns += spans.duration[i];
      sums.ncclMs += strings[spans.name[i]].startsWith('nccl') ? spans.duration[i] / 1e6 : 0;
      sums.launched += calls.has(spans.correlation![i]) ? 1 : 0;
    }
  }
  return sums;
}

async function readFile(path: string): Promise<Run> {
  const { signal } = new AbortController();
  return readRun(groupRuns(await findRunFiles([path], signal))[0], { signal });
}

describe('real exports of Nsight Systems', () => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const path = `nsys/mfu_2gpu_${name}.sqlite`;

    itWithShared(`${path} has the rows that are in its tables`, [path], async ([file]) => {
      const { ranks } = await readFile(file);
      assert.deepEqual(
        ranks.map(({ rank, trace: { meta, counts } }) => [
          rank,
          meta.format,
          meta.worldSize,
          counts,
        ]),
        expected.rows.map((kept, rank) => [
          rank,
          'nsys',
          2,
          { read: kept, kept, repaired: 0, dropped: 0, clipped: 0 },
        ]),
      );
      const sums = ranks.map(sumKernels);
      assert.deepEqual(
        sums.map(({ count }) => count),
        expected.kernels,
      );
      assert.deepEqual(
        sums.map(({ ns }) => ns),
        expected.kernelNs,
      );
      assert.deepEqual(
        sums.map(({ ncclMs }) => Number(ncclMs.toFixed(1))),
        expected.ncclMs,
      );
      assert.equal(
        sums.reduce((sum, { launched }) => sum + launched, 0),
        expected.launched,
      );
    });

    itWithShared(`${path} is analyzed, replayed and told apart`, [path], async ([file]) => {
      const { report } = analyzeRun(await readFile(file));
      const windows = report.ranks.map(({ deviceWindow }) => deviceWindow);
      assert.deepEqual(
        windows.map((window) => window?.spanNs),
        expected.windowNs,
      );
      assert.deepEqual(
        windows.map((window) => window?.idleNs),
        expected.idleNs,
      );
      assert.deepEqual(
        report.findings.map(({ id }) => id),
        ['host-bound'],
      );
      assert.match(report.findings[0].savingHow, /replay/);
      assert.deepEqual(report.failures, []);
      assert.ok((report.health.clock.uncertaintyNs ?? Infinity) < 10_000);
    });
  }
});
