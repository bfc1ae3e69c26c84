import assert from 'node:assert/strict';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { bytesInChunks, viewSpans } from '../../support/read-bytes.ts';

const { signal } = new AbortController();
const STEPS = 40;

function read(text: string, options: object = {}): Promise<Trace> {
  const again = (): ReturnType<typeof bytesInChunks> =>
    bytesInChunks(new TextEncoder().encode(text));
  // A file can be read from its beginning as often as one likes.
  const source = { ...again(), chunks: () => again().chunks(signal) };
  return readTrace(source, { signal, ...options });
}

function marksOf(trace: Trace, category: string): string[] {
  return viewSpans(trace)
    .filter((span) => span.category === category && span.name.startsWith('ProfilerStep#'))
    .map(({ name }) => name);
}

describe('a trace of more events than are allowed', () => {
  const text = generateKineto({ steps: STEPS, seed: 2 });

  it('is read as a whole where it fits', async () => {
    const whole = await read(text);
    assert.deepEqual(await read(text, { maxEvents: whole.counts.read }), whole);
  });

  it('gives a window of whole steps from its middle, within what is allowed, and says so', async () => {
    const whole = await read(text);
    const maxEvents = Math.floor(whole.counts.kept / 4);
    const part = await read(text, { maxEvents });
    assert.ok(part.counts.kept <= maxEvents, `${part.counts.kept} of ${maxEvents} events`);
    assert.ok(part.counts.kept > maxEvents / 2, `only ${part.counts.kept} of ${maxEvents} events`);
    const all = marksOf(whole, 'annotation');
    const marks = marksOf(part, 'annotation');
    const first = all.indexOf(marks[0]);
    assert.deepEqual(marks, all.slice(first, first + marks.length));
    assert.ok(Math.abs(first + marks.length / 2 - STEPS / 2) <= 1, `from step ${first} on`);
    const numbers = marks.map((name) => Number(name.split('#')[1]));
    assert.deepEqual(part.readSteps, { first: numbers[0], last: numbers.at(-1), of: STEPS });
    const [problem] = part.problems;
    assert.equal(problem.kind, 'limited');
    assert.ok(
      problem.reason.startsWith(`Steps ${numbers[0]} to ${numbers.at(-1)} of ${STEPS} were read, `),
    );
    assert.match(problem.reason, /memoryLimitMb/);
  });

  it('has in each of these steps what the whole has', async () => {
    const whole = await read(text);
    const part = await read(text, { maxEvents: Math.floor(whole.counts.kept / 4) });
    const step = viewSpans(part).filter(({ name }) => name.startsWith('ProfilerStep#'))[1];
    const within = (trace: Trace, name: string, category: string): string[] => {
      const views = viewSpans(trace);
      const mark = views.find((view) => view.name === name && view.category === 'annotation');
      assert.ok(mark !== undefined);
      return views
        .filter((view) => view.category === category)
        .filter(({ start }) => start >= mark.start && start < mark.start + mark.duration)
        .map((view) => `${view.name} ${view.duration}`);
    };
    for (const category of ['cpu-op', 'kernel', 'runtime']) {
      const expected = within(whole, step.name, category);
      assert.ok(expected.length > 0);
      assert.deepEqual(within(part, step.name, category), expected);
    }
  });

  it('counts no event as dropped that is outside of the window', async () => {
    const whole = await read(text);
    const part = await read(text, { maxEvents: 500 });
    assert.equal(part.counts.dropped, whole.counts.dropped);
    assert.equal(part.counts.read, part.counts.kept + part.counts.dropped);
  });

  it('gives the steps that are asked for, as for the other ranks of a run', async () => {
    const all = marksOf(await read(text), 'annotation').map((name) => Number(name.split('#')[1]));
    const steps = { first: all[3], last: all[5], of: STEPS };
    const part = await read(text, { maxEvents: 1_000_000, steps });
    assert.deepEqual(part.readSteps, steps);
    assert.equal(marksOf(part, 'annotation').length, 3);
  });

  it('gives the middle of its time where it has no steps', async () => {
    const without = text.replaceAll('ProfilerStep#', 'Block#');
    const whole = await read(without);
    const maxEvents = Math.floor(whole.counts.kept / 5);
    const part = await read(without, { maxEvents });
    assert.equal(part.readSteps, null);
    assert.ok(part.counts.kept > 0 && part.counts.kept < 2 * maxEvents);
    assert.match(part.problems[0].reason, /^\d+\.\d s from the middle of the recording were read/);
  });

  it('gives steps of span files', async () => {
    const line = (value: object): string => `${JSON.stringify(value)}\n`;
    let lines = line({ type: 'run', schema: 1, run: 'r', rank: 0, worldSize: 1 });
    for (let step = 0; step < 100; step++) {
      const ts = step * 1e6;
      lines += line({ type: 'span', name: 'forward', phase: 'forward', step, ts, dur: 4e5 });
      lines += line({ type: 'step', step, ts, dur: 1e6 });
    }
    const part = await read(lines, { maxEvents: 60 });
    assert.ok(part.readSteps !== null && part.readSteps !== undefined);
    const { first, last, of } = part.readSteps;
    assert.equal(of, 100);
    assert.ok(last - first > 10 && part.counts.kept <= 61, `${first} to ${last}`);
  });
});
