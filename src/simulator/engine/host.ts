import { type Device, STREAMS, type StreamName } from './device.ts';
import type {
  CollectiveDetails,
  DeviceEvent,
  HostDetails,
  HostEvent,
  ThreadName,
} from './events.ts';
import type { Moment, Recorder } from './recorder.ts';

/** A launch on the host. */
export const LAUNCH_NS = 4_500;
/** From the launch until an idle device begins. */
const LAUNCH_LATENCY_NS = 3_200;
/** Between the begin of a call and that of one in it: no two begin or end at the same time. */
const NESTING_NS = 200;
/** A synchronizing call returns this long after the device has finished. */
const WAKE_NS = 6_000;

export interface DeviceJob {
  readonly kind: DeviceEvent['kind'];
  readonly name: string;
  readonly stream: StreamName;
  readonly durationNs: number;
  readonly bytes?: number;
  readonly call: string;
}

/** The thread of the training process that runs now, and what it asks of the device. Times in nanoseconds. */
export class Host {
  now = 0;
  thread: ThreadName = 'main';

  constructor(
    readonly device: Device,
    readonly recorder: Recorder | null,
  ) {}

  open(kind: HostEvent['kind'], name: string, details?: HostDetails): void {
    this.recorder?.open(kind, name, this.thread, this.moment, details);
    this.now += NESTING_NS;
  }

  close(): void {
    this.recorder?.close(this.moment);
    this.now += NESTING_NS;
  }

  get moment(): Moment {
    return { host: this.now, device: Math.max(this.now, this.device.freeAt('compute')) };
  }

  spend(ns: number): void {
    this.now += ns;
  }

  /** A call of the CUDA runtime that asks nothing of the device. */
  call(name: string, ns: number): void {
    const start = this.now;
    this.now += ns;
    this.recorder?.call(name, this.thread, { start, end: this.now }, null);
  }

  /** Returns at once, unless the queue of the device is full. */
  launch(job: DeviceJob): void {
    const called = this.now;
    this.now = Math.max(called, this.device.roomAt);
    const reaches = this.now + LAUNCH_LATENCY_NS;
    this.now += LAUNCH_NS;
    const start = this.device.enqueue(job.stream, reaches, job.durationNs);
    const end = start + job.durationNs;
    this.recorder?.call(
      job.call,
      this.thread,
      { start: called, end: this.now },
      { ...job, start, end },
    );
  }

  /** As a copy from pageable memory: the call returns when the work has ended. */
  launchAndWait(job: DeviceJob): void {
    const called = this.now;
    const start = this.device.enqueue(job.stream, called + LAUNCH_LATENCY_NS, job.durationNs);
    const end = start + job.durationNs;
    this.now = end + WAKE_NS;
    this.recorder?.call(
      job.call,
      this.thread,
      { start: called, end: this.now },
      { ...job, start, end },
    );
  }

  /** When a collective that is launched now begins on this rank; the device's other work so far comes before it. */
  collectiveBeginsAt(): number {
    this.device.waitFor('communication', 'compute');
    return this.device.beginAt('communication', this.now + LAUNCH_LATENCY_NS);
  }

  launchCollective(name: string, start: number, end: number, collective: CollectiveDetails): void {
    const called = this.now;
    this.now += LAUNCH_NS;
    this.device.occupyUntil('communication', end);
    this.recorder?.call(
      'cudaLaunchKernelExC',
      this.thread,
      { start: called, end: this.now },
      { kind: 'kernel', name, stream: 'communication', start, end, collective },
    );
  }

  /** Waits until the work of all streams, or of one, has ended. */
  synchronize(call: string, stream: StreamName | null): void {
    const until = stream === null ? this.device.idleAt : this.device.freeAt(stream);
    this.call(call, Math.max(0, until - this.now) + WAKE_NS);
  }

  frame(file: string, line: number, name: string): void {
    this.open('frame', `${file}(${line}): ${name}`);
  }
}

export const STREAM_NAMES = Object.keys(STREAMS) as readonly StreamName[];
