import type { Disposable } from '../../src/base/lifetime.ts';
import { counterLane, type TimelineCounter } from '../../src/core/model/counter.ts';
import type { WindowRequest } from '../../src/core/model/timeline.ts';
import { unpackCounters } from '../../src/protocol/counter-columns.ts';
import type { Atom } from '../base/atom.ts';
import type { Theme } from '../base/theme.ts';
import type { PageContext } from '../page-context.ts';
import { formatCounter } from './counter-format.ts';
import {
  type CounterData,
  type CounterLine,
  heightOf,
  layOutCounter,
  pointsBetween,
} from './counter-layout.ts';
import type { Viewport } from './layout.ts';
import type { Scene } from './overlays.ts';
import { paintPlate } from './paint.ts';
import { isSameTrack, keyOf } from './track-key.ts';
import { boxInSight, type Track, type TrackList, tracksInSight } from './tracks.ts';
import { WindowFeed } from './window-feed.ts';

/** What lies under the pointer on a counter. */
export interface CounterFacts {
  readonly name: string;
  /** With its unit; of several samples in a pixel their smallest and largest. */
  readonly value: string;
  /** Since the run began. */
  readonly timeNs: number;
}

/** Lower tracks have no room for words. */
const MIN_LABEL_PX = 24;
const LABEL_PX = 14;
const AREA_ALPHA = 0.22;
/** Room for the line at its largest. */
const TOP_PX = 2;

/** The counters among the tracks: fetches their values and draws them as lines in steps. */
export class CounterLayer implements Disposable {
  readonly #feed: WindowFeed<CounterData>;
  readonly #counters: ReadonlyMap<string, TimelineCounter>;

  constructor(private readonly context: PageContext) {
    const { host, run } = context;
    this.#counters = new Map(
      run.overview.ranks.flatMap(({ rank, counters = [] }) =>
        counters.map((of) => [keyOf({ rank, lane: counterLane(of.counter) }), of] as const),
      ),
    );
    this.#feed = new WindowFeed(context, async (request) => {
      const { generation } = run;
      const rows = [...request.rows];
      const { columns } = await host.readCounters({ ...request, rows, generation });
      return { request, points: unpackCounters(columns) };
    });
  }

  get data(): Atom<CounterData | null> {
    return this.#feed.window;
  }

  show(request: WindowRequest): void {
    if (request.rows.length > 0) {
      this.#feed.show(request);
    }
  }

  dispose(): void {
    this.#feed.dispose();
  }

  paint(pen: CanvasRenderingContext2D, seen: readonly Track[], scene: Scene): void {
    const data = this.data.get();
    for (const track of seen) {
      const counter = this.#counters.get(keyOf(track));
      if (counter !== undefined) {
        this.#paintTrack(pen, data, { track, counter }, scene);
      }
    }
  }

  factsAt(x: number, y: number, list: TrackList, viewport: Viewport): CounterFacts | null {
    const { range, width, scrollTop } = viewport;
    const track = tracksInSight(list, scrollTop, { from: y, to: y + 1 }).at(0);
    const counter = track === undefined ? undefined : this.#counters.get(keyOf(track));
    const data = this.data.get();
    const row = track === undefined ? -1 : rowOf(data, track);
    if (counter === undefined || data === null || row < 0) {
      return null;
    }
    const timeNs = range.startNs + (x / Math.max(1, width)) * (range.endNs - range.startNs);
    const { first, end } = pointsBetween(data, row, { startNs: timeNs, endNs: timeNs });
    if (first >= end) {
      return null;
    }
    const { shiftNs } = data.request.rows[row];
    const { min, max, last, time } = data.points;
    const pixelNs = (range.endNs - range.startNs) / Math.max(1, width);
    const isOn = timeNs - time[first] < pixelNs;
    const ends = isOn ? [min[first], max[first]] : [last[first]];
    const value = [...new Set(ends.map((end) => formatCounter(end, counter)))].join(' to ');
    return {
      name: counter.name,
      value,
      timeNs: timeNs + (shiftNs ?? 0) - this.context.run.overview.startNs,
    };
  }

  #paintTrack(
    pen: CanvasRenderingContext2D,
    data: CounterData | null,
    { track, counter }: { readonly track: Track; readonly counter: TimelineCounter },
    { list, viewport, theme }: Scene,
  ): void {
    const { range, width, scrollTop } = viewport;
    const box = boxInSight(track, list.stuckHeight, scrollTop);
    const row = rowOf(data, track);
    if (box === null || data === null || row < 0) {
      return;
    }
    const height = track.height - TOP_PX;
    const top = box.y + box.height - height;
    const line = layOutCounter(data, row, counter, { range, width, height });
    pen.save();
    pen.beginPath();
    pen.rect(0, box.y, width, box.height + 1);
    pen.clip();
    pen.translate(0, top);
    paintLine(pen, line, heightOf(0, counter, height), theme);
    if (track.height >= MIN_LABEL_PX) {
      pen.font = `11px ${theme.font}`;
      pen.textBaseline = 'middle';
      const text = `max ${formatCounter(counter.max, counter)}`;
      paintPlate(pen, text, { left: 4, y: -TOP_PX, height: LABEL_PX + 4 }, theme);
      pen.fillStyle = theme.muted;
      pen.fillText(text, 4, LABEL_PX / 2);
    }
    pen.restore();
  }
}

function rowOf(data: CounterData | null, track: Track): number {
  return data?.request.rows.findIndex((row) => isSameTrack(row, track)) ?? -1;
}

/** The area down to `zero` and the line above it. */
function paintLine(
  pen: CanvasRenderingContext2D,
  line: CounterLine,
  zero: number,
  theme: Theme,
): void {
  if (line.x.length === 0) {
    return;
  }
  pen.fillStyle = pen.strokeStyle = theme.foreground;
  pen.lineWidth = 1;
  pen.globalAlpha = AREA_ALPHA;
  pen.beginPath();
  pen.moveTo(line.x[0], zero);
  traceLine(pen, line);
  pen.lineTo(line.endX, zero);
  pen.fill();
  pen.globalAlpha = theme.isHighContrast ? 1 : 0.8;
  pen.beginPath();
  pen.moveTo(line.x[0], line.last[0]);
  traceLine(pen, line);
  pen.stroke();
  pen.globalAlpha = 1;
}

function traceLine(pen: CanvasRenderingContext2D, { x, low, high, last, endX }: CounterLine): void {
  for (let i = 0; i < x.length; i++) {
    if (i > 0) {
      pen.lineTo(x[i], last[i - 1]);
    }
    if (low[i] !== high[i]) {
      pen.lineTo(x[i], low[i]);
      pen.lineTo(x[i], high[i]);
    }
    pen.lineTo(x[i], last[i]);
  }
  pen.lineTo(endX, last[x.length - 1]);
}
