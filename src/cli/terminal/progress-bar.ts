import { shorten } from './plain-text.ts';

/** Work that is over sooner needs no bar. */
const SHOW_AFTER_MS = 500;
const REDRAW_EVERY_MS = 100;
const BAR_CELLS = 24;

/** A terminal to draw on. */
export interface Screen {
  readonly columns: number;
  write(text: string): void;
}

/** One line that is drawn again and again, and leaves nothing behind. */
export class ProgressBar {
  readonly #startedMs: number;
  #drawnMs = -Infinity;

  constructor(
    /** Null draws nothing. */
    private readonly screen: Screen | null,
    private readonly nowMs: () => number,
  ) {
    this.#startedMs = nowMs();
  }

  /** `share` is 0 to 1; `text` is safe to print. */
  show(share: number, text: string): void {
    const now = this.nowMs();
    const isDue = now - this.#startedMs >= SHOW_AFTER_MS && now - this.#drawnMs >= REDRAW_EVERY_MS;
    if (this.screen === null || !isDue) {
      return;
    }
    this.#drawnMs = now;
    const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
    const percent = `${Math.round(share * 100)}`.padStart(3);
    const room = this.screen.columns - BAR_CELLS - ' 100 %  '.length - 1;
    this.screen.write(`\r${bar} ${percent} %  ${shorten(text, Math.max(0, room))}\u001b[K`);
  }

  /** Takes the bar off the screen. */
  clear(): void {
    if (this.#drawnMs !== -Infinity) {
      this.screen?.write('\r\u001b[K');
      this.#drawnMs = -Infinity;
    }
  }
}
