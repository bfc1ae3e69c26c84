import { DisposableStore } from '../../src/base/lifetime.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import { shiftsOf } from './alignment.ts';
import { addMark, type Mark, noteMark, removeMark } from './marks.ts';
import { moveTo } from './move-to.ts';

const MAX_NOTE_CHARACTERS = 200;

/** The marks of the run with their notes: press to go there. Hidden while there are none. */
export class MarkBar implements View {
  readonly element = h('ul', { class: 'mark-bar', 'aria-label': 'Marks', hidden: true });
  readonly #owned = new DisposableStore();
  #shown: readonly number[] = [];

  constructor(private readonly context: PageContext) {
    this.#owned.add(context.store.marks.subscribe((marks) => this.#render(marks)));
    this.#render(context.store.marks.get());
  }

  /** Marks where the selection begins, else the middle of the view, and asks for a note. */
  add(): void {
    const { store } = this.context;
    const { startNs, endNs } = store.range.get();
    const details = store.details.get();
    const shiftOf = shiftsOf(store.alignment.get());
    const shownNs = details === null ? NaN : details.startNs - shiftOf(details.selection.rank);
    const isSelected = details !== null && shownNs >= startNs && shownNs <= endNs;
    const timeNs = isSelected ? details.startNs : Math.round((startNs + endNs) / 2);
    store.marks.set(addMark(store.marks.get(), timeNs));
    const at = store.marks.get().findIndex((mark) => mark.timeNs === timeNs);
    this.element.children.item(at)?.querySelector('input')?.focus();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** A note that is being written keeps its field. */
  #render(marks: readonly Mark[]): void {
    const times = marks.map(({ timeNs }) => timeNs);
    if (JSON.stringify(times) !== JSON.stringify(this.#shown)) {
      this.#shown = times;
      this.element.replaceChildren(...marks.map((mark) => this.#row(mark)));
      this.element.hidden = marks.length === 0;
    }
  }

  #row({ timeNs, note }: Mark): HTMLElement {
    const { store, run } = this.context;
    const time = formatDuration(timeNs - run.overview.startNs);
    const goBack = () => document.querySelector<HTMLElement>('.track-canvas')?.focus();
    const input = h('input', {
      type: 'text',
      value: note,
      maxlength: MAX_NOTE_CHARACTERS,
      placeholder: 'a note',
      'aria-label': `Note of the mark at ${time}`,
      input: () => store.marks.set(noteMark(store.marks.get(), timeNs, input.value)),
      keydown: (event) => {
        if (['Enter', 'Escape'].includes((event as KeyboardEvent).key)) {
          goBack();
        }
      },
    });
    return h(
      'li',
      {},
      linkButton(`⚑ ${time}`, `Go to the mark at ${time}`, () => this.#goTo(timeNs)),
      input,
      linkButton('remove', `Remove the mark at ${time}`, () =>
        store.marks.set(removeMark(store.marks.get(), timeNs)),
      ),
    );
  }

  #goTo(timeNs: number): void {
    const { store, run } = this.context;
    const { startNs, endNs } = store.range.get();
    const half = (endNs - startNs) / 2;
    moveTo(this.context, { startNs: timeNs - half, endNs: timeNs + half }, run.overview);
  }
}
