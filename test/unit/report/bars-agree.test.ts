import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { median } from '../../../src/core/derived/statistics.ts';
import type { Phase } from '../../../src/core/model/phase.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import type { Report } from '../../../src/core/model/report.ts';

const RECORDED = 'test/fixtures/recorded';

describe('what the bars of a run without a device show', function () {
  this.timeout(30_000);

  for (const run of ['large-gradients', 'late-reduction', 'micro-batches']) {
    it(`is the communication that the verdict names (${run})`, async () => {
      const { verdict, ranks, layers } = await analyze(run);
      assert.equal(verdict.kind, 'communication-bound');
      const shares = ranks.map((rank) => shareOf(rank, 'communication'));
      assert.ok(Math.abs(median(shares) - verdict.sharePercent) < 0.1, verdict.text);
      assert.ok(Math.abs((layers?.orchestrationPercent ?? 0) - verdict.sharePercent) < 0.5);
    });
  }

  it('is the waiting of the other rank, where one makes it wait', async () => {
    const { verdict, ranks, findings } = await analyze('long-shard');
    const [straggler] = findings;
    assert.deepEqual(straggler.ranks, [1]);
    const [waiting, late] = ranks.map((rank) => shareOf(rank, 'communication'));
    assert.ok(Math.abs(waiting - verdict.sharePercent) < 3, `${waiting} of ${verdict.text}`);
    assert.ok(late < 3, `${late}`);
  });

  it('adds up to no more than the step', async () => {
    for (const run of ['large-gradients', 'long-shard', 'healthy-2', 'micro-batches']) {
      for (const { phases } of (await analyze(run)).ranks) {
        const sum = phases.reduce((total, { sharePercent }) => total + sharePercent, 0);
        assert.ok(sum > 90 && sum <= 100 + 1e-6, `${sum} % of ${run}`);
      }
    }
  });
});

async function analyze(run: string): Promise<Report> {
  const { signal } = new AbortController();
  const [group] = groupRuns(await findRunFiles([`${RECORDED}/${run}`], signal));
  return analyzeRun(await readRun(group, { signal })).report;
}

function shareOf({ phases }: Report['ranks'][number], wanted: Phase): number {
  return phases.find(({ phase }) => phase === wanted)?.sharePercent ?? 0;
}
