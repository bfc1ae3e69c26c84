import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Health } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { drawRun } from '../../support/draw-run.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { readText } from '../../support/read-bytes.ts';

function health(run: Run): Health {
  return analyzeRun(run).report.health;
}

function ofTraces(...traces: readonly Trace[]): Run {
  return {
    name: 'run',
    ranks: traces.map((trace, rank) => ({ rank, file: `/r/rank${rank}.json`, trace })),
  };
}

function noteOf({ notes }: Health, id: string): string | null {
  return notes.find((note) => note.id === id)?.text ?? null;
}

/** The trace with other counts. */
function counted(trace: Trace, counts: Partial<Trace['counts']>): Trace {
  return { ...trace, counts: { ...trace.counts, ...counts } };
}

describe('the health of a trace', () => {
  it('is poor where a file is cut, and says where', async () => {
    const text = generateKineto({ steps: 3, seed: 1 });
    const end = Math.floor(text.length / 2);
    const one = health(ofTraces(await readText(text.slice(0, end))));
    assert.equal(one.level, 'poor');
    assert.equal(
      noteOf(one, 'cut-files'),
      `rank0.json is cut at byte ${end.toLocaleString('en-US')}: what came after is lost, so copy or record it again.`,
    );
    const cut = await readText(text.slice(0, end));
    assert.match(
      noteOf(health(ofTraces(cut, cut, cut, cut)), 'cut-files') ?? '',
      /^4 files are cut: rank0\.json, rank1\.json, rank2\.json and 1 more\. /,
    );
    assert.equal(noteOf(health(ofTraces(await readText(text))), 'cut-files'), null);
  });

  it('takes a span file that ends within a line for one that is still written', async () => {
    const lines = [0, 1].map(
      (step) => `{"type":"span","name":"forward","step":${step},"ts":${step * 10},"dur":5}\n`,
    );
    const growing = health(ofTraces(await readText(`${lines.join('')}{"type":"sp`)));
    assert.match(noteOf(growing, 'cut-lines') ?? '', /^The last line of rank0\.json is not whole/);
    assert.equal(noteOf(growing, 'cut-files'), null);
    assert.equal(noteOf(health(ofTraces(await readText(lines.join('')))), 'cut-lines'), null);
  });

  it('says what a recorder does not see that times every n-th step', async () => {
    const run = async (isSampled: (step: number) => boolean): Promise<Health> => {
      const lines = Array.from({ length: 60 }, (_, step) => {
        const span = `{"type":"span","name":"forward","step":${step},"ts":${step * 100},"dur":80}\n`;
        const record = `{"type":"step","step":${step},"ts":${step * 100},"dur":100`;
        return isSampled(step) ? `${span}${record}}\n` : `${record},"sampled":false}\n`;
      });
      return health(ofTraces(await readText(lines.join(''))));
    };
    assert.match(
      noteOf(await run((step) => step % 10 === 0), 'sampled-steps') ?? '',
      /^Spans were recorded in 6 of 60 steps, and these alone are analyzed/,
    );
    assert.equal(noteOf(await run(() => true), 'sampled-steps'), null);
  });

  it('names the files that are left out and why, with their events', async () => {
    const run = drawRun(['main      D-F-'], { steps: 3 });
    const trace = counted(await readText(''), { read: 3, dropped: 3 });
    const leftOut = [{ file: 'C:\\r\\rank1.json', rank: 1, trace }];
    const found = health({ ...run, leftOut });
    assert.match(
      noteOf(found, 'left-out-files') ?? '',
      /^rank1\.json is left out\. The file is empt/,
    );
    assert.equal(found.level, 'poor');
    assert.equal(found.events.read, found.events.kept + 3);
    assert.deepEqual(
      found.problems.map(({ file, kind }) => [file, kind]),
      [['C:\\r\\rank1.json', 'unreadable']],
    );
    assert.equal(noteOf(health(run), 'left-out-files'), null);
  });

  it('names the rank whose steps are few, where ranks differ', () => {
    const [long, short] = [60, 36].map(
      (steps) => drawRun(['main      D-F-'], { steps }).ranks[0].trace,
    );
    const steps = (...traces: readonly Trace[]) => noteOf(health(ofTraces(...traces)), 'few-steps');
    assert.match(steps(long, short) ?? '', /^\d+ steps could be analyzed on rank 1; 50 or more/);
    assert.match(steps(short, short) ?? '', /^\d+ steps could be analyzed; 50 or more/);
    assert.equal(steps(long, long), null);
  });

  it('counts one and many in whole sentences', () => {
    const trace = drawRun(['main      D-F-'], { steps: 3 }).ranks[0].trace;
    const textOf = (counts: Partial<Trace['counts']>, id: string) =>
      noteOf(health(ofTraces(counted(trace, counts))), id);
    const read = trace.counts.kept;
    assert.equal(
      textOf({ read: read + 1, dropped: 1 }, 'dropped-events'),
      `1 event of ${read + 1} could not be used and was left out.`,
    );
    assert.equal(
      textOf({ read: read + 2, dropped: 2 }, 'dropped-events'),
      `2 events of ${read + 2} could not be used and were left out.`,
    );
    assert.equal(
      textOf({ clipped: 1 }, 'clipped-events'),
      '1 event reached outside of the recording and was cut.',
    );
  });

  it('says that a named device has no work in the trace', () => {
    const devices = [{ index: 0, name: 'NVIDIA H100', memoryBytes: null, computeCapability: null }];
    const text = (drawing: string, meta: Partial<Trace['meta']>) =>
      noteOf(health(drawRun([drawing], { steps: 3, meta })), 'no-device-events');
    assert.match(text('main      D-F-', { devices }) ?? '', /names a device \(NVIDIA H100\)/);
    assert.equal(text('main      D-F-', {}), null);
    assert.equal(text('main      D-l-\nstream 7  --K-', { devices }), null);
  });
});
