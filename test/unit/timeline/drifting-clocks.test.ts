import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { spanEvidence } from '../../../src/core/detectors/finding-draft.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { SPAN_KIND } from '../../../src/core/timeline/track.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

const STEPS = 240;

describe('the timeline of ranks whose clocks drift', () => {
  it('lines collectives up at both ends of a long recording, as their evidence does', async () => {
    const simulated = simulationOf(
      {
        ranks: 3,
        steps: STEPS,
        loader: { workers: 0, batchNs: 5_000_000 },
        recording: { format: 'spans' },
        clock: { skewNs: 20_000_000, driftPpm: 50 },
      },
      4,
    );
    const run = await readSimulated(simulated);
    const { alignment } = deriveRun(run);
    const analysis = analyzeRun(run);
    const { matches, offsets, uncertaintyNs } = alignment;
    assert.ok(uncertaintyNs !== null && uncertaintyNs < 1_000);
    const [first, last] = [matches[0], matches[matches.length - 1]];
    assert.ok(
      last.start[0] - first.start[0] > 15e9,
      `it lasts ${last.start[0] - first.start[0]} ns`,
    );
    for (const { spans, start, end } of [first, last]) {
      const rows = run.ranks.map(({ rank, trace }, row) => ({
        rank,
        lane: trace.spans.lane[spans[row]],
      }));
      const { rectangles } = readWindow(analysis, {
        startNs: Math.min(...start) - 1e6,
        endNs: Math.max(...end) + 1e6,
        widthPx: 100_000,
        rows,
      });
      const drawn = run.ranks.map((_, row) => {
        const at = Array.from({ length: rectangles.length }, (_each, i) => i).find(
          (i) =>
            rectangles.row[i] === row &&
            rectangles.kind[i] === SPAN_KIND &&
            rectangles.item[i] === spans[row],
        );
        assert.ok(at !== undefined, `rank ${row} is drawn`);
        return rectangles.end[at];
      });
      const told = run.ranks.map(({ rank, trace }, row) => {
        const { steps, clock } = analysis.ranks[row];
        const evidence = spanEvidence({ rank, trace, steps, clock }, spans[row]);
        return evidence.startNs + evidence.durationNs;
      });
      const byOffset = run.ranks.map(({ trace }, row) => {
        const span = spans[row];
        return trace.spans.start[span] + trace.spans.duration[span] + offsets[row];
      });
      assert.ok(spread(drawn) <= 2 * uncertaintyNs + 2, `${spread(drawn)} ns on the timeline`);
      // A duration is what the clock of the rank shows: 100 ms of it are 5 µs off.
      assert.ok(spread(told) <= 2 * uncertaintyNs + 2 + 1e8 * 50e-6, `${spread(told)} ns apart`);
      assert.ok(spread(byOffset) > 100_000, 'an offset alone does not do');
    }
  }).timeout(30_000);
});

function spread(times: readonly number[]): number {
  return Math.max(...times) - Math.min(...times);
}
