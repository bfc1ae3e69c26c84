/** After the last letter, somebody who types has stopped. */
const TYPING_MS = 1_000;

/** Knows whether somebody drags or types on the page: what is under their hands must not be made anew. */
export class BusyHands {
  #isDown = false;
  #typedMs = -Infinity;
  #waiting: (() => void)[] = [];

  constructor(page: Window) {
    const release = (): void => {
      this.#isDown = false;
      this.#wake();
    };
    const isCapture = { capture: true };
    page.addEventListener('pointerdown', () => (this.#isDown = true), isCapture);
    page.addEventListener('pointerup', release, isCapture);
    page.addEventListener('pointercancel', release, isCapture);
    page.addEventListener('blur', release);
    page.addEventListener('input', () => (this.#typedMs = performance.now()), isCapture);
  }

  /** Waits until nobody drags or types. */
  async free(): Promise<void> {
    for (;;) {
      const restMs = this.#typedMs + TYPING_MS - performance.now();
      if (!this.#isDown && restMs <= 0) {
        return;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        if (!this.#isDown) {
          window.setTimeout(resolve, restMs);
        }
      });
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) {
      resolve();
    }
  }
}
