import { pathSegments } from './match-path.ts';
import { isNotebook } from './python-source.ts';

/** What is known of a run that tells which script it is of. */
export interface RunTraits {
  readonly name: string;
  readonly folder: string;
}

/**
 * Of the scripts and notebooks that train, those that a run can be of: one with its name, else those in the nearest
 * folder around it; notebooks only where no script trains.
 */
export function narrowScripts(
  found: readonly string[],
  { name, folder }: RunTraits,
): readonly string[] {
  const names = [`${name}.py`, `${name}.ipynb`];
  const named = found.filter((path) => names.includes(pathSegments(path, false).at(-1) ?? ''));
  const scripts = found.filter((path) => !isNotebook(path));
  const paths = scripts.length > 0 ? scripts : found;
  if (named.length > 0 || paths.length < 2) {
    return named.length > 0 ? named : paths;
  }
  const run = pathSegments(folder, false);
  const depths = paths.map((path) => {
    const own = pathSegments(path, false).slice(0, -1);
    return own.every((segment, i) => segment === run[i]) ? own.length : -1;
  });
  const deepest = Math.max(...depths);
  return deepest < 0 ? paths : paths.filter((_, i) => depths[i] === deepest);
}
