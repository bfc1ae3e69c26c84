import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { type DatabaseKind, readDatabase, unreadableDatabase } from '../database-trace.ts';
import type { ReadOptions } from '../format.ts';
import { type DeviceOfProcess, readDeviceRows } from './device-rows.ts';
import { type ExportReader, processIn, textIn, threadIn } from './export-reader.ts';
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

const META = {
  format: 'nsys',
  ...UNKNOWN_ORIGIN,
  hasStacks: false,
} as const;

const EXPORT: DatabaseKind = {
  meta: META,
  onlyAsFile: 'An export of Nsight Systems can only be read as a file. Save it and open that.',
  again: 'Or export it again with: nsys export --type sqlite FILE.nsys-rep',
};

/** A trace of all ranks of an export: each process that used a device is one. */
export async function readExport(source: ByteSource, options: ReadOptions): Promise<Trace> {
  return await readDatabase(source, options, EXPORT, readTables);
}

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
    return unreadableDatabase(
      EXPORT,
      reader.damage === null ? NO_EVENTS : `${reader.damage.message} ${EXPORT.again}`,
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
