/** The candidates that share the most path segments with a recorded path, counted from the file name. */
export interface PathMatch {
  /** Segments shared; 0 where not even the file name is the same. */
  readonly sharedSegments: number;
  /** All of the best, in the order given; empty where `sharedSegments` is 0. */
  readonly best: readonly string[];
}

/**
 * Finds a file that was recorded on another machine among the files of this one.
 * Separators of both worlds count; a recorded Windows path is compared without case.
 */
export function matchPath(recorded: string, candidates: readonly string[]): PathMatch {
  const ignoresCase = isWindowsPath(recorded);
  const wanted = pathSegments(recorded, ignoresCase);
  let sharedSegments = 0;
  let best: string[] = [];
  for (const candidate of candidates) {
    const shared = countShared(wanted, pathSegments(candidate, ignoresCase));
    if (shared > sharedSegments) {
      sharedSegments = shared;
      best = [candidate];
    } else if (shared > 0 && shared === sharedSegments) {
      best.push(candidate);
    }
  }
  return { sharedSegments, best };
}

/** Whether a path was recorded on Windows, where case does not tell files apart. */
export function isWindowsPath(path: string): boolean {
  return path.includes('\\') || /^[a-z]:/i.test(path);
}

/** The file name at the end of a path of either world. */
export function fileNameOf(path: string): string {
  return pathSegments(path, false).at(-1) ?? '';
}

export function pathSegments(path: string, ignoresCase: boolean): string[] {
  const segments = path.split(/[\\/]+/).filter((segment) => segment !== '' && segment !== '.');
  return ignoresCase ? segments.map((segment) => segment.toLowerCase()) : segments;
}

function countShared(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a.at(-1 - shared) === b.at(-1 - shared)) {
    shared += 1;
  }
  return shared;
}
