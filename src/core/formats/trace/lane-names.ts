import type { Lane } from '../../model/trace.ts';
import {
  DEVICE_ANNOTATIONS,
  LANE_KINDS,
  LOGICAL,
  STREAM,
  type LaneDraft,
  type LaneTable,
} from './lane-table.ts';

/** What metadata tells of processes and threads; keys are rows of the labels, or places. */
export class LaneNames {
  readonly processes = new Map<number, string>();
  readonly threads = new Map<number, string>();
  /** By place: where a viewer should put the thread. */
  readonly sortIndices = new Map<number, number>();
}

export interface LaneOrder {
  /** By draft: its row among the lanes. */
  readonly rowOfDraft: Uint32Array<ArrayBuffer>;
  readonly draftOfRow: readonly number[];
}

/** Threads before streams; within a kind by process, the main thread first, then as metadata says. */
export function orderLanes(table: LaneTable, names: LaneNames): LaneOrder {
  const sortKeys = table.drafts.map((draft) => sortKeyOf(draft, table, names));
  const draftOfRow = table.drafts
    .map((_, draft) => draft)
    .sort((a, b) => compareKeys(sortKeys[a], sortKeys[b]) || a - b);
  const rowOfDraft = new Uint32Array(draftOfRow.length);
  draftOfRow.forEach((draft, row) => (rowOfDraft[draft] = row));
  return { rowOfDraft, draftOfRow };
}

/** With `showsProcess`, the process's name stands before the thread's. */
export function describeLane(
  draft: LaneDraft,
  table: LaneTable,
  names: LaneNames,
  options: { readonly showsProcess: boolean },
): Omit<Lane, 'first' | 'count'> {
  const process = table.processOf[draft.place];
  const processId = table.labels.text(process);
  const threadId = table.labels.text(table.threadOf[draft.place]);
  const thread = names.threads.get(draft.place)?.trim() ?? '';
  const processName = options.showsProcess ? (names.processes.get(process)?.trim() ?? '') : '';
  const own =
    thread === '' && processName !== '' && threadId === ''
      ? ''
      : nameOf(draft, table, thread, threadId);
  return {
    kind: LANE_KINDS[draft.kind],
    name: [processName, own].filter((part) => part !== '').join(' · '),
    processId,
    threadId,
    device: draft.device,
  };
}

function nameOf(draft: LaneDraft, table: LaneTable, thread: string, threadId: string): string {
  switch (draft.kind) {
    case LOGICAL:
      return thread || threadId;
    case STREAM:
      return thread || streamName(threadId);
    case DEVICE_ANNOTATIONS:
      return table.has(draft.place, STREAM) || thread === ''
        ? `${thread || streamName(threadId)} annotations`
        : thread;
    default:
      return thread || `thread ${threadId}`.trim();
  }
}

function streamName(threadId: string): string {
  return threadId.startsWith('stream') ? threadId : `stream ${threadId}`;
}

type SortKey = readonly [
  kind: number,
  process: string,
  isMain: number,
  sortIndex: number,
  thread: string,
];

function sortKeyOf(draft: LaneDraft, table: LaneTable, names: LaneNames): SortKey {
  const process = table.labels.text(table.processOf[draft.place]);
  const thread = table.labels.text(table.threadOf[draft.place]);
  const sortIndex = names.sortIndices.get(draft.place) ?? 0;
  return [draft.kind, process, process === thread ? 0 : 1, sortIndex, thread];
}

const collator = new Intl.Collator('en', { numeric: true });

function compareKeys(a: SortKey, b: SortKey): number {
  return (
    a[0] - b[0] ||
    collator.compare(a[1], b[1]) ||
    a[2] - b[2] ||
    a[3] - b[3] ||
    collator.compare(a[4], b[4])
  );
}
