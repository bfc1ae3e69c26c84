/** Numbers of fields, https://github.com/google/perfetto/tree/main/protos/perfetto/trace */
export const TRACE = { packet: 1 } as const;

export const PACKET = {
  clockSnapshot: 6,
  timestamp: 8,
  sequence: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  isCleared: 41,
  isAfterLoss: 42,
  compressed: 50,
  clock: 58,
  defaults: 59,
  trackDescriptor: 60,
  compressedZstd: 133,
} as const;

export const SEQUENCE_FLAGS = { cleared: 1, needsState: 2 } as const;

export const DEFAULTS = { trackEvent: 11, clock: 58 } as const;

export const TRACK_EVENT = {
  categoryIds: 3,
  annotations: 4,
  legacy: 6,
  type: 9,
  nameId: 10,
  track: 11,
  timestampUs: 16,
  category: 22,
  name: 23,
  counter: 30,
  location: 33,
  locationId: 34,
  oldFlows: 36,
  oldEndingFlows: 42,
  doubleCounter: 44,
  flows: 47,
  endingFlows: 48,
  correlation: 52,
} as const;

export const EVENT_TYPE = { begin: 1, end: 2, instant: 3, counter: 4 } as const;

export const LEGACY = { nameId: 1, phase: 2, durationUs: 3 } as const;

export const ANNOTATION = {
  nameId: 1,
  unsigned: 3,
  integer: 4,
  text: 6,
  name: 10,
  textId: 17,
} as const;

export const INTERNED = {
  categories: 1,
  names: 2,
  annotationNames: 3,
  locations: 4,
  annotationTexts: 29,
} as const;

/** Of every interned entry; of locations the name is that of the file. */
export const ENTRY = { id: 1, name: 2, line: 4 } as const;

export const TRACK = {
  id: 1,
  name: 2,
  process: 3,
  thread: 4,
  parent: 5,
  counter: 8,
  staticName: 10,
} as const;

export const PROCESS = { id: 1, name: 6 } as const;

export const THREAD_FIELDS = { process: 1, id: 2, name: 5 } as const;

export const COUNTER = { multiplier: 4, isIncremental: 5 } as const;

export const SNAPSHOT = { clocks: 1, primary: 2 } as const;

export const CLOCK = { id: 1, timestamp: 2, isIncremental: 3, unitNs: 4 } as const;
