/** Numbers of fields, https://github.com/openxla/xla/blob/main/third_party/tsl/tsl/profiler/protobuf/xplane.proto */
export const SPACE = { planes: 1, errors: 2, warnings: 3, hostnames: 4 } as const;

export const PLANE = {
  id: 1,
  name: 2,
  lines: 3,
  eventMetadata: 4,
  statMetadata: 5,
  stats: 6,
} as const;

export const LINE = { id: 1, name: 2, timestampNs: 3, events: 4, displayName: 11 } as const;

export const EVENT = {
  metadataId: 1,
  offsetPs: 2,
  durationPs: 3,
  stats: 4,
  occurrences: 5,
} as const;

export const STAT = {
  metadataId: 1,
  double: 2,
  unsigned: 3,
  integer: 4,
  text: 5,
  bytes: 6,
  reference: 7,
} as const;

export const METADATA = { id: 1, name: 2, displayName: 4, stats: 5 } as const;

/** An entry of a map. */
export const ENTRY = { key: 1, value: 2 } as const;
