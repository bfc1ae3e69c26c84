/** Units of the times of a file. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const;

export type TimeUnit = (typeof TIME_UNITS)[number];

/** Which column of a table, or key of lines of JSON, holds what; as a project says in its configuration. */
export interface MetricMapping {
  /** Names of files; a star stands for any characters but a slash. */
  readonly files: string;
  readonly time?: string | undefined;
  /** Told from the size of the numbers unless given. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Of times without one: `+02:00`, `-07:00`, `Z`. */
  readonly timeZone?: string | undefined;
  readonly step?: string | undefined;
  readonly rank?: string | undefined;
  /** Where each row holds one value: the column with the name of its metric, and that with the value. */
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  /** How long a step takes. */
  readonly stepTime?: string | undefined;
  /** By column. */
  readonly units?: Readonly<Record<string, string>> | undefined;
}

/** The first mapping that names the file. */
export function mappingOf(path: string, mappings: readonly MetricMapping[]): MetricMapping | null {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return mappings.find(({ files }) => matches(files, name)) ?? null;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found =
      i === parts.length - 1 && i > 0 ? name.length - part.length : name.indexOf(part, at);
    const isThere = found >= at && name.startsWith(part, found) && (i > 0 || found === 0);
    if (!isThere) {
      return false;
    }
    at = found + part.length;
  }
  return at === name.length;
}

const ZONE = /^(?:Z|([+-])(\d\d):?(\d\d))$/;

/** Minutes to add to a time of that zone for UTC; null where it is none. */
export function zoneMinutes(zone: string): number | null {
  const match = ZONE.exec(zone);
  if (match === null) {
    return null;
  }
  const [sign, hours = 0, rest = 0] = match.slice(1) as (string | undefined)[];
  const minutes = 60 * Number(hours) + Number(rest);
  return sign === '-' ? minutes : -minutes;
}
