import type { Format } from './format.ts';
import { buildOperationTrace } from './operations/build-operation-trace.ts';
import { readOperationTable } from './operations/read-operation-table.ts';
import { readWhole } from './read-whole.ts';

/** `PAR1`, https://parquet.apache.org/docs/file-format/ */
const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** Only the end of the file tells its columns: less than makes a file of a folder a run. */
const SURENESS = 0.3;

/**
 * A table of operations with one row each, as Parquet.
 * https://github.com/ByteDance-Seed/StragglerAnalysis, "Code Structure"
 */
export const parquet: Format = {
  id: 'parquet',
  title: 'Parquet table of operations',

  recognize({ bytes }) {
    return MAGIC.every((byte, i) => bytes[i] === byte) ? SURENESS : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const bytes = (await readWhole(source, options))?.buffer ?? new ArrayBuffer(0);
    return buildOperationTrace(await readOperationTable(bytes), bytes.byteLength);
  },
};
