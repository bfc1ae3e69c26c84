import { h } from '../base/dom.ts';
import type { View } from '../page-context.ts';
import type { Store } from '../store.ts';

const SHOWN_MS = 6_000;

/** What came of something asked of the editor: a line in the corner for a moment, and read out. */
export function mountNotice({ notice }: Store): View {
  const element = h('div', { class: 'toast volatile', role: 'status' });
  let timer = 0;
  const subscription = notice.subscribe((text) => {
    element.textContent = text;
    clearTimeout(timer);
    timer = window.setTimeout(() => notice.set(''), SHOWN_MS);
  });
  return {
    element,
    dispose: () => {
      clearTimeout(timer);
      subscription.dispose();
    },
  };
}
