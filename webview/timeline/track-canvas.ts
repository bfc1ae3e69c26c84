import { DisposableStore } from '../../src/base/lifetime.ts';
import type { TimelineStep, WindowRequest } from '../../src/core/model/timeline.ts';
import { Surface } from '../base/surface.ts';
import type { Theme } from '../base/theme.ts';
import type { PageContext, View } from '../page-context.ts';
import { isSameSelection } from '../store.ts';
import { layOutFlows, paintFlow } from './flows.ts';
import { findSelected, hitTest } from './hit-test.ts';
import { asRun, shiftsOf, toRows } from './alignment.ts';
import type { Area } from './area.ts';
import { type CounterFacts, CounterLayer } from './counter-layer.ts';
import { type Boxes, layOutWindow, type Viewport } from './layout.ts';
import { listTracks } from './list-tracks.ts';
import { paintArea, paintEvidence, paintMarkLines, paintMatches, type Scene } from './overlays.ts';
import { BoxPainter, paintLabels } from './paint.ts';
import { layOutSteps } from './ruler.ts';
import { isSameTrack } from './track-key.ts';
import { type TrackList, tracksInSight } from './tracks.ts';
import { rectangleFacts, type RectangleFacts, type WindowData } from './window-data.ts';
import { askRectangles, WindowFeed } from './window-feed.ts';

/** Rows this far outside the view are fetched, too. */
const OVERSCAN_PX = 200;
/** Lines between narrower steps would hide what they divide. */
const MIN_STEP_PX = 8;

/** The canvas with the tracks: asks for what is in view, draws it, and tells what is at a point. */
export class TrackCanvas implements View {
  readonly feed: WindowFeed;
  readonly surface: Surface;
  readonly #owned = new DisposableStore();
  readonly #painter = new BoxPainter();
  readonly #counters: CounterLayer;
  #list: TrackList;
  #boxes: Boxes = { length: 0, bounds: new Float32Array(), index: new Uint32Array() };
  #hovered = -1;
  #sketched: Area | null = null;

  constructor(
    private readonly context: PageContext,
    private readonly scroller: HTMLElement,
    private readonly markedSteps: () => readonly TimelineStep[],
  ) {
    const { store, frames, themes } = context;
    this.#list = listTracks(context);
    this.feed = this.#owned.add(
      new WindowFeed(context, askRectangles(context), { hasBackdrop: true }),
    );
    this.#counters = this.#owned.add(new CounterLayer(context));
    this.surface = this.#owned.add(
      new Surface(frames, themes, 'track-canvas', (pen, size, theme) =>
        this.#paint(pen, size.width, size.height, theme),
      ),
    );
    const invalidate = () => this.surface.invalidate();
    this.#owned.add(this.feed.window.subscribe(invalidate));
    this.#owned.add(this.#counters.data.subscribe(invalidate));
    this.#owned.add(store.details.subscribe(invalidate));
    for (const atom of [
      store.range,
      store.selection,
      store.evidence,
      store.matches,
      store.marks,
      store.area,
      store.alignment,
    ]) {
      this.#owned.add(atom.subscribe(invalidate));
    }
    scroller.addEventListener('scroll', invalidate);
  }

  get element(): HTMLCanvasElement {
    return this.surface.canvas;
  }

  get list(): TrackList {
    return this.#list;
  }

  set list(list: TrackList) {
    this.#list = list;
    this.surface.invalidate();
  }

  /** The rectangle under a point of the canvas; -1 is none. */
  at(x: number, y: number): number {
    return hitTest(this.#boxes, x, y);
  }

  /** The counter under a point of the canvas, with its value there. */
  counterAt(x: number, y: number): CounterFacts | null {
    const { width, height } = this.surface.size;
    const viewport = {
      range: this.context.store.range.get(),
      width,
      height,
      scrollTop: this.scroller.scrollTop,
    };
    return this.#counters.factsAt(x, y, this.#list, viewport);
  }

  facts(i: number): RectangleFacts | null {
    const data = this.feed.window.get();
    return data === null || i < 0 || i >= data.rectangles.length ? null : rectangleFacts(data, i);
  }

  hover(i: number): void {
    if (i !== this.#hovered) {
      this.#hovered = i;
      this.surface.invalidate();
    }
  }

  /** The area while it is dragged; null ends it. */
  sketchArea(area: Area | null): void {
    if (area !== this.#sketched) {
      this.#sketched = area;
      this.surface.invalidate();
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #paint(pen: CanvasRenderingContext2D, width: number, height: number, theme: Theme): void {
    const { store } = this.context;
    const range = store.range.get();
    const scrollTop = this.scroller.scrollTop;
    this.#ask(width, height, scrollTop);
    pen.strokeStyle = theme.border;
    pen.lineWidth = 1;
    for (const x of this.#stepLines(width)) {
      line(pen, Math.round(x) + 0.5, height);
    }
    const data = this.feed.window.get();
    if (data === null) {
      return;
    }
    const { stuckHeight } = this.#list;
    const viewport = { range, width, height, scrollTop, stuckHeight };
    const shiftOf = shiftsOf(store.alignment.get());
    const scene = { list: this.#list, viewport, theme, shiftOf };
    this.#paintBackdrop(pen, data, viewport, theme);
    const seen = tracksInSight(this.#list, scrollTop, { from: 0, to: height });
    this.#boxes = layOutWindow(data, seen, viewport);
    this.#counters.paint(pen, seen, scene);
    this.#painter.paint(pen, data, this.#boxes, { width, theme });
    paintMatches(pen, store.matches.get(), scene);
    paintLabels(pen, data, this.#boxes, theme);
    this.#paintOutlines(pen, data, scene);
    paintEvidence(pen, store.evidence.get(), scene);
    paintArea(pen, this.#sketched ?? store.area.get(), scene);
    if (stuckHeight > 0) {
      pen.fillStyle = theme.border;
      pen.fillRect(0, stuckHeight, width, 1);
    }
    paintMarkLines(pen, store.marks.get(), scene);
  }

  /** Where the window has nothing yet: beside it, and in rows that it does not have. */
  #paintBackdrop(
    pen: CanvasRenderingContext2D,
    { request }: WindowData,
    viewport: Viewport,
    theme: Theme,
  ): void {
    const { backdrop } = this.feed;
    const { range, width, height } = viewport;
    const tracks = tracksInSight(this.#list, viewport.scrollTop, { from: 0, to: height }).filter(
      ({ kind }) => kind !== 'counter',
    );
    const isMissing = tracks.some((track) => !request.rows.some((row) => isSameTrack(row, track)));
    const pixelsPerNs = width / (range.endNs - range.startNs);
    const left = isMissing ? width : (request.startNs - range.startNs) * pixelsPerNs;
    const right = (request.endNs - range.startNs) * pixelsPerNs;
    if (backdrop === null || (left <= 0 && right >= width)) {
      return;
    }
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, Math.max(0, left), height);
    pen.rect(right, 0, Math.max(0, width - right), height);
    pen.clip();
    const missing = isMissing
      ? tracks.filter((track) => !request.rows.some((row) => isSameTrack(row, track)))
      : tracks;
    const boxes = layOutWindow(backdrop, missing, viewport);
    this.#painter.paint(pen, backdrop, boxes, { width, theme });
    pen.restore();
  }

  #stepLines(width: number): readonly number[] {
    const { range, alignment } = this.context.store;
    const steps = this.markedSteps();
    const shift = shiftsOf(alignment.get())(steps.at(0)?.rank ?? 0);
    const lines = layOutSteps(steps, asRun(range.get(), shift), width);
    return lines.length * MIN_STEP_PX > width ? [] : lines.map(({ x }) => x);
  }

  #ask(width: number, height: number, scrollTop: number): void {
    const { store } = this.context;
    const range = store.range.get();
    const shiftOf = shiftsOf(store.alignment.get());
    const seen = { from: 0, to: height };
    const tracks = tracksInSight(this.#list, scrollTop, seen, OVERSCAN_PX);
    const requestFor = (isCounter: boolean): WindowRequest => ({
      ...range,
      widthPx: Math.round(width),
      rows: toRows(
        tracks.filter(({ kind }) => (kind === 'counter') === isCounter),
        shiftOf,
      ),
    });
    this.feed.show(requestFor(false));
    this.#counters.show(requestFor(true));
  }

  #paintOutlines(pen: CanvasRenderingContext2D, data: WindowData, scene: Scene): void {
    const { theme } = scene;
    const selection = this.context.store.selection.get();
    if (this.#hovered >= 0) {
      this.#outline(pen, this.#hovered, theme.foreground, 1);
    }
    const details = this.context.store.details.get();
    if (details !== null && isSameSelection(details.selection, selection)) {
      pen.strokeStyle = pen.fillStyle = theme.foreground;
      pen.lineWidth = 1.5;
      const view = { ...scene, data, boxes: this.#boxes };
      layOutFlows(view, details).forEach((arrow) => paintFlow(pen, arrow));
    }
    if (selection !== null) {
      this.#outline(pen, findSelected(data, selection), theme.focus, 2);
    }
  }

  #outline(pen: CanvasRenderingContext2D, i: number, color: string, lineWidth: number): void {
    const at = i < 0 ? -1 : this.#boxes.index.indexOf(i);
    if (at >= 0) {
      const [x, y, width, height] = this.#boxes.bounds.subarray(at * 4, at * 4 + 4);
      pen.strokeStyle = color;
      pen.lineWidth = lineWidth;
      pen.strokeRect(x - 0.5, y - 0.5, width + 0.5, height + 1);
    }
  }
}

function line(pen: CanvasRenderingContext2D, x: number, height: number): void {
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, height);
  pen.stroke();
}
