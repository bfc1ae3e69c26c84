import type { FieldReader } from '../json/field-reader.ts';
import type { TraceMeta } from '../../model/trace.ts';
import { configTexts } from './read-config.ts';
import { SPAN_FIELD } from './span-layout.ts';

/** The line of type `run`, which is the first as a rule. */
export class SpanHeader {
  rank: number | null = null;
  worldSize: number | null = null;
  runName: string | null = null;
  startUnixNs: bigint | null = null;
  processId = '';
  /** The lane of lines that name none. */
  ownLane = 'main';
  #script: string | null = null;
  #device: string | null = null;
  #hostClock: string | null = null;
  #config: ReadonlyMap<string, string> | null = null;

  read(fields: FieldReader): void {
    this.rank = naturalOrNull(fields.number(SPAN_FIELD.rank));
    this.worldSize = naturalOrNull(fields.number(SPAN_FIELD.worldSize));
    this.runName = fields.text(SPAN_FIELD.run) || null;
    this.startUnixNs = fields.integer(SPAN_FIELD.startUnixNs);
    const process = naturalOrNull(fields.number(SPAN_FIELD.process));
    this.processId = process === null ? '' : String(process);
    const worker = naturalOrNull(fields.number(SPAN_FIELD.worker));
    this.ownLane = worker === null ? 'main' : `worker ${worker}`;
    this.#script = fields.text(SPAN_FIELD.script) || null;
    this.#device = fields.text(SPAN_FIELD.device) || null;
    this.#hostClock = hostClockOf(fields.text(SPAN_FIELD.host), fields.text(SPAN_FIELD.clock));
    this.#config = configTexts(fields.json(SPAN_FIELD.config));
  }

  /** Of the lane `device`. */
  get deviceIndex(): number {
    return this.#device === null ? 0 : deviceOf(this.#device).index;
  }

  meta(): Omit<TraceMeta, 'originNs'> {
    return {
      format: 'spans',
      rank: this.rank,
      worldSize: this.worldSize,
      backend: null,
      runName: this.runName,
      script: this.#script,
      devices: this.#device === null ? [] : [deviceOf(this.#device)],
      hasStacks: false,
      hostClock: this.#hostClock,
      ...(this.#config === null ? {} : { config: this.#config }),
    };
  }
}

/** A clock that all processes of a machine read. */
const MONOTONIC = /^(perf_counter|monotonic|CLOCK_MONOTONIC)(_ns|_raw)?$/i;
/** Every machine has this name. */
const ANY_HOST = /^localhost\b/i;

/** Null where it does not tell which machine's clock it is. */
function hostClockOf(host: string, clock: string): string | null {
  return host !== '' && !ANY_HOST.test(host) && MONOTONIC.test(clock)
    ? `${clock} of ${host}`
    : null;
}

/** `cuda:0 NVIDIA H100`. */
function deviceOf(text: string): TraceMeta['devices'][number] {
  const match = /^\w+:(\d+)\s+(.+)$/.exec(text);
  return {
    index: Number(match?.[1] ?? 0),
    name: match?.[2] ?? text,
    memoryBytes: null,
    computeCapability: null,
  };
}

function naturalOrNull(value: number): number | null {
  return Number.isInteger(value) && value >= 0 ? value : null;
}
