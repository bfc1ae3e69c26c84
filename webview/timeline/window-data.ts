import { GAP_CAUSES, type GapCause } from '../../src/core/model/report.ts';
import { PHASES, type Phase } from '../../src/core/model/phase.ts';
import {
  RECTANGLE_KINDS,
  type Selection,
  type WindowRectangles,
  type WindowRequest,
} from '../../src/core/model/timeline.ts';

/** A window as it came, with the question that it answers. */
export interface WindowData {
  readonly request: WindowRequest;
  readonly rectangles: WindowRectangles;
  readonly names: readonly string[];
}

/** One rectangle, spelled out. */
export interface RectangleFacts {
  readonly kind: (typeof RECTANGLE_KINDS)[number];
  readonly rank: number;
  readonly lane: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly phase: Phase;
  /** Null for all but gaps. */
  readonly cause: GapCause | null;
  readonly name: string;
  /** Spans merged into it; 1 for all but merged ones. */
  readonly count: number;
  readonly selection: Selection | null;
}

const NO_ITEM = 0xffffffff;

export function rectangleFacts(
  { request, rectangles, names }: WindowData,
  i: number,
): RectangleFacts {
  const row = request.rows[rectangles.row[i]];
  const kind = RECTANGLE_KINDS[rectangles.kind[i]];
  return {
    kind,
    rank: row.rank,
    lane: row.lane,
    startNs: rectangles.start[i],
    endNs: rectangles.end[i],
    phase: PHASES[rectangles.phase[i]],
    cause: kind === 'gap' ? GAP_CAUSES[rectangles.category[i]] : null,
    name: names[rectangles.name[i]] ?? '',
    count: kind === 'merged' ? rectangles.item[i] : 1,
    selection: selectionOf(row.rank, kind, rectangles.item[i]),
  };
}

function selectionOf(rank: number, kind: string, item: number): Selection | null {
  if (kind === 'merged' || item === NO_ITEM) {
    return null;
  }
  return { kind: kind === 'gap' ? 'gap' : 'span', rank, index: item };
}
