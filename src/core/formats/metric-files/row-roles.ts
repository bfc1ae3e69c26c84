import { cellNumber } from './cell-number.ts';
import type { MetricMapping } from './metric-mapping.ts';
import { readTime } from './metric-time.ts';

/** What the columns of a table hold. */
export interface RowRoles {
  readonly time: string | null;
  readonly step: string | null;
  readonly rank: string | null;
  /** Which device a row is of. */
  readonly device: string | null;
  /** Together they name the metric of a row that holds one value; empty where each column is a metric. */
  readonly names: readonly string[];
  readonly value: string | null;
}

const TIMES = [
  'timestamp',
  '_timestamp',
  'time',
  'wall_time',
  'wall time',
  'walltime',
  'datetime',
  'date_time',
  'date',
  'unix_time',
  'time_unix',
  'epoch_time',
  'timestamp_ms',
  'ts',
  'created_at',
];
const STEPS = [
  'step',
  '_step',
  'global_step',
  'trainer/global_step',
  'global step',
  'train_step',
  'iteration',
  'iter',
  'step_num',
  'current_steps',
];
const RANKS = ['rank', 'global_rank', '_rank'];
const DEVICES = ['index', 'gpu', 'gpu_id', 'gpu index', 'device', 'device_id'];
const NAMES = ['metric', 'metric_name', 'tag', 'key', 'name'];
const VALUES = ['value', 'metric_value'];

/** As the mapping says, else as columns are commonly called. */
export function rolesOf(keys: readonly string[], mapping: MetricMapping | null): RowRoles {
  const byName = new Map(keys.map((key) => [key.trim().toLowerCase(), key]));
  const find = (names: readonly string[]): string | null =>
    names.map((name) => byName.get(name)).find((key) => key !== undefined) ?? null;
  const given = (key: string | undefined, names: readonly string[]): string | null =>
    key === undefined ? find(names) : keys.includes(key) ? key : null;
  const value = given(mapping?.value, VALUES);
  const isLong = value !== null;
  return {
    time: given(mapping?.time, TIMES),
    step: given(mapping?.step, STEPS),
    rank: given(mapping?.rank, RANKS),
    device: isLong ? null : find(DEVICES),
    names: isLong ? namesOf(keys, mapping, find) : [],
    value,
  };
}

/** The debugger of SageMaker names what is measured, and of what it is, apart. */
function namesOf(
  keys: readonly string[],
  mapping: MetricMapping | null,
  find: (names: readonly string[]) => string | null,
): string[] {
  const one = mapping?.name ?? find(NAMES);
  const dimension = mapping?.name === undefined ? find(['dimension']) : null;
  return [one, dimension].filter((key) => key !== null).filter((key) => keys.includes(key));
}

/** Whether such a row is one of metrics with certainty: it says when, and of what. */
export function isMetricRow(
  cells: ReadonlyMap<string, unknown>,
  mapping: MetricMapping | null,
): boolean {
  const roles = rolesOf([...cells.keys()], mapping);
  const isNumber = (value: unknown): boolean => Number.isFinite(cellNumber(value));
  const time = roles.time === null ? null : cells.get(roles.time);
  const isTimed =
    (typeof time === 'string' || typeof time === 'number') &&
    readTime(String(time), mapping) !== null;
  const hasStep = roles.step !== null && isNumber(cells.get(roles.step));
  if (!isTimed && !hasStep) {
    return false;
  }
  if (roles.value !== null) {
    return isNumber(cells.get(roles.value));
  }
  const special = [roles.step, roles.rank, roles.device, ...(hasStep ? [] : [roles.time])];
  return [...cells].some(([key, value]) => !special.includes(key) && isNumber(value));
}
