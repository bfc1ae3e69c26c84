import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { DatabaseError } from '../database.ts';
import type { ReadOptions } from '../format.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { type DeviceOfProcess, readDeviceRows } from './device-rows.ts';
import { ExportReader, processIn, textIn, threadIn } from './export-reader.ts';
import { readApiCalls, readOverhead, threadPlace } from './host-rows.ts';
import { readNvtx } from './nvtx-rows.ts';
import {
  findOrigin,
  type Launch,
  readClockZero,
  readDevices,
  readLaunch,
  readMessages,
} from './session.ts';
import { readStringIds } from './string-ids.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';

const NO_BYTES = new Uint8Array(0);
const META = {
  format: 'nsys',
  ...UNKNOWN_ORIGIN,
  hasStacks: false,
} as const;

/** A trace of all ranks of an export: each process that used a device is one. */
export async function readExport(source: ByteSource, options: ReadOptions): Promise<Trace> {
  if (options.openDatabase === undefined) {
    return unreadable(
      'An export of Nsight Systems can only be read as a file. Save it and open that.',
    );
  }
  try {
    const database = await options.openDatabase();
    try {
      return await readTables(new ExportReader(database, source.sizeBytes, options));
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof DatabaseError) {
      return unreadable(`${error.message} ${EXPORT_AGAIN}`);
    }
    throw error;
  }
}

const EXPORT_AGAIN = 'Or export it again with: nsys export --type sqlite FILE.nsys-rep';

async function readTables(reader: ExportReader): Promise<Trace> {
  const { builder } = reader;
  reader.origin = await findOrigin(reader);
  const clockZeroNs = await readClockZero(reader);
  const texts = await readStringIds(reader);
  const devices = await readDeviceRows(reader, texts);
  await readApiCalls(reader, texts);
  await readNvtx(reader, texts);
  await readOverhead(reader, texts);
  await nameThreads(reader, texts, devices);
  const messages = await readMessages(reader);
  const launch = devices.size > 1 ? NO_LAUNCH : await readLaunch(reader);
  if (builder.log.counts.read === 0) {
    return unreadable(
      reader.damage === null ? NO_EVENTS : `${reader.damage.message} ${EXPORT_AGAIN}`,
    );
  }
  const trace = builder.finish({
    clockZeroNs,
    meta: { ...META, ...launch, devices: await readDevices(reader), ...messages },
    showsProcess: false,
    byteLength: reader.sizeBytes,
  });
  return placeRanks(trace, devices);
}

const NO_LAUNCH: Launch = { rank: null, worldSize: null, script: null };

const NO_EVENTS =
  'This export of Nsight Systems holds neither work of a GPU nor NVTX ranges. Record again with nsys profile --trace=cuda,nvtx, and export that.';

function unreadable(reason: string): Trace {
  const builder = new TraceBuilder();
  builder.log.describe('unreadable', 0, reason, NO_BYTES);
  return builder.finish({ clockZeroNs: null, meta: META, showsProcess: false, byteLength: 0 });
}

/** Threads of processes without a device are named with their process: they are shown beside a rank's own. */
async function nameThreads(
  reader: ExportReader,
  texts: ReadonlyMap<number, string>,
  devices: DeviceOfProcess,
): Promise<void> {
  const { names } = reader.builder;
  const processes = new Map<number, string>();
  await reader.each('PROCESSES', [processIn('globalPid'), textIn('name')], (row) =>
    processes.set(row.number(0), row.text(1)),
  );
  const columns = [processIn('globalTid'), threadIn('globalTid'), 'nameId'];
  await reader.each('ThreadNames', columns, (row) => {
    const process = row.number(0);
    const name = texts.get(row.number(2)) ?? '';
    const isOwn = devices.size === 0 || devices.has(process);
    const owner = isOwn ? '' : `${processes.get(process) ?? 'process'} ${process} · `;
    names.threads.set(threadPlace(reader, process, row.number(1)), `${owner}${name}`);
  });
}

/** Several processes with devices are ranks in the order of their devices, as launchers start them. */
function placeRanks(trace: Trace, devices: DeviceOfProcess): Trace {
  if (devices.size < 2) {
    return trace;
  }
  const ordered = [...devices].sort(
    ([a, deviceOfA], [b, deviceOfB]) => deviceOfA - deviceOfB || a - b,
  );
  const rankByProcess = new Map(ordered.map(([process], rank) => [String(process), rank]));
  return {
    ...trace,
    lanes: trace.lanes.map((lane) => {
      const rank = rankByProcess.get(lane.processId);
      return rank === undefined ? lane : { ...lane, rank };
    }),
  };
}
