import { deflateSync } from 'node:zlib';
import { readTrace } from '../../src/core/formats/read-trace.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { inflateBytes } from '../../src/files/inflate-bytes.ts';
import { fieldsOf, protoBytes, type ProtoMessage } from './proto-bytes.ts';
import { bytesInChunks } from './read-bytes.ts';

export const CLEARED = 1;
export const NEEDS_STATE = 2;

/** Fields of a packet of a trace. */
export type Packet = ProtoMessage;

export function perfettoBytes(packets: readonly Packet[]): Uint8Array {
  return protoBytes(packets.map((packet) => [1, packet] as const));
}

export function packed(packets: readonly Packet[]): Packet {
  return [[50, deflateSync(perfettoBytes(packets))]];
}

interface TrackOptions {
  readonly parent?: number;
  readonly process?: ProtoMessage;
  readonly thread?: ProtoMessage;
  readonly counter?: ProtoMessage;
}

export function track(id: number | bigint, name: string, options: TrackOptions = {}): Packet {
  const { parent, process, thread, counter } = options;
  return [
    [
      60,
      [
        [1, id],
        ...(name === '' ? [] : [[2, name] as const]),
        ...(process === undefined ? [] : [[3, process] as const]),
        ...(thread === undefined ? [] : [[4, thread] as const]),
        ...(parent === undefined ? [] : [[5, parent] as const]),
        ...(counter === undefined ? [] : [[8, counter] as const]),
      ],
    ],
  ];
}

interface EventOptions {
  readonly sequence?: number;
  readonly more?: Packet;
  readonly fields?: ProtoMessage;
}

/** A slice begins (1) or ends (2), a moment (3), a value (4). */
export function event(
  type: number,
  time: number | bigint,
  trackId: number | bigint,
  { sequence = 1, more = [], fields = [] }: EventOptions = {},
): Packet {
  return [[8, time], [10, sequence], [11, [[9, type], [11, trackId], ...fields]], ...more];
}

/** A whole slice with a name and a category in it. */
export function slice(
  trackId: number | bigint,
  name: string,
  category: string,
  [start, end]: readonly [number | bigint, number | bigint],
  fields: ProtoMessage = [],
): Packet[] {
  return [
    event(1, start, trackId, { fields: [[22, category], [23, name], ...fields] }),
    event(2, end, trackId, { fields: [[22, category]] }),
  ];
}

export const annotation = (name: string, value: number | string): ProtoMessage => [
  [10, name],
  [typeof value === 'string' ? 6 : 3, value],
];

/** The packets with an event of a track that are whole in the bytes; of packed ones none. */
export function countTrackEvents(bytes: Uint8Array): number {
  let count = 0;
  for (const packet of fieldsOf(bytes)) {
    for (const field of packet.end < 0 ? [] : fieldsOf(bytes, packet.start, packet.end)) {
      count += field.field === 11 ? 1 : 0;
    }
  }
  return count;
}

/** Boot clock and wall clock of one moment. */
export const SNAPSHOT: Packet = [
  [
    6,
    [
      [
        1,
        [
          [1, 6],
          [2, 5_000_000_000_000n],
        ],
      ],
      [
        1,
        [
          [1, 1],
          [2, 1_771_595_660_705_918_623n],
        ],
      ],
    ],
  ],
];

const MS = 1_000_000;
const START = 5_000_000_000_000;

/** What rocprofv3 writes of two steps: marks and calls on a thread, kernels and copies on tracks of streams. */
export function smallRocprofTrace(): Packet[] {
  const thread = 4711;
  const compute = 0x8000_0000_0000_0001n;
  const copy = 0x8000_0000_0000_0002n;
  const step = (number: number): Packet[] => {
    const at = START + number * 10 * MS;
    const call = 20 + number;
    return [
      ...slice(
        thread,
        'hipModuleLaunchKernel',
        'hip_api',
        [at + MS, at + 2 * MS],
        [
          [47, { fixed64: BigInt(call) }],
          [4, annotation('corr_id', call)],
        ],
      ),
      ...slice(
        compute,
        'Cijk_Ailk_Bljk',
        'kernel_dispatch',
        [at + 3 * MS, at + 8 * MS],
        [
          [47, { fixed64: BigInt(call) }],
          [4, annotation('corr_id', call)],
        ],
      ),
      ...slice(copy, 'MEMORY_COPY_HOST_TO_DEVICE', 'memory_copy', [at + 2 * MS, at + 3 * MS]),
      ...slice(thread, `step ${number}`, 'marker_api', [at, at + 9 * MS]),
    ];
  };
  return [
    SNAPSHOT,
    [
      [10, 1],
      [13, CLEARED],
      [42, 1],
      [
        60,
        [
          [1, 99],
          [
            3,
            [
              [1, 4700],
              [6, 'python3'],
            ],
          ],
        ],
      ],
    ],
    track(thread, 'THREAD 1 (4711)', { parent: 99 }),
    track(compute, 'COMPUTE AGENT [4] STREAM [1] (GPU)', { parent: 99 }),
    track(copy, 'COPY to AGENT [4] STREAM [1] (GPU)', { parent: 99 }),
    track(7, 'COPY BYTES to AGENT [4] (GPU)', {
      counter: [
        [3, 3],
        [4, 1024],
      ],
    }),
    ...step(0),
    ...step(1),
    event(4, START + MS, 7, { fields: [[30, 2]] }),
  ];
}

/** As they come from a file, in small pieces. */
export function readPackets(packets: readonly Packet[]): Promise<Trace> {
  const { signal } = new AbortController();
  return readTrace(bytesInChunks(perfettoBytes(packets), 1_000), { signal, inflate: inflateBytes });
}
