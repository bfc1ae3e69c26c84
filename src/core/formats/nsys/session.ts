import type { Device } from '../../model/trace.ts';
import type { DatabaseRow } from '../database.ts';
import { ProfilerMessages } from '../trace/profiler-messages.ts';
import { type ExportReader, textIn } from './export-reader.ts';

/** Tables with a time, those first that every recording has. */
const TIMED_TABLES = [
  'CUPTI_ACTIVITY_KIND_KERNEL',
  'NVTX_EVENTS',
  'CUPTI_ACTIVITY_KIND_RUNTIME',
  'CUPTI_ACTIVITY_KIND_MEMCPY',
  'CUPTI_ACTIVITY_KIND_MEMSET',
  'CUPTI_ACTIVITY_KIND_GRAPH_TRACE',
  'CUPTI_ACTIVITY_KIND_SYNCHRONIZATION',
];

/** Any time of the export, to count all others from: with `--ts-normalize` they do not fit a double. */
export async function findOrigin(
  reader: ExportReader,
  tables: readonly string[] = TIMED_TABLES,
): Promise<bigint> {
  for (const table of tables) {
    const origin = await readInteger(reader, table, 'start');
    if (origin !== null) {
      return origin;
    }
  }
  return 0n;
}

/** A column of any row; null where the table has no row with an integer. */
async function readInteger(
  reader: ExportReader,
  table: string,
  column: string,
): Promise<bigint | null> {
  const found: bigint[] = [];
  await reader.each(
    table,
    [{ column, as: (name) => `CAST(${name} AS TEXT)` }],
    (row) => {
      const text = row.text(0);
      if (/^-?\d{1,19}$/.test(text)) {
        found.push(BigInt(text));
      }
    },
    'LIMIT 1',
  );
  return found.at(0) ?? null;
}

/** Times above are of the wall clock itself: 30 years of recording there are not. */
const FIRST_WALL_CLOCK_NS = 1_000_000_000n * 1_000_000_000n;

/** Unix time of the moment that times are counted from; null where the export does not tell. */
export async function readClockZero(reader: ExportReader): Promise<bigint | null> {
  if (reader.origin > FIRST_WALL_CLOCK_NS) {
    return reader.origin;
  }
  const session = await readInteger(reader, 'TARGET_INFO_SESSION_START_TIME', 'utcEpochNs');
  return session === null ? null : session + reader.origin;
}

/** The devices by the number that CUDA gives them; where processes number them differently, the first one's. */
export async function readDevices(reader: ExportReader): Promise<readonly Device[]> {
  const numberById = new Map<number, number>();
  await reader.each('TARGET_INFO_CUDA_DEVICE', ['gpuId', 'cudaId'], (row) => {
    if (!numberById.has(row.number(0))) {
      numberById.set(row.number(0), row.number(1));
    }
  });
  const devices: Device[] = [];
  await reader.each(
    'TARGET_INFO_GPU',
    ['id', textIn('name'), 'totalMemory', 'computeMajor', 'computeMinor', 'cuDevice'],
    (row) => {
      const major = row.number(3);
      const memory = row.number(2);
      devices.push({
        index: numberById.get(row.number(0)) ?? numberOf(row),
        name: row.text(1),
        memoryBytes: memory > 0 ? memory : null,
        computeCapability: major > 0 ? major + (row.number(4) || 0) / 10 : null,
      });
    },
  );
  return devices;
}

/** Older exports tell the device's number beside its own id. */
function numberOf(row: DatabaseRow): number {
  const cuda = row.number(5);
  return cuda >= 0 ? cuda : row.number(0) || 0;
}

const WARNING = 2;
const ERROR = 3;

/** What Nsight Systems warns of in its own recording, such as events that it lost. */
export async function readMessages(
  reader: ExportReader,
): Promise<ReturnType<ProfilerMessages['asMeta']>> {
  const messages = new ProfilerMessages();
  await reader.each('DIAGNOSTIC_EVENT', ['severity', textIn('text')], (row) => {
    const severity = row.number(0);
    if (severity === WARNING || severity === ERROR) {
      messages.add(severity === ERROR ? 'error' : 'warning', row.text(1));
    }
  });
  return messages.asMeta();
}

export interface Launch {
  readonly rank: number | null;
  readonly worldSize: number | null;
  readonly script: string | null;
}

const RANK_VARIABLES = ['RANK', 'OMPI_COMM_WORLD_RANK', 'PMI_RANK', 'SLURM_PROCID'];
const WORLD_VARIABLES = ['WORLD_SIZE', 'OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_NTASKS'];

/** What the command line and the environment of the recorded program tell; newer exports have them. */
export async function readLaunch(reader: ExportReader): Promise<Launch> {
  const variables = new Map<string, number>();
  let script: string | null = null;
  await reader.each('META_DATA_CAPTURE', ['name', textIn('value')], (row) => {
    const name = row.text(0);
    const value = row.text(1);
    if (name.endsWith(':ENVIRONMENT_VARIABLE')) {
      const match = /^(\w+)="?(\d{1,7})"?$/.exec(value);
      if (match !== null) {
        variables.set(match[1], Number(match[2]));
      }
    } else if (/:ARGUMENT_\d+$/.test(name) && value.endsWith('.py')) {
      script ??= value;
    }
  });
  const first = (names: readonly string[]): number | null =>
    names.map((name) => variables.get(name)).find((value) => value !== undefined) ?? null;
  const worldSize = first(WORLD_VARIABLES);
  const rank = first(RANK_VARIABLES);
  const isRank = rank !== null && worldSize !== null && rank < worldSize;
  return { rank: isRank ? rank : null, worldSize: isRank ? worldSize : null, script };
}
