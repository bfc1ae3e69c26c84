import type { Format, Head } from './format.ts';
import { GUESS } from './format.ts';
import { readExport } from './nsys/read-export.ts';

const MAGIC = 'SQLite format 3\0';

/** A table that every export has, or that only an export has. */
const OWN_TABLE =
  /CREATE TABLE "?(?:CUPTI_ACTIVITY_KIND_|NVTX_EVENTS|ENUM_NSYS_|TARGET_INFO_SESSION|ANALYSIS_DETAILS|META_DATA_EXPORT|StringIds)/;

/**
 * What `nsys export --type sqlite` writes.
 * https://docs.nvidia.com/nsight-systems/2021.5/nsys-exporter/exported_data.html
 */
export const nsys: Format = {
  id: 'nsys',
  title: 'Nsight Systems export (SQLite)',

  recognize(head) {
    const text = textOf(head);
    if (!text.startsWith(MAGIC)) {
      return 0;
    }
    // The list of tables may lie anywhere in a large file.
    return OWN_TABLE.test(text) ? 0.9 : GUESS;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read: readExport,
};

function textOf({ bytes }: Head): string {
  return new TextDecoder('latin1').decode(bytes);
}
