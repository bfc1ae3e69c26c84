import { categoryIndex, type SpanCategory } from '../../model/span-category.ts';
import type { DatabaseRow } from '../database.ts';
import type { ExportReader, Selected } from '../nsys/export-reader.ts';
import { categoryOfKernel, nameOfCopy } from '../rocprof/kernel-names.ts';
import { STREAM, THREAD } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import type { Catalog } from './catalog.ts';

const MAX_ID = 0xffffffff;

/** What all tables with times have first: start, end, correlation, process. */
const FIRST_OWN = 4;

/** Kernels. */
export async function readDispatches(reader: ExportReader, catalog: Catalog): Promise<void> {
  const table = `rocpd_kernel_dispatch${catalog.suffix}`;
  const columns = [...timesOf(reader, catalog), 'agent_id', 'queue_id', 'kernel_id'];
  await reader.each(table, columns, (row) => {
    const id = row.number(FIRST_OWN + 2);
    const name = catalog.kernels.get(id) ?? `kernel ${id || 0}`;
    addSpan(reader, { table, row, name, category: categoryOfKernel(name) }, () =>
      streamOf(reader, catalog, {
        row,
        agents: [row.number(FIRST_OWN)],
        queue: `queue ${row.number(FIRST_OWN + 1) || 0}`,
      }),
    );
  });
}

export async function readCopies(reader: ExportReader, catalog: Catalog): Promise<void> {
  const table = `rocpd_memory_copy${catalog.suffix}`;
  const columns = [...timesOf(reader, catalog), 'src_agent_id', 'dst_agent_id', 'name_id'];
  await reader.each(table, columns, (row) => {
    const name = nameOfCopy(catalog.texts.get(row.number(FIRST_OWN + 2)) ?? null);
    addSpan(reader, { table, row, name, category: 'memcpy' }, () =>
      streamOf(reader, catalog, {
        row,
        agents: [row.number(FIRST_OWN), row.number(FIRST_OWN + 1)],
        queue: 'copies',
      }),
    );
  });
}

/** Calls of the host, and markers, by the category of their event. */
export async function readRegions(reader: ExportReader, catalog: Catalog): Promise<void> {
  const table = `rocpd_region${catalog.suffix}`;
  const columns = [
    ...timesOf(reader, catalog),
    'tid',
    'name_id',
    eventIn(reader, catalog, 'category_id'),
  ];
  await reader.each(table, columns, (row) => {
    const name = catalog.texts.get(row.number(FIRST_OWN + 1)) ?? 'call';
    const category = categoryOfRegion(catalog.texts.get(row.number(FIRST_OWN + 2)) ?? '');
    addSpan(reader, { table, row, name, category }, () => {
      const thread = row.number(FIRST_OWN);
      const { lanes } = reader.builder;
      const own = catalog.threads.get(thread) ?? (thread || 0);
      return lanes.lane(lanes.place(processOf(reader, catalog, row), reader.label(own)), THREAD);
    });
  });
}

function categoryOfRegion(name: string): SpanCategory {
  if (/^(?:HIP|HSA)_/.test(name)) {
    return 'runtime';
  }
  return /^(?:MARKER|RCCL)_/.test(name) ? 'annotation' : 'other';
}

function timesOf(reader: ExportReader, catalog: Catalog): Selected[] {
  return [
    reader.timeIn('start'),
    reader.timeIn('end'),
    eventIn(reader, catalog, 'stack_id'),
    'pid',
  ];
}

/** A column of the row's event: what is done on the device has the same `stack_id` as the call that asked for it. */
function eventIn(reader: ExportReader, { suffix }: Catalog, column: string): Selected {
  const table = `rocpd_event${suffix}`;
  return {
    column: 'event_id',
    as: (name) =>
      reader.has(table, column) && reader.has(table, 'id')
        ? `(SELECT "${column}" FROM "${table}" WHERE id = ${name})`
        : 'NULL',
  };
}

interface TimedRow {
  readonly table: string;
  readonly row: DatabaseRow;
  readonly name: string;
  readonly category: SpanCategory;
}

function addSpan(
  reader: ExportReader,
  { table, row, name, category }: TimedRow,
  laneOf: () => number,
): void {
  const interval = reader.interval(table, row.number(0), row.number(1));
  if (interval === null) {
    return;
  }
  const correlation = row.number(2);
  reader.builder.spans.push({
    ...emptySpanRow(),
    ...interval,
    byteOffset: -1,
    correlation: correlation > 0 && correlation <= MAX_ID ? correlation : 0,
    name: reader.name(name),
    category: categoryIndex(category),
    lane: laneOf(),
  });
}

interface Place {
  readonly row: DatabaseRow;
  /** The first that is a device is the one. */
  readonly agents: readonly number[];
  readonly queue: string;
}

function streamOf(reader: ExportReader, catalog: Catalog, { row, agents, queue }: Place): number {
  const { lanes, names } = reader.builder;
  const device = agents.map((id) => catalog.agents.get(id)).find((known) => known !== undefined);
  const index = device?.index ?? 0;
  const text = index === 0 ? queue : `${queue} of GPU ${index}`;
  const place = lanes.place(processOf(reader, catalog, row), reader.label(text));
  names.threads.set(place, text);
  const lane = lanes.lane(place, STREAM);
  lanes.drafts[lane].device = index;
  return lane;
}

function processOf(reader: ExportReader, { processes }: Catalog, row: DatabaseRow): number {
  const id = row.number(3);
  return reader.label(processes.get(id) ?? (id || 0));
}
