/** A line of a log, without what terminals and launchers add to it. */
export interface LogLine {
  readonly text: string;
  /** As the launcher says; null where it says none. */
  readonly rank: number | null;
  /** The time stamp at its beginning, as microseconds of a clock of some time zone; null is none. */
  readonly timeUs: number | null;
}

/** Colors, cursor movements and titles of terminals. */
const TERMINAL =
  // eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
  /\u001b(?:\[[0-9;:?]{0,64}[@-~]|\][^\u0007\u001b]{0,256}\u0007?|[@-Z\\^_=>])/g;

/** `[rank3]:`, `[default3]:`, `[1,3]<stdout>:` of mpirun, `3: ` of srun. */
const RANK =
  /^\s{0,4}(?:\[(?:rank|default)\s?(\d{1,6})\]:?|\[\d{1,6},(\d{1,6})\]<std(?:out|err)>:?|(\d{1,6}):(?=\s))\s?/i;

/** A launcher within another adds a second prefix; the inner one knows better. */
const MAX_PREFIXES = 3;

/** Where a time stamp can begin. */
const STAMP_CHARACTERS = 160;

/** `2025-04-21T23:31:09.074419`, `2026-05-19 19:31:10,231`, `2024/01/02 03:04:05`. */
const STAMP = /(?<!\d)(20\d\d)[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?!\d)/;

export function parseLogLine(raw: string): LogLine {
  let text = raw.includes('\u001b') ? raw.replace(TERMINAL, '') : raw;
  let rank: number | null = null;
  for (let i = 0; i < MAX_PREFIXES; i++) {
    const match = RANK.exec(text);
    if (match === null) {
      break;
    }
    rank = Number(match.slice(1).find((group: string | undefined) => group !== undefined));
    text = text.slice(match[0].length);
  }
  return {
    text,
    rank,
    get timeUs() {
      return stampOf(text);
    },
  };
}

/** The first time stamp near the beginning of a text, microseconds; null where there is none. */
export function stampOf(text: string): number | null {
  const match = STAMP.exec(text.slice(0, STAMP_CHARACTERS));
  if (match === null) {
    return null;
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const fraction = (match[7] as string | undefined) ?? '';
  const us = Number(fraction.padEnd(6, '0').slice(0, 6));
  return 1e3 * Date.UTC(year, month - 1, day, hour, minute, second) + us;
}
