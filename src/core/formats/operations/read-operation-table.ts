import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { parquetRead } from 'hyparquet/src/read.js';
import { checkPages } from './check-pages.ts';

const REQUIRED = ['rank', 'dp_rank', 'stage', 'step', 'optype', 'start_ts', 'duration'] as const;
const OPTIONAL = ['tp_rank', 'mc'] as const;

export type ColumnName = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/** More are no recording of a job: columns can be far larger than the file that they are packed into. */
const MAX_ROWS = 20_000_000;

/** Values as the file has them; a column that is not there is absent. */
export interface OperationTable {
  readonly length: number;
  readonly columns: ReadonlyMap<ColumnName, readonly unknown[]>;
}

/** The columns of a table of operations, or why there are none and what to do. */
export async function readOperationTable(file: ArrayBuffer): Promise<OperationTable | string> {
  try {
    const metadata = parquetMetadata(file);
    const names = new Set(metadata.schema.slice(1).map(({ name }) => name));
    const missing = REQUIRED.filter((name) => !names.has(name));
    if (missing.length > 0) {
      return `This Parquet file has no column ${missing.join(', ')}, so it is no table of operations of a training run. Open a trace that torch.profiler exported, or a table with the columns ${REQUIRED.join(', ')}.`;
    }
    if (metadata.num_rows > MAX_ROWS) {
      return `This Parquet file has ${metadata.num_rows} rows, more than can be shown. Open one with the operations of fewer steps.`;
    }
    const length = Number(metadata.num_rows);
    const columns = new Map<ColumnName, unknown[]>();
    const wanted = [...REQUIRED, ...OPTIONAL].filter((name) => names.has(name));
    checkPages(file, metadata, wanted);
    await parquetRead({
      file,
      metadata,
      columns: wanted,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const name = wanted.find((candidate) => candidate === columnName);
        if (name !== undefined) {
          copyInto(columns, name, columnData, rowStart);
        }
      },
    });
    return { length, columns };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `This Parquet file cannot be read: ${reason.slice(0, 200)}. Write it again with pandas.DataFrame.to_parquet(path, compression="snappy") and open that.`;
  }
}

function copyInto(
  columns: Map<ColumnName, unknown[]>,
  name: ColumnName,
  values: ArrayLike<unknown>,
  from: number,
): void {
  const column = columns.get(name) ?? [];
  columns.set(name, column);
  for (let i = 0; i < values.length; i++) {
    column[from + i] = values[i];
  }
}
