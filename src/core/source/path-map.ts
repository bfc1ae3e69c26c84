import { isWindowsPath, pathSegments } from './match-path.ts';

/** A recorded path or the folder of one, and what it is here. */
export interface PathMapEntry {
  readonly from: string;
  readonly to: string;
}

/**
 * What an answer says of other files: of a file that was recorded below a folder, the folders in which both paths
 * first differ from the end; of a bare name, the file alone. `local` is relative to the workspace, with slashes.
 */
export function generalizeAnswer(recorded: string, local: string): PathMapEntry {
  const separator = recorded.includes('\\') ? '\\' : '/';
  const there = pathSegments(recorded, false);
  const here = pathSegments(local, false);
  const ignoresCase = isWindowsPath(recorded);
  let shared = 0;
  while (
    shared < Math.min(there.length - 1, here.length) &&
    isSame(there[there.length - 1 - shared], here[here.length - 1 - shared], ignoresCase)
  ) {
    shared += 1;
  }
  if (shared === 0) {
    return { from: recorded, to: local };
  }
  const root = /^[\\/]/.test(recorded) ? separator : '';
  const from = root + there.slice(0, there.length - shared).join(separator);
  return { from, to: here.slice(0, here.length - shared).join('/') || '.' };
}

function isSame(a: string, b: string, ignoresCase: boolean): boolean {
  return ignoresCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

/** The entry for a recorded path: of the file itself, else of the longest folder; null where there is none. */
export function mapPath(recorded: string, map: ReadonlyMap<string, string>): PathMapEntry | null {
  const slashed = recorded.replaceAll('\\', '/');
  let best: PathMapEntry | null = null;
  let longest = 0;
  for (const [from, to] of map) {
    const folder = from.replaceAll('\\', '/').replace(/\/$/, '');
    if (from === recorded) {
      return { from, to };
    }
    if (slashed.startsWith(`${folder}/`) && folder.length >= longest) {
      longest = folder.length;
      best = { from, to: `${to.replace(/[\\/]$/, '')}/${slashed.slice(folder.length + 1)}` };
    }
  }
  return best;
}
