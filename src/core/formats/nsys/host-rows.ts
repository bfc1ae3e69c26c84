import { categoryIndex } from '../../model/span-category.ts';
import { addBounded } from '../events/bounded-spans.ts';
import { LOGICAL, THREAD } from '../trace/lane-table.ts';
import { emptySpanRow, type SpanRow } from '../trace/span-columns.ts';
import { type ExportReader, processIn, threadIn } from './export-reader.ts';

type Texts = ReadonlyMap<number, string>;

/** Exporters write the version of the function: `cudaLaunchKernel_v7000`. */
const VERSION = /_v\d{4,}$/;

/** Calls of the CUDA runtime and driver. */
export async function readApiCalls(reader: ExportReader, texts: Texts): Promise<void> {
  const table = 'CUPTI_ACTIVITY_KIND_RUNTIME';
  const { spans } = reader.builder;
  const nameById = new Map<number, number>();
  const span = { ...emptySpanRow(), category: categoryIndex('runtime'), byteOffset: -1 };
  await reader.each(
    table,
    [
      reader.timeIn('start'),
      reader.timeIn('end'),
      processIn('globalTid'),
      threadIn('globalTid'),
      'correlationId',
      'nameId',
    ],
    (row) => {
      const interval = reader.interval(table, row.number(0), row.number(1));
      if (interval === null) {
        return;
      }
      const id = row.number(5);
      const name = nameById.get(id) ?? reader.name((texts.get(id) ?? 'CUDA').replace(VERSION, ''));
      nameById.set(id, name);
      span.start = interval.start;
      span.duration = interval.duration;
      span.name = name;
      span.correlation = row.number(4) || 0;
      span.lane = threadLane(reader, row.number(2), row.number(3));
      spans.push(span);
    },
  );
}

/** What the profiler itself took, clipped to the time of all else: to be read last. */
export async function readOverhead(reader: ExportReader, texts: Texts): Promise<void> {
  const { builder } = reader;
  const { lanes } = builder;
  const rows: SpanRow[] = [];
  for (const table of ['PROFILER_OVERHEAD', 'CUPTI_ACTIVITY_KIND_OVERHEAD']) {
    const columns = [
      reader.timeIn('start'),
      reader.timeIn('end'),
      processIn(reader.has(table, 'globalTid') ? 'globalTid' : 'globalPid'),
      'nameId',
    ];
    await reader.each(table, columns, (row) => {
      const interval = reader.interval(table, row.number(0), row.number(1));
      if (interval !== null) {
        const place = lanes.place(reader.label(row.number(2)), reader.label('profiler'));
        rows.push({
          ...emptySpanRow(),
          ...interval,
          name: reader.name(texts.get(row.number(3)) ?? 'Profiler overhead'),
          category: categoryIndex('overhead'),
          lane: lanes.lane(place, LOGICAL),
          byteOffset: -1,
        });
      }
    });
  }
  addBounded(rows, builder);
}

/** The place of a thread among the lanes. */
export function threadPlace(reader: ExportReader, process: number, thread: number): number {
  return reader.builder.lanes.place(reader.label(process), reader.label(thread));
}

export function threadLane(reader: ExportReader, process: number, thread: number): number {
  return reader.builder.lanes.lane(threadPlace(reader, process, thread), THREAD);
}
