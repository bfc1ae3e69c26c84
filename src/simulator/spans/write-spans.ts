import type { DeviceEvent, HostEvent, StepEvents, WorkerEvent } from '../engine/events.ts';
import { clockOf, type RankClock } from '../rank-clock.ts';
import { LINES } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { eventsOf } from '../simulate.ts';
import type { SimulatedRun } from '../simulated-run.ts';

/** The wall clock of rank 0 at the true time 0; whole microseconds, so that it is exact. */
const START_UNIX_NS = 1_759_300_074_000_000_000n;
const FIRST_PROCESS = 7_001;
const SAMPLES_PER_STEP = 256;
/** The recorder times spans of these phases on the device as well, from its stream's begin to its end. */
const DEVICE_PHASES = new Set(['h2d', 'forward', 'loss', 'backward', 'optimizer']);

/** What follows in one file. */
export interface FileChunk {
  readonly file: string;
  readonly text: string;
}

/** The files of a rank as the recorder writes them, in pieces: its own and those of its loader's workers. */
export function* spansOf(run: SimulatedRun, rank: number): Generator<FileChunk> {
  const writer = new SpanWriter(run, rank);
  yield* writer.heads();
  for (const events of eventsOf(run, rank)) {
    yield* writer.write(events);
  }
}

class SpanWriter {
  readonly #clock: RankClock;

  constructor(
    private readonly run: SimulatedRun,
    private readonly rank: number,
  ) {
    const clock = clockOf(run, rank, 0);
    const { offsetNs } = run.truth.clocks[rank];
    // The wall clock's offset is in the header; the spans count from the start of the process.
    this.#clock = (trueNs) => clock(trueNs) - offsetNs;
  }

  /** Ranks of one machine share its clock. */
  get #host(): string {
    const { clocks } = this.run.truth;
    const isShared = clocks.every(({ offsetNs, driftPpm }) => offsetNs === 0 && driftPpm === 0);
    return isShared ? 'simulated-host' : `simulated-host-${this.rank}`;
  }

  *heads(): Generator<FileChunk> {
    const { config, truth } = this.run;
    const head = {
      type: 'run',
      schema: 1,
      run: 'simulated',
      rank: this.rank,
      worldSize: config.ranks,
      pid: FIRST_PROCESS + this.rank,
      host: this.#host,
      startUnixNs: 0,
      clock: 'perf_counter',
      script: SCRIPT_FILE,
      device: `cuda:${this.rank % 8} ${config.accelerator}`,
      config: { simulated: true, workers: config.loader.workers, seed: this.run.seed },
    };
    const startUnixNs = START_UNIX_NS + BigInt(truth.clocks[this.rank].offsetNs);
    const text = (record: object): string =>
      `${JSON.stringify(record).replace('"startUnixNs":0', `"startUnixNs":${startUnixNs}`)}\n`;
    yield { file: this.#file(null), text: text(head) };
    const workers = config.troubles.some(({ kind }) => kind === 'single-worker')
      ? 0
      : config.loader.workers;
    for (let worker = 0; worker < workers; worker++) {
      yield { file: this.#file(worker), text: text({ ...head, worker }) };
    }
  }

  *write({ step, host, device, workers }: StepEvents): Generator<FileChunk> {
    const lines = [
      ...host.flatMap((event) => this.#hostLine(event, step)),
      ...device.flatMap((event) => this.#collectiveLine(event, step)),
    ];
    yield {
      file: this.#file(null),
      text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    };
    for (const event of workers) {
      yield {
        file: this.#file(event.worker),
        text: `${JSON.stringify(this.#workerLine(event))}\n`,
      };
    }
  }

  #file(worker: number | null): string {
    return worker === null
      ? `rank${this.rank}.spans.jsonl`
      : `rank${this.rank}.worker${worker}.spans.jsonl`;
  }

  #interval({ start, end }: { readonly start: number; readonly end: number }) {
    const ts = this.#clock(start);
    return { ts, dur: Math.max(0, this.#clock(end) - ts) };
  }

  #hostLine(event: HostEvent, step: number): object[] {
    if (event.kind === 'step') {
      return [
        { type: 'step', step, ...this.#interval(event), samples: SAMPLES_PER_STEP, epoch: 0 },
      ];
    }
    if (event.kind !== 'section' && event.kind !== 'span') {
      return [];
    }
    const onHost = this.#span(event, event, step, 'main');
    const onDevice = { start: event.deviceStart, end: event.deviceEnd };
    return DEVICE_PHASES.has(event.details.phase ?? '')
      ? [onHost, this.#span(event, onDevice, step, 'device')]
      : [onHost];
  }

  #collectiveLine({ end, collective }: DeviceEvent, step: number): object[] {
    if (collective === null) {
      return [];
    }
    const { bytes, sequence, bucketReadyAt } = collective;
    return [
      {
        type: 'span',
        name: 'all_reduce',
        phase: 'communication',
        step,
        ...this.#interval({ start: bucketReadyAt, end }),
        file: SCRIPT_FILE,
        line: LINES.recordCollectives,
        lane: 'communication',
        attrs: { bytes, seq: sequence, group: 'default' },
      },
    ];
  }

  #span(
    section: HostEvent,
    interval: { readonly start: number; readonly end: number },
    step: number,
    lane: string,
  ): object {
    const { phase, line, micro } = section.details;
    return {
      type: 'span',
      name: section.name,
      ...(phase === 'none' ? {} : { phase }),
      step,
      ...this.#interval(interval),
      file: SCRIPT_FILE,
      line,
      lane,
      ...(micro === undefined ? {} : { micro }),
    };
  }

  #workerLine(event: WorkerEvent): object {
    return {
      type: 'span',
      name: event.name,
      phase: 'data',
      ...this.#interval(event),
      file: SCRIPT_FILE,
      line: event.line,
      lane: `worker ${event.worker}`,
    };
  }
}
