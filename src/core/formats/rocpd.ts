import type { Format } from './format.ts';
import { readRocpd } from './rocpd/read-rocpd.ts';

const MAGIC = 'SQLite format 3\0';
const OWN_TABLE = /rocpd_(?:metadata|string|info_|event|kernel_dispatch|region)/;

/**
 * The database that rocprofv3 and rocprof-sys write (`*_results.db`).
 * https://rocm.docs.amd.com/projects/rocprofiler-sdk/en/latest/how-to/using-rocpd-output-format.html
 */
export const rocpd: Format = {
  id: 'rocpd',
  title: 'ROCm profiling database (rocpd)',

  recognize({ bytes }) {
    const text = new TextDecoder('latin1').decode(bytes);
    return text.startsWith(MAGIC) && OWN_TABLE.test(text) ? 0.95 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read: readRocpd,
};
