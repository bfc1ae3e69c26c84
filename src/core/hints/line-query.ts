import type { LineCost } from '../model/report.ts';

/** Of a query; what does not fit is of the spans on a line that take least. */
const MAX_CHARACTERS = 1_000;

/** A query that finds the spans of a line on the timeline; see `search-query.ts`. */
export function queryOfLine(costs: readonly LineCost[]): string {
  const values = costs.map(({ name, location }) =>
    location === null ? name : `${location.file}:${location.line}`,
  );
  let query = '';
  for (const filter of new Set(values.map(filterOf))) {
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
