import type { DeviceEvent, HostEvent, StepEvents } from '../engine/events.ts';
import { clockOf, type RankClock } from '../rank-clock.ts';
import { eventsOf } from '../simulate.ts';
import type { SimulatedRun } from '../simulated-run.ts';
import type { RecordingConfig } from '../simulation-config.ts';
import { deviceJson } from './device-json.ts';
import { hostJson, isRecorded, type Numbering } from './host-json.ts';
import { KinetoIds, toMicros } from './kineto-ids.ts';
import { headJson, tailJson } from './metadata-json.ts';

/** The clock at the true time 0, against the base of the file. */
const ZERO_NS = 6_322_354_283_892_300;

/** A rank's trace as PyTorch's profiler writes it, in pieces; about one for each step. */
export function* kinetoOf(run: SimulatedRun, rank: number): Generator<string> {
  const writer = new KinetoWriter(run, rank);
  yield headJson(run, rank);
  for (const events of eventsOf(run, rank)) {
    yield writer.write(events);
  }
  yield writer.end();
}

class KinetoWriter {
  readonly #ids: KinetoIds;
  readonly #clock: RankClock;
  readonly #numbering: Numbering = { eventIndex: 0 };
  readonly #joinedForward = new Set<number>();
  readonly #recording: RecordingConfig;
  #startNs = Infinity;
  #endNs = -Infinity;

  constructor(
    private readonly run: SimulatedRun,
    private readonly rank: number,
  ) {
    this.#ids = new KinetoIds(rank);
    this.#clock = clockOf(run, rank, ZERO_NS);
    this.#recording = run.config.recording;
  }

  write({ host, device }: StepEvents): string {
    const lines: string[] = [];
    const hidden = new Set<number>();
    const correlations = new Set(device.map(({ correlation }) => correlation));
    for (const event of host) {
      if (isRecorded(event, this.#recording)) {
        this.#writeHost(event, correlations, lines);
      } else if (event.kind !== 'frame') {
        hidden.add(event.externalId);
      }
    }
    for (const event of device) {
      if (event.kind !== 'annotation' || !hidden.has(event.externalId)) {
        this.#writeDevice(event, lines);
      }
    }
    return lines.map((line) => `${line},\n`).join('');
  }

  end(): string {
    return tailJson(this.#ids, this.#startNs, this.#endNs);
  }

  #writeHost(event: HostEvent, correlations: ReadonlySet<number>, lines: string[]): void {
    const { ranks } = this.run.config;
    const place = { numbering: this.#numbering, ranks, rank: this.rank };
    lines.push(hostJson(event, this.#ids, this.#clock, place));
    this.#cover(event);
    const { correlation = 0, sequence, isBackward } = event.details;
    const at = `"pid": ${this.#ids.process}, "tid": ${this.#ids.thread(event.thread)}, "ts": ${toMicros(this.#clock(event.start))}`;
    if (correlation > 0 && correlations.has(correlation)) {
      lines.push(`{"ph": "s", "id": ${correlation}, ${at}, "cat": "ac2g", "name": "ac2g"}`);
    }
    if (sequence === undefined) {
      return;
    }
    if (isBackward === true && this.#joinedForward.delete(sequence)) {
      lines.push(
        `{"ph": "f", "id": ${sequence}, ${at}, "cat": "fwdbwd", "name": "fwdbwd", "bp": "e"}`,
      );
    } else if (isBackward !== true && !this.#joinedForward.has(sequence)) {
      this.#joinedForward.add(sequence);
      lines.push(`{"ph": "s", "id": ${sequence}, ${at}, "cat": "fwdbwd", "name": "fwdbwd"}`);
    }
  }

  #writeDevice(event: DeviceEvent, lines: string[]): void {
    const { ranks } = this.run.config;
    lines.push(deviceJson(event, this.#ids, this.#clock, { ranks, rank: this.rank }));
    this.#cover(event);
    if (event.kind !== 'annotation') {
      const at = `"pid": ${this.#ids.device}, "tid": ${this.#ids.stream(event.stream)}, "ts": ${toMicros(this.#clock(event.start))}`;
      lines.push(
        `{"ph": "f", "id": ${event.correlation}, ${at}, "cat": "ac2g", "name": "ac2g", "bp": "e"}`,
      );
    }
  }

  #cover({ start, end }: { readonly start: number; readonly end: number }): void {
    this.#startNs = Math.min(this.#startNs, this.#clock(start));
    this.#endNs = Math.max(this.#endNs, this.#clock(end));
  }
}
