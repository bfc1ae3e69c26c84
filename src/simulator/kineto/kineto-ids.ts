import { STREAMS, type StreamName } from '../engine/device.ts';
import type { ThreadName } from '../engine/events.ts';

const DEVICES_PER_HOST = 8;

/** Numbers that a rank's trace shows for its process, threads and device. */
export class KinetoIds {
  readonly process: number;
  readonly device: number;

  constructor(rank: number) {
    this.process = 7_001 + rank * 97;
    this.device = rank % DEVICES_PER_HOST;
  }

  thread(name: ThreadName): number {
    return name === 'main' ? this.process : this.process + 215;
  }

  stream(name: StreamName): number {
    return STREAMS[name];
  }
}

/** Devices that traces name, with and without work. */
export const DEVICE_COUNT = DEVICES_PER_HOST;

/** Microseconds with three decimals. */
export function toMicros(ns: number): string {
  const whole = Math.floor(ns / 1_000);
  return `${whole}.${String(ns - whole * 1_000).padStart(3, '0')}`;
}
