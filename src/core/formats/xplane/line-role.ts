/**
 * What the events of a line are: work of a device, each instant of it told once; the same work told again in
 * other words; steps; samples of counters; or what threads of the host did.
 */
export type LineRole = 'work' | 'derived' | 'steps' | 'counters' | 'host' | 'logical';

/** A plane of one device, with its number. */
const DEVICE = /^\/(?:virtual)?device:(?!CPU\b|CUSTOM\b)[\w-]+:(\d+)/;

/** What host threads are on: all else that has no device is shown beside. */
const HOST = /^(\/host:|\/device:CPU)/;

const STREAM = /^stream\b/i;
/** The operations that the compiler made, as TPUs run them one after another, and their transfers beside. */
const OPERATIONS = /^(Async )?XLA Ops$|^Sparse Core Ops$/;
const STEPS = 'Steps';
const COUNTERS = '_counters_';

/** The number of the device that a plane is of; null for the host. */
export function deviceOfPlane(plane: string): number | null {
  const digits = DEVICE.exec(plane)?.[1];
  return digits === undefined || digits.length > 6 ? null : Number(digits);
}

/** Whether the lines of a plane have streams: then its operations are the same work again. */
export function hasStreams(lineNames: readonly string[]): boolean {
  return lineNames.some((name) => STREAM.test(name));
}

export function roleOfLine(plane: string, line: string, isWithStreams: boolean): LineRole {
  if (line === COUNTERS) {
    return 'counters';
  }
  if (deviceOfPlane(plane) === null) {
    return HOST.test(plane) ? 'host' : 'logical';
  }
  if (line === STEPS) {
    return 'steps';
  }
  return (isWithStreams ? STREAM : OPERATIONS).test(line) ? 'work' : 'derived';
}
