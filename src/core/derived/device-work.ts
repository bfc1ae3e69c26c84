import { mapInto } from '../../base/map-into.ts';
import { sortRuns } from '../../base/sort-runs.ts';
import { phaseIndex } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { DeviceBusy } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import { differenceOf, type Intervals, IntervalsBuilder } from './intervals.ts';
import { isCommunicationKernel } from './phase-names.ts';

const COMPUTE = 1;
const COMMUNICATION = 2;
const COPY = 3;

const KERNEL = categoryIndex('kernel');
const MEMCPY = categoryIndex('memcpy');
const MEMSET = categoryIndex('memset');
const RECORDED = categoryIndex('recorded');
const COMMUNICATION_PHASE = phaseIndex('communication');
const H2D_PHASE = phaseIndex('h2d');

/** The work of the rank's device. Times are the trace's. */
export interface DeviceWork {
  /** Local index of the device with the most work; null where there is none. */
  readonly device: number | null;
  /** Work of other devices in the same file, in spans. */
  readonly spansOnOtherDevices: number;
  /** By span: 0 is no work of this device, else 1 + index into `DEVICE_CLASSES` of the model. */
  readonly classes: Uint8Array<ArrayBuffer>;
  /** The device's spans by start. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Time in which work of each class runs, whatever else runs. */
  readonly compute: Intervals;
  readonly communication: Intervals;
  readonly copy: Intervals;
}

/** A span is device work by its category, never by having a stream; annotations mirrored there are not. */
export function computeDeviceWork(trace: Trace, phases: Uint8Array): DeviceWork {
  const { spans, lanes } = trace;
  const kinds = classesByName(trace, phases);
  const { device, others } = busiestDevice(trace, kinds);
  const onDevice = mapInto(new Uint8Array(lanes.length), lanes, (lane) =>
    lane.device === device ? 1 : 0,
  );
  const found: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (kinds[i] !== 0 && onDevice[spans.lane[i]] === 1) {
      found.push(i);
    } else {
      kinds[i] = 0;
    }
  }
  const order = Uint32Array.from(found);
  sortRuns(order, (a, b) => spans.start[a] > spans.start[b]);
  return {
    device,
    spansOnOtherDevices: others,
    classes: kinds,
    order,
    compute: intervalsOf(trace, order, kinds, COMPUTE),
    communication: intervalsOf(trace, order, kinds, COMMUNICATION),
    copy: intervalsOf(trace, order, kinds, COPY),
  };
}

/** Every busy instant in exactly one class: compute wins over communication, that over copies. */
export function computeDeviceBusy({ compute, communication, copy }: DeviceWork): DeviceBusy {
  const exposedCommunication = differenceOf(communication, compute);
  const exposedCopy = differenceOf(differenceOf(copy, compute), communication);
  const parts = [compute, exposedCommunication, exposedCopy];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const start = new Float64Array(length);
  const end = new Float64Array(length);
  const kind = new Uint8Array(length);
  const next = [0, 0, 0];
  for (let row = 0; row < length; row++) {
    let first = 0;
    for (let i = 1; i < parts.length; i++) {
      first = startOf(parts[i], next[i]) < startOf(parts[first], next[first]) ? i : first;
    }
    start[row] = parts[first].start[next[first]];
    end[row] = parts[first].end[next[first]];
    kind[row] = first;
    next[first]++;
  }
  return { length, start, end, kind };
}

/** Infinity behind the last. */
function startOf(intervals: Intervals, row: number): number {
  return row < intervals.length ? intervals.start[row] : Infinity;
}

function classesByName(trace: Trace, phases: Uint8Array): Uint8Array<ArrayBuffer> {
  const { spans, strings, lanes } = trace;
  const isCommunication = mapInto(new Uint8Array(strings.length), strings, (name) =>
    isCommunicationKernel(name) ? 1 : 0,
  );
  const isStream = mapInto(new Uint8Array(lanes.length), lanes, (lane) =>
    lane.kind === 'stream' ? 1 : 0,
  );
  const kinds = new Uint8Array(spans.length);
  for (let i = 0; i < kinds.length; i++) {
    switch (spans.category[i]) {
      case KERNEL:
        kinds[i] =
          isCommunication[spans.name[i]] === 1 || spans.recordedPhase?.[i] === COMMUNICATION_PHASE
            ? COMMUNICATION
            : COMPUTE;
        break;
      case MEMCPY:
      case MEMSET:
        kinds[i] = COPY;
        break;
      case RECORDED:
        kinds[i] = isStream[spans.lane[i]] === 1 ? recordedClass(phases[i]) : 0;
        break;
      default:
    }
  }
  return kinds;
}

function recordedClass(phase: number): number {
  return phase === COMMUNICATION_PHASE ? COMMUNICATION : phase === H2D_PHASE ? COPY : COMPUTE;
}

function busiestDevice(trace: Trace, kinds: Uint8Array): { device: number | null; others: number } {
  const { spans, lanes } = trace;
  const byDevice = new Map<number | null, { time: number; count: number }>();
  const sums = lanes.map(({ device }) => {
    const sum = byDevice.get(device) ?? { time: 0, count: 0 };
    byDevice.set(device, sum);
    return sum;
  });
  let total = 0;
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] !== 0) {
      const sum = sums[spans.lane[i]];
      sum.time += spans.duration[i];
      sum.count++;
      total++;
    }
  }
  let device: number | null = null;
  let most = { time: 0, count: 0 };
  for (const [candidate, sum] of byDevice) {
    if (sum.count > 0 && (most.count === 0 || sum.time > most.time)) {
      device = candidate;
      most = sum;
    }
  }
  return { device, others: total - most.count };
}

function intervalsOf(
  { spans }: Trace,
  order: Uint32Array,
  kinds: Uint8Array,
  kind: number,
): Intervals {
  const builder = new IntervalsBuilder();
  for (const i of order) {
    if (kinds[i] === kind) {
      builder.add(spans.start[i], spans.start[i] + spans.duration[i]);
    }
  }
  return builder.finish();
}
