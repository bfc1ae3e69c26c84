import { pathSegments } from './match-path.ts';

/** What is known of a run that tells which script it is of. */
export interface RunTraits {
  readonly name: string;
  readonly folder: string;
}

/** Of the scripts that train, those that a run can be of: one with its name, else those in the nearest folder around it. */
export function narrowScripts(
  paths: readonly string[],
  { name, folder }: RunTraits,
): readonly string[] {
  const named = paths.filter((path) => pathSegments(path, false).at(-1) === `${name}.py`);
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
