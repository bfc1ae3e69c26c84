import type { TableName } from '../../src/core/model/table-names.ts';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { ExportKind, ExportWish } from '../../src/protocol/export-schemas.ts';
import type { PageContext } from '../page-context.ts';
import { shiftsOf, toRows } from '../timeline/alignment.ts';
import { listTracks } from '../timeline/list-tracks.ts';
import { drawPng, drawSvg } from './draw-sheet.ts';
import { timelinePicture } from './timeline-picture.ts';

/** Saves the run or the view in this form, and says what came of it. */
export async function exportAs(
  context: PageContext,
  kind: ExportKind,
  table: TableName = 'steps',
): Promise<void> {
  const { host, store, run } = context;
  try {
    const wish = await wishFor(context, kind, table);
    const { saved } = await host.saveExport({ generation: run.generation, wish });
    if (saved !== null) {
      store.announcement.set(`${saved} was saved`);
    }
  } catch (error) {
    store.notice.set(error instanceof Error ? error.message : String(error));
  }
}

async function wishFor(
  context: PageContext,
  kind: ExportKind,
  table: TableName,
): Promise<ExportWish> {
  switch (kind) {
    case 'png':
      return { kind, picture: await drawPng(await pictureOf(context)) };
    case 'svg':
      return { kind, picture: drawSvg(await pictureOf(context)) };
    case 'chrome':
      return { kind, ...windowOf(context) };
    case 'csv':
      return { kind, table };
    case 'html':
    case 'markdown':
      return { kind };
  }
}

/** What is still on its way to the timeline is waited for. */
async function pictureOf(context: PageContext) {
  await context.frames.whenIdle();
  const section = document.querySelector<HTMLElement>('.timeline');
  if (section === null) {
    throw new Error('there is no timeline to draw');
  }
  return timelinePicture(context, section);
}

/** The chosen area, else what is in view of all ranks that are listed. */
function windowOf(context: PageContext) {
  const { store } = context;
  const area = store.area.get();
  if (area !== null) {
    const { startNs, endNs, rows } = area;
    return { startNs, endNs, rows: rows.map((row) => ({ ...row })) };
  }
  const ranks = new Set(listTracks(context).tracks.map(({ rank }) => rank));
  const tracks = [...ranks].map((rank) => ({ rank, lane: RANK_TRACK }));
  return { ...store.range.get(), rows: [...toRows(tracks, shiftsOf(store.alignment.get()))] };
}
