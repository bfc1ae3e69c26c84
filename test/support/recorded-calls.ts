import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { computeNesting } from '../../src/core/derived/nesting.ts';
import { computeSources } from '../../src/core/derived/sources.ts';
import type { SourceLocation } from '../../src/core/model/source-candidate.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { readBytes } from './read-bytes.ts';
import type { TrainingScript } from './scripts.ts';

/** A call in a script that a trace shows, and from where it was really made. */
export interface RecordedCall {
  /** What was called, as the trace names it. */
  readonly name: string;
  /** What the trace tells, the innermost frame of the script. */
  readonly location: SourceLocation;
  /** From 1. */
  readonly trueLine: number;
}

interface RawEvent {
  readonly name: string;
  readonly cat: string;
  readonly ts: number;
  readonly args: Readonly<Record<string, number | null>>;
}

export async function readScriptTrace({ path, name }: TrainingScript): Promise<Trace> {
  return readBytes(unzip(path, `${name}.pt.trace.json.gz`));
}

/** All calls that functions of the script made, as `record.py` saw them. */
export async function readRecordedCalls(script: TrainingScript): Promise<RecordedCall[]> {
  const { path, name } = script;
  const trace = await readScriptTrace(script);
  const lines = JSON.parse(unzip(path, `${name}.calling.json.gz`).toString()) as Record<
    string,
    number
  >;
  const raw = JSON.parse(unzip(path, `${name}.pt.trace.json.gz`).toString()) as {
    traceEvents: RawEvent[];
  };
  const first = Math.min(...raw.traceEvents.map(({ ts }) => ts));
  const idByEvent = new Map(
    raw.traceEvents
      .filter(({ cat }) => cat === 'python_function')
      .map((event) => [
        `${Math.round((event.ts - first) * 1000)} ${event.name}`,
        event.args['Python id'],
      ]),
  );
  const nesting = computeNesting(trace);
  const sourceOf = computeSources(trace, nesting, new Int32Array(trace.spans.length).fill(-1), 0);
  const calls: RecordedCall[] = [];
  for (let i = 0; i < trace.spans.length; i++) {
    const called = trace.strings[trace.spans.name[i]];
    const id = idByEvent.get(`${Math.round(trace.spans.start[i])} ${called}`) ?? -1;
    const trueLine = lines[String(id)] as number | undefined;
    const location = sourceOf(i).locations.find(({ call }) => call !== undefined);
    if (trueLine !== undefined && location !== undefined) {
      calls.push({ name: called, location, trueLine });
    }
  }
  return calls;
}

function unzip(path: string, name: string): Buffer {
  return gunzipSync(readFileSync(join(dirname(path), 'traces', name)));
}
