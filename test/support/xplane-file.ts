import { fieldsOf, protoBytes, type ProtoMessage } from './proto-bytes.ts';

/** Text becomes a reference to another name, as profilers write texts that come often. */
export type StatValue = number | bigint | string | { readonly text: string };

export interface XEvent {
  readonly name: string;
  readonly displayName?: string;
  readonly offsetPs: number | bigint;
  readonly durationPs?: number;
  readonly stats?: Readonly<Record<string, StatValue>>;
  /** Of all events of the name. */
  readonly metadataStats?: Readonly<Record<string, StatValue>>;
}

export interface XLine {
  readonly id: number | bigint;
  readonly name: string;
  readonly timestampNs: number | bigint;
  readonly events: readonly XEvent[];
}

export interface XPlane {
  readonly name: string;
  readonly lines?: readonly XLine[];
  readonly stats?: Readonly<Record<string, StatValue>>;
}

/** Writes a profile as JAX does: what names are stands behind the events. */
export function xspaceBytes(planes: readonly XPlane[], hostname = 'node-1'): Uint8Array {
  return protoBytes([...planes.map((plane) => [1, planeOf(plane)] as const), [4, hostname]]);
}

function planeOf({ name, lines = [], stats = {} }: XPlane): ProtoMessage {
  const statIds = new Map<string, number>();
  const eventIds = new Map<string, number>();
  const examples = new Map<string, XEvent>();
  const idOf = (ids: Map<string, number>, key: string): number => {
    const id = ids.get(key) ?? ids.size + 1;
    ids.set(key, id);
    return id;
  };
  const statOf = ([key, value]: [string, StatValue]): ProtoMessage => {
    const id = [1, idOf(statIds, key)] as const;
    switch (typeof value) {
      case 'string':
        return [id, [7, idOf(statIds, value)]];
      case 'object':
        return [id, [5, value.text]];
      default:
        return [id, [typeof value === 'bigint' ? 3 : 4, value]];
    }
  };
  const statsOf = (of: Readonly<Record<string, StatValue>> | undefined): ProtoMessage[] =>
    Object.entries(of ?? {}).map(statOf);
  const lineFields = lines.map((line): ProtoMessage => {
    const events = line.events.map((event): ProtoMessage => {
      examples.set(event.name, event);
      return [
        [1, idOf(eventIds, event.name)],
        [2, event.offsetPs],
        ...(event.durationPs === undefined ? [] : [[3, event.durationPs] as const]),
        ...statsOf(event.stats).map((stat) => [4, stat] as const),
      ];
    });
    return [
      [1, line.id],
      [2, line.name],
      [3, line.timestampNs],
      ...events.map((event) => [4, event] as const),
    ];
  });
  const planeStats = statsOf(stats);
  const eventMetadata = [...eventIds].map(([key, id]): ProtoMessage => {
    const { displayName, metadataStats } = examples.get(key) as XEvent;
    return [
      [1, id],
      [
        2,
        [
          [1, id],
          [2, key],
          ...(displayName === undefined ? [] : [[4, displayName] as const]),
          ...statsOf(metadataStats).map((stat) => [5, stat] as const),
        ],
      ],
    ];
  });
  const statMetadata = [...statIds].map(([key, id]): ProtoMessage => [
    [1, id],
    [
      2,
      [
        [1, id],
        [2, key],
      ],
    ],
  ]);
  return [
    [2, name],
    ...lineFields.map((line) => [3, line] as const),
    ...eventMetadata.map((entry) => [4, entry] as const),
    ...statMetadata.map((entry) => [5, entry] as const),
    ...planeStats.map((stat) => [6, stat] as const),
  ];
}

/** The events that are whole in the bytes, in lines and planes that need not be. */
export function countEvents(bytes: Uint8Array): number {
  let count = 0;
  const endOf = (end: number, limit: number): number => (end < 0 ? limit : end);
  for (const plane of fieldsOf(bytes)) {
    const planeEnd = endOf(plane.end, bytes.length);
    for (const line of plane.field === 1 ? fieldsOf(bytes, plane.start, planeEnd) : []) {
      const lineEnd = endOf(line.end, planeEnd);
      for (const event of line.field === 3 ? fieldsOf(bytes, line.start, lineEnd) : []) {
        count += event.field === 4 && event.end >= 0 ? 1 : 0;
      }
    }
  }
  return count;
}

const TRAIN = 1_771_595_660_000_000_000n;

/** Two steps of a training on one GPU, with everything that a profile of JAX has. */
export function smallProfile(): XPlane[] {
  const step = (number: number): XEvent => ({
    name: 'train',
    offsetPs: number * 10_000_000,
    durationPs: 9_000_000,
    stats: { step_num: number, _r: 1 },
  });
  const launch = (number: number): XEvent => ({
    name: 'cuLaunchKernel',
    offsetPs: 1_000_000 + number * 10_000_000,
    durationPs: 500_000,
    stats: { correlation_id: 7 + number },
  });
  const kernel = (number: number, name: string, stats: XEvent['stats'] = {}): XEvent => ({
    name,
    offsetPs: 2_000_400 + number * 10_000_000,
    durationPs: 4_000_400,
    stats: { correlation_id: 7 + number, ...stats },
  });
  return [
    { name: '/host:metadata', stats: {} },
    {
      name: '/device:GPU:0',
      stats: { device_vendor: 'Nvidia', memory_size: 85_000_000_000n, compute_cap_major: 9 },
      lines: [
        {
          id: 16,
          name: 'Stream #16(Compute)',
          timestampNs: 1_000,
          events: [
            kernel(0, 'fusion_1', { name: 'jit(step)/jvp(Net)/dot', source: 'model.py:12' }),
            kernel(1, 'fusion_1', { name: 'jit(step)/transpose(jvp(Net))/dot' }),
          ],
        },
        {
          id: 17,
          name: 'Stream #17(MemcpyH2D)',
          timestampNs: 1_000,
          events: [
            {
              name: 'MemcpyH2D',
              offsetPs: 12_000_000,
              durationPs: 1_000_000,
              stats: {
                memcpy_details: 'kind_src:pageable kind_dst:device size:4 dest:0 async:1',
              },
            },
            {
              name: 'ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
              offsetPs: 14_000_000,
              durationPs: 2_000_000,
              stats: { name: 'jit(step)/transpose(jvp(Net))/psum' },
            },
          ],
        },
        {
          id: 1,
          name: 'XLA Ops',
          timestampNs: 1_000,
          events: [{ name: 'fusion.1', offsetPs: 2_000_400, durationPs: 4_000_400 }],
        },
        {
          id: 2,
          name: 'Steps',
          timestampNs: 1_000,
          events: [{ name: '0', offsetPs: 2_000_400, durationPs: 4_000_400 }],
        },
      ],
    },
    {
      name: '/host:CPU',
      lines: [
        {
          id: 11_643_246_108_867_846_427n,
          name: 'python',
          timestampNs: 1_000,
          events: [
            step(0),
            launch(0),
            { name: '$train.py:29 train_step', offsetPs: 900_000, durationPs: 7_000_000 },
            { name: '$pjit.py:303 cache_miss', offsetPs: 950_000, durationPs: 6_000_000 },
            step(1),
            launch(1),
            { name: 'ThreadpoolListener::StartRegion', offsetPs: 3_000_000 },
            {
              name: 'MemoryAllocation',
              offsetPs: 3_100_000,
              stats: { allocator_name: 'GPU_0_bfc', bytes_allocated: 4_096, addr: 2n ** 63n },
            },
          ],
        },
      ],
    },
    { name: 'Task Environment', stats: { profile_start_time: TRAIN + 918_620n } },
  ];
}
