import type { StreamName } from './device.ts';
import type {
  CollectiveDetails,
  DeviceEvent,
  HostDetails,
  HostEvent,
  HostKind,
  StepEvents,
  ThreadName,
  WorkerEvent,
} from './events.ts';

interface OpenSpan {
  readonly event: HostEvent;
  /** Device work begun inside, by stream. */
  readonly reach: Map<StreamName, { start: number; end: number }>;
}

const IS_NUMBERED: Record<HostKind, boolean> = {
  section: true,
  span: true,
  annotation: true,
  operator: true,
  step: true,
  runtime: false,
  frame: false,
};

/** Where the host is, and when the device's compute stream comes to there. */
export interface Moment {
  readonly host: number;
  readonly device: number;
}

/** Work of the device as a call began it. */
export interface Launched {
  readonly kind: DeviceEvent['kind'];
  readonly name: string;
  readonly stream: StreamName;
  readonly start: number;
  readonly end: number;
  readonly bytes?: number;
  readonly collective?: CollectiveDetails | null;
}

/** Keeps what one rank does, step by step. */
export class Recorder {
  #host: HostEvent[] = [];
  #device: DeviceEvent[] = [];
  #workers: WorkerEvent[] = [];
  readonly #open: OpenSpan[] = [];
  #externalId = 0;
  #correlation = 0;
  #frameId = 0;

  open(
    kind: HostKind,
    name: string,
    thread: ThreadName,
    at: Moment,
    details: HostDetails = {},
  ): void {
    const frame =
      kind === 'frame' ? { ...details.frame, id: ++this.#frameId, parent: this.#frame() } : null;
    const event: HostEvent = {
      kind,
      name,
      thread,
      start: at.host,
      end: at.host,
      deviceStart: at.device,
      deviceEnd: at.device,
      externalId: IS_NUMBERED[kind] ? ++this.#externalId : this.#operator(thread),
      details: frame === null ? details : { ...details, frame },
    };
    this.#open.push({ event, reach: new Map() });
  }

  close(at: Moment): void {
    const closed = this.#open.pop();
    if (closed === undefined) {
      return;
    }
    closed.event.end = at.host;
    closed.event.deviceEnd = at.device;
    this.#host.push(closed.event);
    if (
      closed.event.kind === 'annotation' ||
      closed.event.kind === 'section' ||
      closed.event.kind === 'step'
    ) {
      for (const [stream, { start, end: until }] of closed.reach) {
        this.#device.push({
          kind: 'annotation',
          name: closed.event.name,
          stream,
          start,
          end: until,
          correlation: 0,
          externalId: closed.event.externalId,
          bytes: 0,
          collective: null,
        });
      }
    }
  }

  /** A call of the CUDA runtime, and the work that it began. */
  call(
    name: string,
    thread: ThreadName,
    interval: { start: number; end: number },
    work: Launched | null,
  ): void {
    const correlation = ++this.#correlation;
    const externalId = this.#operator(thread);
    this.#host.push({
      kind: 'runtime',
      name,
      thread,
      ...interval,
      externalId,
      deviceStart: interval.start,
      deviceEnd: interval.end,
      details: { correlation },
    });
    if (work !== null) {
      this.#device.push({
        ...work,
        bytes: work.bytes ?? 0,
        collective: work.collective ?? null,
        correlation,
        externalId,
      });
      this.#reach(work);
    }
  }

  worker(event: WorkerEvent): void {
    this.#workers.push(event);
  }

  /** What was closed since the last call. */
  take(step: number): StepEvents {
    const events = { step, host: this.#host, device: this.#device, workers: this.#workers };
    this.#host = [];
    this.#device = [];
    this.#workers = [];
    return events;
  }

  #reach({ stream, start, end }: Launched): void {
    for (const { reach } of this.#open) {
      const known = reach.get(stream);
      reach.set(stream, {
        start: Math.min(known?.start ?? start, start),
        end: Math.max(known?.end ?? end, end),
      });
    }
  }

  #operator(thread: ThreadName): number {
    return (
      this.#open.findLast(({ event }) => event.thread === thread && IS_NUMBERED[event.kind])?.event
        .externalId ?? 0
    );
  }

  #frame(): number | null {
    return (
      this.#open.findLast(({ event }) => event.kind === 'frame')?.event.details.frame?.id ?? null
    );
  }
}
