import { firstWhere } from '../../src/base/first-where.ts';
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
  /** As shown. */
  readonly startNs: number;
  readonly endNs: number;
  readonly phase: Phase;
  /** How much earlier than it was it is shown. */
  readonly shiftNs: number;
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
    shiftNs: row.shiftNs ?? 0,
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

/** The rectangles [first, end) of one row and depth: disjoint and in time order. */
export interface Level {
  readonly row: number;
  readonly depth: number;
  readonly first: number;
  readonly end: number;
}

const levelsByData = new WeakMap<WindowData, readonly Level[]>();

export function levelsOf(data: WindowData): readonly Level[] {
  let levels = levelsByData.get(data);
  if (levels === undefined) {
    levels = findLevels(data.rectangles);
    levelsByData.set(data, levels);
  }
  return levels;
}

function findLevels({ length, row, depth }: WindowRectangles): readonly Level[] {
  const levels: Level[] = [];
  let first = 0;
  for (let i = 1; i <= length; i++) {
    if (i === length || row[i] !== row[first] || depth[i] !== depth[first]) {
      levels.push({ row: row[first], depth: depth[first], first, end: i });
      first = i;
    }
  }
  return levels;
}

/** Of a level, what meets [startNs, endNs]. */
export function levelBetween(
  { start, end }: WindowRectangles,
  level: Level,
  startNs: number,
  endNs: number,
): { readonly first: number; readonly end: number } {
  const first = firstWhere(level.first, level.end, (i) => end[i] >= startNs);
  return { first, end: firstWhere(first, level.end, (i) => start[i] > endNs) };
}
