import type { PageContext } from '../page-context.ts';
import { describeRectangle } from './labels.ts';
import type { RectangleFacts } from './window-data.ts';

/** Selects what a rectangle stands for and says so; empty ground clears. */
export function choose({ store }: PageContext, facts: RectangleFacts | null): void {
  store.evidence.set([]);
  store.shownFinding.set(-1);
  store.selection.set(facts?.selection ?? null);
  store.announcement.set(facts === null ? 'Nothing selected' : describeRectangle(facts));
}
