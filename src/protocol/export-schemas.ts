import * as z from 'zod';
import { rowSchema } from './timeline-schemas.ts';
import { TABLE_NAMES } from '../core/model/table-names.ts';

/** In what a run, or what the page shows of it, can be saved. */
export const EXPORT_KINDS = ['png', 'svg', 'html', 'markdown', 'csv', 'chrome'] as const;

export type ExportKind = (typeof EXPORT_KINDS)[number];

const html = z.object({ kind: z.literal('html') });
const csv = z.object({ kind: z.literal('csv'), table: z.enum(TABLE_NAMES) });
/** The spans of some rows in an interval; see `chrome-trace.ts`. */
const chrome = z.object({
  kind: z.literal('chrome'),
  startNs: z.number(),
  endNs: z.number(),
  rows: z.array(rowSchema).max(4_096),
});

/** What the worker writes, as it is made of the tables and may be larger than what crosses a boundary. */
export const workerExportSchema = z.discriminatedUnion('kind', [html, csv, chrome]);

export type WorkerExport = z.output<typeof workerExportSchema>;

/** What is to be saved; pictures are drawn by the page. */
export const exportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('png'), picture: z.instanceof(ArrayBuffer) }),
  z.object({ kind: z.literal('svg'), picture: z.string() }),
  z.object({ kind: z.literal('markdown') }),
  html,
  csv,
  chrome,
]);

export type ExportWish = z.output<typeof exportSchema>;
