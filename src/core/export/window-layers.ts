import { mapInto } from '../../base/map-into.ts';
import { firstWhere } from '../../base/first-where.ts';
import type { Analysis } from '../model/tables.ts';
import {
  RANK_TRACK,
  type TimelineOverview,
  type WindowRectangles,
  type WindowRequest,
} from '../model/timeline.ts';
import type { Nanoseconds } from '../model/units.ts';
import { readWindow } from '../timeline/read-window.ts';

/** The rectangles of an interval, drawn once, with the question that they answer. */
export interface Layer {
  readonly request: WindowRequest;
  readonly rectangles: WindowRectangles;
  readonly names: readonly string[];
}

/** The ranks of the whole run, at the screens of ten years to come; of very many ranks at those of today. */
const WHOLE_PX = 8_000;
const MIN_WHOLE_PX = 400;
/** A step, with all its lanes. */
const NEAR_PX = 4_000;
/** Of all layers; one takes some 10 bytes once compressed. */
const MAX_RECTANGLES = 1_500_000;
const MARGIN_SHARE = 0.25;
/** Intervals of a finding whose surroundings are drawn. */
const MAX_INTERVALS = 4;

interface Wanted {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly ranks: readonly number[];
}

/**
 * All ranks over the whole run, then every lane around the steps that are explained and what each finding
 * rests on, those that save most first, until there are enough.
 */
export function drawLayers(analysis: Analysis, overview: TimelineOverview): readonly Layer[] {
  const { startNs, endNs } = analysis;
  const rows = analysis.ranks.map(({ rank }) => ({ rank, lane: RANK_TRACK }));
  const layers: Layer[] = [
    draw(analysis, { startNs, endNs, widthPx: wholeWidth(rows.length), rows }),
  ];
  let count = layers[0].rectangles.length;
  for (const wanted of wantedWindows(analysis, overview)) {
    if (count > MAX_RECTANGLES) {
      break;
    }
    if (!layers.some((layer) => holds(layer.request, wanted))) {
      const layer = draw(analysis, near(overview, wanted));
      layers.push(layer);
      count += layer.rectangles.length;
    }
  }
  return layers;
}

/** At most two rectangles a pixel and rank: half of all that may be is for the whole run. */
function wholeWidth(ranks: number): number {
  const most = Math.floor(MAX_RECTANGLES / 4 / Math.max(1, ranks));
  return Math.max(MIN_WHOLE_PX, Math.min(WHOLE_PX, most));
}

function draw(analysis: Analysis, request: WindowRequest): Layer {
  return { request, ...readWindow(analysis, request) };
}

function* wantedWindows(
  { report }: Analysis,
  { typicalStep, slowStep }: TimelineOverview,
): Generator<Wanted> {
  for (const step of [typicalStep, slowStep]) {
    if (step !== null) {
      yield around(step.startNs, step.durationNs, [step.rank]);
    }
  }
  for (const { evidence } of report.findings) {
    for (const { startNs, durationNs, rank } of evidence.slice(0, MAX_INTERVALS)) {
      yield around(startNs, durationNs, [rank]);
    }
  }
}

function around(startNs: Nanoseconds, durationNs: Nanoseconds, ranks: readonly number[]): Wanted {
  const margin = durationNs * MARGIN_SHARE;
  return { startNs: startNs - margin, endNs: startNs + durationNs + margin, ranks };
}

function near({ ranks: all }: TimelineOverview, { ranks, ...times }: Wanted): WindowRequest {
  const rows = all
    .filter(({ rank }) => ranks.includes(rank))
    .flatMap(({ rank, lanes }) => [
      { rank, lane: RANK_TRACK },
      ...lanes.map(({ lane }) => ({ rank, lane })),
    ]);
  return { ...times, widthPx: NEAR_PX, rows };
}

function holds(request: WindowRequest, { startNs, endNs, ranks }: Wanted): boolean {
  return (
    request.startNs <= startNs &&
    request.endNs >= endNs &&
    ranks.every((rank) => request.rows.some((row) => row.rank === rank && row.lane !== RANK_TRACK))
  );
}

/** The rectangles of each row from the finest layer that has it over all the time asked for, else the coarsest. */
export function readLayers(
  layers: readonly Layer[],
  request: WindowRequest,
): { rectangles: WindowRectangles; names: readonly string[] } {
  const picked: Picked[] = [];
  request.rows.forEach((row, i) => {
    const layer = layers
      .filter(({ request: { rows } }) => rows.some((other) => isSameRow(other, row)))
      .sort((a, b) => fineness(a, request) - fineness(b, request))
      .at(0);
    if (layer !== undefined) {
      pick(picked, layer, { row: i, shiftNs: row.shiftNs ?? 0, of: rowIn(layer, row) }, request);
    }
  });
  return toRectangles(picked);
}

interface Picked {
  readonly layer: Layer;
  readonly at: number;
  readonly row: number;
  readonly shiftNs: Nanoseconds;
}

function isSameRow(a: WindowRequest['rows'][number], b: WindowRequest['rows'][number]): boolean {
  return a.rank === b.rank && a.lane === b.lane;
}

function rowIn({ request }: Layer, row: WindowRequest['rows'][number]): number {
  return request.rows.findIndex((other) => isSameRow(other, row));
}

/** Nanoseconds a pixel; what does not reach over the time asked for comes after all that do. */
function fineness({ request }: Layer, { startNs, endNs }: WindowRequest): number {
  const pixelNs = (request.endNs - request.startNs) / request.widthPx;
  return request.startNs <= startNs && request.endNs >= endNs ? pixelNs : 1e30 - request.widthPx;
}

function pick(
  picked: Picked[],
  layer: Layer,
  place: { readonly row: number; readonly shiftNs: Nanoseconds; readonly of: number },
  { startNs, endNs }: WindowRequest,
): void {
  const { rectangles } = layer;
  const { row, shiftNs, of } = place;
  const { length } = rectangles;
  const first = firstWhere(0, length, (at) => rectangles.row[at] >= of);
  for (let at = first; at < length && rectangles.row[at] === of; at++) {
    const isSeen = rectangles.start[at] - shiftNs < endNs && rectangles.end[at] - shiftNs > startNs;
    if (isSeen) {
      picked.push({ layer, at, row, shiftNs });
    }
  }
}

function toRectangles(picked: readonly Picked[]): {
  rectangles: WindowRectangles;
  names: readonly string[];
} {
  const names: string[] = [''];
  const idByName = new Map([['', 0]]);
  const nameId = (name: string) => {
    let id = idByName.get(name);
    if (id === undefined) {
      id = names.push(name) - 1;
      idByName.set(name, id);
    }
    return id;
  };
  type Numbers = Omit<WindowRectangles, 'length' | 'name' | 'row'>;
  const valuesOf = (column: keyof Numbers) =>
    picked.map(({ layer, at }) => layer.rectangles[column][at]);
  const timesOf = (column: 'start' | 'end') =>
    mapInto(
      new Float64Array(picked.length),
      picked,
      ({ layer, at, shiftNs }) => layer.rectangles[column][at] - shiftNs,
    );
  const rectangles: WindowRectangles = {
    length: picked.length,
    row: Uint16Array.from(picked, ({ row }) => row),
    depth: Uint16Array.from(valuesOf('depth')),
    start: timesOf('start'),
    end: timesOf('end'),
    kind: Uint8Array.from(valuesOf('kind')),
    phase: Uint8Array.from(valuesOf('phase')),
    category: Uint8Array.from(valuesOf('category')),
    coverage: Uint8Array.from(valuesOf('coverage')),
    item: Uint32Array.from(valuesOf('item')),
    name: mapInto(new Uint32Array(picked.length), picked, ({ layer, at }) =>
      nameId(layer.names[layer.rectangles.name[at]]),
    ),
  };
  return { rectangles, names };
}
