import type { ExportReader } from './export-reader.ts';
import { textIn } from './export-reader.ts';

/** Where tables refer to the texts of `StringIds`. */
const USES = [
  ['CUPTI_ACTIVITY_KIND_KERNEL', 'demangledName'],
  ['CUPTI_ACTIVITY_KIND_KERNEL', 'shortName'],
  ['CUPTI_ACTIVITY_KIND_RUNTIME', 'nameId'],
  ['CUPTI_ACTIVITY_KIND_OVERHEAD', 'nameId'],
  ['PROFILER_OVERHEAD', 'nameId'],
  ['NVTX_EVENTS', 'textId'],
  ['ThreadNames', 'nameId'],
] as const;

/** The texts that the tables refer to, by id: an export has many more, such as those of samples of the CPU. */
export async function readStringIds(reader: ExportReader): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  for (const [table, column] of USES) {
    if (reader.has(table, column) && reader.has('StringIds', 'id')) {
      await reader.each(
        'StringIds',
        ['id', textIn('value')],
        (row) => texts.set(row.number(0), row.text(1)),
        `WHERE id IN (SELECT "${column}" FROM "${table}")`,
      );
    }
  }
  return texts;
}
