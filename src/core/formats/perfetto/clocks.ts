import { WireCursor } from '../protobuf/wire-cursor.ts';
import { CLOCK, SNAPSHOT } from './schema.ts';

/** https://github.com/google/perfetto/blob/main/protos/perfetto/common/builtin_clock.proto */
const REALTIME = 1;
const MONOTONIC = 3;
export const BOOTTIME = 6;
/** From here on below 128 a clock is of one sequence. */
const FIRST_OWN_CLOCK = 64;
const FIRST_GLOBAL_CLOCK = 128;

interface Reading {
  readonly clock: number;
  readonly time: bigint;
  readonly isIncremental: boolean;
  readonly unitNs: bigint;
}

/** What a clock shows beside the main one. */
interface KnownClock {
  /** To be added, in nanoseconds. */
  readonly offset: bigint;
  readonly unitNs: bigint;
  /** Each time is counted from the one before, beginning with that of the snapshot. */
  readonly isIncremental: boolean;
  last: bigint;
}

/** Turns the times of all clocks into nanoseconds of one. */
export class Clocks {
  /** Unix time of the main clock's time 0; null where no snapshot tells. */
  zeroNs: bigint | null = null;
  /** Whether times came of a clock that no snapshot knows. */
  hasUnknown = false;
  #main: number | null = null;
  readonly #known = new Map<string, KnownClock>();
  readonly #snapshot = new WireCursor();
  readonly #clock = new WireCursor();

  readSnapshot(bytes: Uint8Array, start: number, end: number, sequence: number): void {
    const readings: Reading[] = [];
    let primary = BOOTTIME;
    const snapshot = this.#snapshot.open(bytes, start, end);
    while (snapshot.next()) {
      if (snapshot.field === SNAPSHOT.clocks) {
        readings.push(this.#readReading(bytes, snapshot.start, snapshot.end));
      } else if (snapshot.field === SNAPSHOT.primary) {
        primary = snapshot.number();
      }
    }
    this.#take(readings, primary, sequence);
  }

  /** Of a packet: in nanoseconds of the main clock. */
  toMain(time: number | bigint, clock: number, sequence: number): number | bigint {
    if (clock === this.#main) {
      return time;
    }
    const known = this.#known.get(keyOf(clock, sequence));
    if (known === undefined) {
      // All times of such a trace are of this clock, as a rule.
      this.hasUnknown ||= this.#main !== null;
      return time;
    }
    const own = known.isIncremental ? known.last + BigInt(time) : BigInt(time);
    known.last = own;
    return own * known.unitNs + known.offset;
  }

  #take(readings: readonly Reading[], primary: number, sequence: number): void {
    const main =
      this.#reading(readings, this.#main ?? primary) ??
      this.#reading(readings, MONOTONIC) ??
      readings.at(0);
    if (main === undefined) {
      return;
    }
    this.#main ??= main.clock;
    const mainNs = this.#mainTime(main, sequence);
    if (mainNs === null) {
      return;
    }
    for (const { clock, time, isIncremental, unitNs } of readings) {
      if (clock !== this.#main) {
        const offset = mainNs - time * unitNs;
        this.#known.set(keyOf(clock, sequence), { offset, unitNs, isIncremental, last: time });
      }
      if (clock === REALTIME) {
        this.zeroNs ??= time * unitNs - mainNs;
      }
    }
  }

  #reading(readings: readonly Reading[], clock: number): Reading | undefined {
    return readings.find((reading) => reading.clock === clock);
  }

  /** Null where the snapshot has no clock that is known already. */
  #mainTime({ clock, time, unitNs }: Reading, sequence: number): bigint | null {
    if (clock === this.#main) {
      return time * unitNs;
    }
    const known = this.#known.get(keyOf(clock, sequence));
    return known === undefined ? null : time * known.unitNs + known.offset;
  }

  #readReading(bytes: Uint8Array, start: number, end: number): Reading {
    const field = this.#clock.open(bytes, start, end);
    let clock = 0;
    let time = 0n;
    let isIncremental = false;
    let unitNs = 1n;
    while (field.next()) {
      switch (field.field) {
        case CLOCK.id:
          clock = field.number();
          break;
        case CLOCK.timestamp:
          time = field.bigint();
          break;
        case CLOCK.isIncremental:
          isIncremental = field.number() !== 0;
          break;
        case CLOCK.unitNs:
          unitNs = field.bigint() || 1n;
          break;
      }
    }
    return { clock, time, isIncremental, unitNs };
  }
}

function keyOf(clock: number, sequence: number): string {
  return clock >= FIRST_OWN_CLOCK && clock < FIRST_GLOBAL_CLOCK
    ? `${clock} of ${sequence}`
    : String(clock);
}
