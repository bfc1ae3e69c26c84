import type { Spillable } from '../../base/spill-cache.ts';

/** By name of a table: how it is computed, from others and from the input. */
export type TableDefinitions<Input, Tables> = {
  readonly [Name in keyof Tables]: (tables: Tables, input: Input) => Tables[Name];
};

/** Keeps what was computed for a table of this name, as a function that gives it. */
type Keep<Tables> = <Name extends keyof Tables & string>(
  name: Name,
  compute: () => Tables[Name],
) => () => Tables[Name];

/** An object whose tables are computed on first use and kept. */
export function lazyTables<Input, Tables extends object>(
  input: Input,
  definitions: TableDefinitions<Input, Tables>,
  keep: Keep<Tables> = keepInMemory,
): Tables {
  const tables = {} as Tables;
  for (const name of Object.keys(definitions) as (keyof Tables & string)[]) {
    Object.defineProperty(tables, name, {
      enumerable: true,
      get: keep(name, () => definitions[name](tables, input)),
    });
  }
  return tables;
}

function keepInMemory<Table>(_: string, compute: () => Table): () => Table {
  let known: { readonly table: Table } | undefined;
  return () => (known ??= { table: compute() }).table;
}

/** Tables that may leave the memory; those `computedAgain` are no plain data, or cost less than to store them. */
export function keepSpillable<Tables>(
  spillable: Spillable,
  computedAgain: ReadonlySet<keyof Tables & string>,
): Keep<Tables> {
  return (name, compute) => () => spillable.get(name, compute, !computedAgain.has(name));
}
