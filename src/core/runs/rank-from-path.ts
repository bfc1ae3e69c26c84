export interface RankInPath {
  readonly rank: number;
  readonly worldSize: number | null;
  /** The path with a star in place of the rank. */
  readonly pattern: string;
}

/** `rank3`, `rank-03`, `rank_3`, `rank3of8`, `rank_3_of_8`. */
const RANK = /(?<![a-z])rank[-_ ]?(\d{1,6})(?:[-_ ]?of[-_ ]?(\d{1,6}))?(?!\d)/i;

/** `worker3`, as the first TensorBoard plugin named ranks. */
const WORKER = /(?<![a-z])worker[-_ ]?(\d{1,6})(?!\d)/i;

/** `t1v-n-1234-w-3.xplane.pb`: the hosts of a TPU pod. */
const TPU_HOST = /(?<=-w-)(\d{1,6})(?=\.(?:xplane\.pb|trace\.json))/i;

/** `trace_3.json`: the number right before the extension, unless it counts something else or is a year. */
const LAST_NUMBER =
  /(?<=[a-z)]_)(?<!(?:step|iter|iteration|epoch|run|seed|batch|capture|part|version|v)_)(?!20\d\d\.)(\d{1,4})(?=\.[a-z][^/]*$)/i;

/** What the watchdog of NCCL calls the dumps of its flight recorder: `_dump_3`. */
const DUMP = /(?<![a-z])dump_(\d{1,6})(?!.*\d)/i;

/** The folders above a file whose names may tell its rank. */
const MAX_FOLDERS = 3;

/** The rank that the name of a file or of the folders above it tells; the nearest name wins. */
export function rankFromPath(path: string): RankInPath | null {
  const parts = path.split(/[\\/]/);
  const file = parts.length - 1;
  return (
    matchPart(parts, file, [RANK, WORKER, DUMP, TPU_HOST]) ??
    matchFolders(parts, file) ??
    matchPart(parts, file, [LAST_NUMBER])
  );
}

function matchFolders(parts: readonly string[], file: number): RankInPath | null {
  for (let i = file - 1; i >= Math.max(0, file - MAX_FOLDERS); i--) {
    const found = matchPart(parts, i, [RANK, WORKER]);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function matchPart(
  parts: readonly string[],
  index: number,
  expressions: readonly RegExp[],
): RankInPath | null {
  const part = parts[index];
  for (const expression of expressions) {
    const match = expression.exec(part);
    if (match !== null) {
      const name = `${part.slice(0, match.index)}*${part.slice(match.index + match[0].length)}`;
      return {
        rank: Number(match[1]),
        worldSize: (match[2] as string | undefined) === undefined ? null : Number(match[2]),
        pattern: [...parts.slice(0, index), name, ...parts.slice(index + 1)].join('/'),
      };
    }
  }
  return null;
}
