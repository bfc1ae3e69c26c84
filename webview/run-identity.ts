import type { LoadedRun } from './store.ts';

/** Tells whether a saved selection, which is a row of the tables, still means the same span. */
export function identityOf({ report: { run, health }, overview }: LoadedRun): string {
  const { startNs, endNs } = overview;
  return JSON.stringify([run.name, run.files.length, startNs, endNs, health.events.kept]);
}
