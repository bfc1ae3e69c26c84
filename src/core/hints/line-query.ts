import type { LineCost } from '../model/report.ts';

/** Of a query; what does not fit is of the spans on a line that take least. */
const MAX_CHARACTERS = 1_000;

/** A query that finds the spans of a line on the timeline; see `search-query.ts`. */
export function queryOfLine(costs: readonly LineCost[]): string {
  return joinFilters(
    costs.map(({ name, location, call }) => {
      const isShort = call !== undefined && filterOf(call).length <= MAX_CHARACTERS;
      return filterOf(
        isShort ? call : location === null ? name : `${location.file}:${location.line}`,
      );
    }),
  );
}

/** For a line that stands for phases, whatever their spans are called. */
export function queryOfPhases(costs: readonly LineCost[]): string {
  return joinFilters(costs.map(({ phase }) => `phase:${phase}`));
}

function joinFilters(filters: readonly string[]): string {
  let query = '';
  for (const filter of new Set(filters)) {
    const longer = query === '' ? filter : `${query} ${filter}`;
    query = longer.length > MAX_CHARACTERS ? query : longer;
  }
  return query;
}

/** For a line that has no costs of its own: spans recorded at this number in a file of this name. */
export function queryOfPlace(path: string, line: number): string {
  return filterOf(`${path.replace(/^.*[\\/]/, '')}:${line}`);
}

function filterOf(value: string): string {
  return `line:"${value.replaceAll('"', '')}"`;
}
