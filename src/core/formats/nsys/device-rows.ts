import { categoryIndex, type SpanCategory } from '../../model/span-category.ts';
import type { DatabaseRow } from '../database.ts';
import { DEVICE_ANNOTATIONS, STREAM } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import { type ExportReader, processIn, type Selected } from './export-reader.ts';

/** `ENUM_CUDA_MEMCPY_OPER`, in the words of PyTorch's profiler. */
const COPY_KINDS = [
  'Unknown',
  'HtoD',
  'DtoH',
  'HtoA',
  'AtoH',
  'AtoA',
  'AtoD',
  'DtoA',
  'DtoD',
  'HtoH',
  'PtoP',
  'UVM HtoD',
  'UVM DtoH',
  'UVM DtoD',
];
/** `ENUM_CUDA_MEM_KIND`. */
const MEMORY_KINDS = ['Pageable', 'Pinned', 'Device', 'Array', 'Managed', 'Device', 'Managed'];
/** `ENUM_CUPTI_SYNC_TYPE`. */
const SYNC_TYPES = ['Sync', 'Event Sync', 'Stream Wait Event', 'Stream Sync', 'Context Sync'];

/** What all device tables begin with. */
const PLACE = ['deviceId', 'streamId', 'correlationId'] as const;
const FIRST_OWN = 2 + PLACE.length + 1;

/** Stream numbers beyond are no stream, as in a synchronization of all of them. */
const MAX_STREAM = 0xffff_fff0;
const ALL_STREAMS = 'all streams';

interface DeviceTable {
  readonly name: string;
  readonly category: SpanCategory;
  readonly columns: readonly string[];
  readonly nameOf: (row: DatabaseRow, texts: ReadonlyMap<number, string>) => string;
}

const TABLES: readonly DeviceTable[] = [
  {
    name: 'CUPTI_ACTIVITY_KIND_KERNEL',
    category: 'kernel',
    columns: ['demangledName', 'shortName'],
    nameOf: (row, texts) =>
      texts.get(row.number(FIRST_OWN)) ?? texts.get(row.number(FIRST_OWN + 1)) ?? 'kernel',
  },
  {
    name: 'CUPTI_ACTIVITY_KIND_GRAPH_TRACE',
    category: 'kernel',
    columns: ['graphId'],
    nameOf: (row) => `CUDA graph ${row.text(FIRST_OWN)}`.trim(),
  },
  {
    name: 'CUPTI_ACTIVITY_KIND_MEMCPY',
    category: 'memcpy',
    columns: ['copyKind', 'srcKind', 'dstKind'],
    nameOf(row) {
      const [kind, from, to] = [0, 1, 2].map((i) => row.number(FIRST_OWN + i));
      const memory = (place: number): string => MEMORY_KINDS[place] ?? 'Unknown';
      return `Memcpy ${COPY_KINDS[kind] ?? 'Unknown'} (${memory(from)} -> ${memory(to)})`;
    },
  },
  {
    name: 'CUPTI_ACTIVITY_KIND_MEMSET',
    category: 'memset',
    columns: ['memKind'],
    nameOf: (row) => `Memset (${MEMORY_KINDS[row.number(FIRST_OWN)] ?? 'Unknown'})`,
  },
  {
    name: 'CUPTI_ACTIVITY_KIND_SYNCHRONIZATION',
    category: 'device-sync',
    columns: ['syncType'],
    nameOf: (row) => SYNC_TYPES[row.number(FIRST_OWN)] ?? 'Sync',
  },
];

/** By process: the lowest number of the devices that it used. */
export type DeviceOfProcess = ReadonlyMap<number, number>;

/** Kernels, copies and synchronization. */
export async function readDeviceRows(
  reader: ExportReader,
  texts: ReadonlyMap<number, string>,
): Promise<DeviceOfProcess> {
  const devices = new Map<number, number>();
  for (const table of TABLES) {
    const columns: Selected[] = [
      reader.timeIn('start'),
      reader.timeIn('end'),
      ...PLACE,
      processIn('globalPid'),
      ...table.columns,
    ];
    const addRow = rowAdder(reader, table, devices);
    await reader.each(table.name, columns, (row) => addRow(row, table.nameOf(row, texts)));
  }
  return devices;
}

function rowAdder(
  reader: ExportReader,
  { name: table, category }: DeviceTable,
  devices: Map<number, number>,
): (row: DatabaseRow, name: string) => void {
  const { spans } = reader.builder;
  const isWork = category !== 'device-sync';
  const span = { ...emptySpanRow(), category: categoryIndex(category), byteOffset: -1 };
  return (row, name) => {
    const interval = reader.interval(table, row.number(0), row.number(1));
    if (interval === null) {
      return;
    }
    const device = row.number(2) || 0;
    const process = row.number(5) || 0;
    if (isWork) {
      devices.set(process, Math.min(device, devices.get(process) ?? Infinity));
    }
    span.start = interval.start;
    span.duration = interval.duration;
    span.name = reader.name(name);
    span.correlation = row.number(4) || 0;
    span.lane = laneOf(reader, { process, stream: row.number(3), device: isWork ? device : null });
    spans.push(span);
  };
}

interface Place {
  readonly process: number;
  readonly stream: number;
  /** Null for what is not work of the device: the exporter does not always name the right one. */
  readonly device: number | null;
}

function laneOf(reader: ExportReader, { process, stream, device }: Place): number {
  const { lanes } = reader.builder;
  if (device === null) {
    return lanes.lane(placeOf(reader, process, stream), DEVICE_ANNOTATIONS);
  }
  const lane = lanes.lane(placeOf(reader, process, stream), STREAM);
  const draft = lanes.drafts[lane];
  draft.device ??= device;
  if (draft.device === device) {
    return lane;
  }
  const other = lanes.lane(placeOf(reader, process, stream, device), STREAM);
  lanes.drafts[other].device = device;
  return other;
}

function placeOf(reader: ExportReader, process: number, stream: number, device?: number): number {
  const { lanes, names } = reader.builder;
  const isOne = stream >= 0 && stream < MAX_STREAM;
  const name = isOne ? `stream ${stream}` : ALL_STREAMS;
  const text = device === undefined ? name : `${name} of GPU ${device}`;
  const place = lanes.place(reader.label(process), reader.label(text));
  if (!isOne) {
    names.threads.set(place, ALL_STREAMS);
  }
  return place;
}
