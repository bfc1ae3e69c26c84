import { group } from 'd3';
import type { Disposable } from '../../src/base/lifetime.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { formatNumber } from '../base/format.ts';
import { StillPicture } from '../base/still-picture.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext } from '../page-context.ts';
import { describeStep, goToStep } from './go-to-step.ts';
import { cellAfterKey } from './heat-keys.ts';
import { type HeatRow, heightOfRows } from './heat-rows.ts';
import type { HeatScale } from './heat-scale.ts';
import { cellAt, type HeatCell, type HeatMap, layOutHeat } from './layout.ts';
import { paintCursor, paintFrame, paintHeat } from './paint.ts';
import { isFilledBy } from './step-walk.ts';

const AXIS_PX = 20;

export interface HeatLook {
  readonly medianNs: Nanoseconds;
  readonly scale: HeatScale;
  /** What is said beside the name of a rank; empty for most. */
  readonly noteOf: (rank: number) => string;
}

/** The map of ranks × steps: painted once for its rows, with what is in view and the keyboard's cell over it. */
export class HeatCanvas implements Disposable {
  readonly element: HTMLCanvasElement;
  readonly #surface: Surface;
  readonly #stepsByRank: ReadonlyMap<number, readonly TimelineStep[]>;
  readonly #subscription: Disposable;
  #picture: StillPicture;
  #heat: HeatMap | null = null;
  #laidOutFor = -1;
  #shown: TimelineStep | null = null;
  #cursor: HeatCell | null = null;

  constructor(
    private readonly context: PageContext,
    private rows: readonly HeatRow[],
    private readonly look: HeatLook,
  ) {
    this.#picture = this.#newPicture();
    this.#stepsByRank = group(context.run.steps, ({ rank }) => rank);
    this.#surface = new Surface(
      context.frames,
      context.themes,
      'heat-canvas',
      (pen, size, theme) => {
        const heat = this.#layOut(size.width);
        this.#picture.draw(pen, size, theme);
        this.#shown = this.#stepInView();
        paintFrame(pen, heat, this.#shown, theme);
        if (this.#cursor !== null && document.activeElement === this.element) {
          paintCursor(pen, this.#cursor, theme);
        }
      },
    );
    this.element = this.#surface.canvas;
    this.#listen();
    this.#subscription = context.store.range.subscribe(() => {
      if (this.#stepInView() !== this.#shown) {
        this.#surface.invalidate();
      }
    });
    this.show(rows);
  }

  show(rows: readonly HeatRow[]): void {
    this.rows = rows;
    this.#laidOutFor = -1;
    this.#cursor = null;
    this.#picture = this.#newPicture();
    this.element.style.height = `${heightOfRows(rows) + AXIS_PX}px`;
    this.#surface.invalidate();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#surface.dispose();
  }

  #newPicture(): StillPicture {
    return new StillPicture((pen, { width }, theme) =>
      paintHeat(pen, this.#layOut(width), this.look, theme),
    );
  }

  /** Panning paints often, and a run may have tens of thousands of steps: the same is laid out once. */
  #layOut(width: number): HeatMap {
    if (this.#heat === null || this.#laidOutFor !== width) {
      const { steps } = this.context.run;
      this.#heat = layOutHeat(steps, this.rows, { medianNs: this.look.medianNs, width });
      this.#laidOutFor = width;
    }
    return this.#heat;
  }

  #listen(): void {
    const { element } = this;
    element.tabIndex = 0;
    element.setAttribute('role', 'application');
    const hit = ({ offsetX, offsetY }: MouseEvent) =>
      cellAt(this.#layOut(this.#surface.size.width), offsetX, offsetY);
    element.addEventListener('click', (event) => this.#open(hit(event) ?? null));
    element.addEventListener('pointermove', (event) => {
      const cell = hit(event);
      element.title = cell === undefined ? '' : this.#describe(cell);
      element.classList.toggle('over-span', cell !== undefined);
    });
    element.addEventListener('keydown', (event) => this.#press(event));
    element.addEventListener('focus', () => {
      this.#surface.invalidate();
      this.#announce();
    });
    element.addEventListener('blur', () => this.#surface.invalidate());
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
      return;
    }
    const heat = this.#layOut(this.#surface.size.width);
    const from = this.#cursor ?? this.#firstCell(heat);
    if (from === null) {
      return;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      this.#open(from);
    } else {
      const next = cellAfterKey(event.key, heat, from);
      if (next === null) {
        return;
      }
      this.#cursor = this.#cursor === null ? from : next;
      this.#surface.invalidate();
      this.#announce();
    }
    event.preventDefault();
  }

  /** The step that is in view, else the first of all. */
  #firstCell(heat: HeatMap): HeatCell | null {
    const column = this.#shown === null ? 0 : (heat.columnOf(this.#shown.step) ?? 0);
    return heat.cellOf(0, column) ?? heat.cells.at(0) ?? null;
  }

  #announce(): void {
    if (this.#cursor !== null) {
      this.context.store.announcement.set(this.#describe(this.#cursor));
    }
  }

  #open(cell: HeatCell | null): void {
    if (cell !== null) {
      this.#cursor = cell;
      goToStep(this.context, cell.step, { isOpened: true });
      this.#surface.invalidate();
    }
  }

  #describe({ row, step, ratio }: HeatCell): string {
    const { ranks } = this.rows[row];
    const others =
      ranks.length > 1 ? `, the slowest of ${formatNumber(ranks.length)} ranks here` : '';
    return `${describeStep(step)}, ${ratio.toFixed(2)}× the median${others}`;
  }

  /** The step that fills the middle of the timeline; null while several are in view. */
  #stepInView(): TimelineStep | null {
    const { store, run } = this.context;
    const { startNs, endNs } = store.range.get();
    const rank = store.selection.get()?.rank ?? run.overview.ranks.at(0)?.rank ?? 0;
    const own = this.#stepsByRank.get(rank) ?? [];
    return own.find((step) => isFilledBy(step, startNs, endNs)) ?? null;
  }
}
