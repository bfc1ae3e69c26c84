import type { PageContext } from './page-context.ts';

/** Asks the editor to show the line of the selection, and says what came of it. */
export async function goToSelection({ host, store, run }: PageContext): Promise<void> {
  const selection = store.selection.get();
  if (selection === null) {
    store.notice.set('Select a span or a gap first');
    return;
  }
  const { opened, reason } = await host.openSelection({ generation: run.generation, selection });
  store.notice.set(opened === null ? reason : `Opened ${opened}`);
}

export async function goToFinding({ host, store, run }: PageContext, index: number): Promise<void> {
  const { opened, reason } = await host.openFinding({ generation: run.generation, index });
  store.notice.set(opened === null ? reason : `Opened ${opened}`);
}
