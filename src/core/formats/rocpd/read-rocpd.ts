import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { type DatabaseKind, readDatabase, unreadableDatabase } from '../database-trace.ts';
import type { ReadOptions } from '../format.ts';
import type { ExportReader } from '../nsys/export-reader.ts';
import { findOrigin } from '../nsys/session.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { readCopies, readDispatches, readRegions } from './rocpd-rows.ts';

const META = { format: 'rocpd', ...UNKNOWN_ORIGIN, hasStacks: false } as const;

/** The id is a UUID; names that SQL would have to quote otherwise are none. */
const DISPATCHES = /^rocpd_kernel_dispatch([\w-]*)$/;

const DATABASE: DatabaseKind = {
  meta: META,
  onlyAsFile: 'A ROCm profiling database can only be read as a file. Save it and open that.',
  again: 'Or record again with: rocprofv3 --runtime-trace --output-format rocpd -- python train.py',
};

/** A trace of all ranks of a database: each process that used a GPU is one. */
export async function readRocpd(source: ByteSource, options: ReadOptions): Promise<Trace> {
  return await readDatabase(source, options, DATABASE, readTables);
}

/** Tables have the id of their recording behind their names; a database can hold several recordings. */
async function readTables(reader: ExportReader): Promise<Trace> {
  const suffixes = [...reader.database.tables.keys()].flatMap(
    (name) => DISPATCHES.exec(name)?.[1] ?? [],
  );
  const timed = suffixes.flatMap((suffix) =>
    ['kernel_dispatch', 'region', 'memory_copy'].map((table) => `rocpd_${table}${suffix}`),
  );
  reader.origin = await findOrigin(reader, timed);
  const catalogs: Catalog[] = [];
  for (const suffix of suffixes) {
    const catalog = await readCatalog(reader, suffix);
    catalogs.push(catalog);
    await readDispatches(reader, catalog);
    await readCopies(reader, catalog);
    await readRegions(reader, catalog);
  }
  const { builder } = reader;
  if (builder.log.counts.read === 0) {
    const none = 'This ROCm profiling database holds neither kernels nor calls.';
    return unreadableDatabase(DATABASE, `${reader.damage?.message ?? none} ${DATABASE.again}`);
  }
  const used = new Set(builder.lanes.drafts.map(({ device }) => device));
  const trace = builder.finish({
    clockZeroNs: null,
    meta: {
      ...META,
      script: catalogs.find(({ script }) => script !== null)?.script ?? null,
      devices: (catalogs.at(0)?.devices ?? []).filter(({ index }) => used.has(index)),
    },
    showsProcess: false,
    byteLength: reader.sizeBytes,
  });
  return placeRanks(trace);
}

/** Several processes with devices are ranks in the order of their devices, then of their numbers, as launchers start them. */
function placeRanks(trace: Trace): Trace {
  const devices = new Map<string, number>();
  for (const { processId, device } of trace.lanes) {
    if (device !== null) {
      devices.set(processId, Math.min(device, devices.get(processId) ?? Infinity));
    }
  }
  if (devices.size < 2) {
    return trace;
  }
  const ordered = [...devices].sort(([a, x], [b, y]) => x - y || Number(a) - Number(b));
  const rankByProcess = new Map(ordered.map(([process], rank) => [process, rank]));
  return {
    ...trace,
    lanes: trace.lanes.map((lane) => {
      const rank = rankByProcess.get(lane.processId);
      return rank === undefined ? lane : { ...lane, rank };
    }),
  };
}
