/** By name of a table: how it is computed, from others and from the input. */
export type TableDefinitions<Input, Tables> = {
  readonly [Name in keyof Tables]: (tables: Tables, input: Input) => Tables[Name];
};

/** An object whose tables are computed on first use and kept. */
export function lazyTables<Input, Tables extends object>(
  input: Input,
  definitions: TableDefinitions<Input, Tables>,
): Tables {
  const tables = {} as Tables;
  for (const name of Object.keys(definitions) as (keyof Tables & string)[]) {
    let known: { readonly table: Tables[typeof name] } | undefined;
    Object.defineProperty(tables, name, {
      enumerable: true,
      get: () => (known ??= { table: definitions[name](tables, input) }).table,
    });
  }
  return tables;
}
