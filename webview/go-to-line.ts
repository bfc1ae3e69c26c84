import type { PageContext } from './page-context.ts';

/** Asks the editor to show the line of the selection, and says what came of it. */
export async function goToSelection({ host, store, run, frames }: PageContext): Promise<void> {
  const selection = store.selection.get();
  if (selection === null) {
    store.notice.set('Select a span or a gap first.');
    return;
  }
  const { generation } = run;
  store.notice.set(await describe(frames.track(host.openSelection({ generation, selection }))));
}

export async function goToFinding(
  { host, store, run, frames }: PageContext,
  index: number,
): Promise<void> {
  const { generation } = run;
  store.notice.set(await describe(frames.track(host.openFinding({ generation, index }))));
}

/** Asks the editor for edits that answer a finding, and says what came of it. */
export async function fixFinding(
  { host, store, run, frames }: PageContext,
  index: number,
): Promise<void> {
  const { generation } = run;
  store.notice.set(await describe(frames.track(host.fixFinding({ generation, index })), 'Edited'));
}

async function describe(
  outcome: Promise<{ readonly opened: string | null; readonly reason: string }>,
  done = 'Opened',
): Promise<string> {
  try {
    const { opened, reason } = await outcome;
    return opened === null ? reason : `${done} ${opened}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
