import { h, replaceChildren } from '../base/dom.ts';
import type { View } from '../page-context.ts';
import type { Store } from '../store.ts';

/** Above a run that is shown: that it is being analysed again, that this failed, or that its files are gone. */
export function mountStatusStrip({ status }: Store): View {
  const element = h('div', { class: 'status-strip volatile', role: 'status' });
  const show = () => {
    const now = status.get();
    element.hidden = now.kind === 'ready';
    element.classList.toggle('is-problem', now.kind === 'failed' || now.kind === 'gone');
    if (now.kind === 'analyzing') {
      const bar = h('progress', { max: 100, value: now.percent, 'aria-hidden': 'true' });
      const what = now.text === '' ? '' : ` · ${now.text}`;
      replaceChildren(element, bar, `Analyzing again${what}`);
    } else {
      replaceChildren(element, now.kind === 'ready' ? '' : now.message);
    }
  };
  show();
  const subscription = status.subscribe(show);
  return { element, dispose: () => subscription.dispose() };
}
