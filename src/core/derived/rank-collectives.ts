import { phaseIndex } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Nesting, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import type { PhaseColumns } from './phases.ts';
import { stepAt } from './step-windows.ts';

const COMMUNICATION = phaseIndex('communication');
const COMMUNICATION_CLASS = 2;
const ANNOTATION = categoryIndex('annotation');
const RECORDED = categoryIndex('recorded');
const MAX_ANCESTORS = 64;

/** One collective of one rank. Rank time. */
export interface RankCollective {
  readonly span: SpanIndex;
  readonly start: number;
  readonly end: number;
  /** What must be equal on all ranks: the operation, and its group where recorded. */
  readonly key: string;
  /** Number in its group's order; -1 is unknown. */
  readonly sequence: number;
  /** Message size in elements; -1 is unknown. */
  readonly elements: number;
  /** When the host asked for it; its start where nothing tells. */
  readonly launchedAt: number;
  /** Number of the step that launched it, or that waits for it where the host runs ahead; null outside of steps. */
  readonly step: number | null;
}

/** What a rank's collectives are read from. */
export interface CollectiveSources {
  readonly nesting: Nesting;
  readonly partner: Int32Array;
  readonly phases: PhaseColumns;
  readonly work: DeviceWork;
  readonly steps: Steps;
}

/** The collectives of a rank by start: kernels, else the host's own record of them. */
export function listCollectives(trace: Trace, sources: CollectiveSources): RankCollective[] {
  const { spans, strings } = trace;
  const { nesting, partner, work, steps } = sources;
  const rowBySpan = new Map<number, number>();
  trace.collectives.span.forEach((span, row) => rowBySpan.set(span, row));
  const onDevice = [...work.order].filter((i) => work.classes[i] === COMMUNICATION_CLASS);
  const keys = new Map<number, Map<number, string>>();
  // Ranks are matched by these: one text for each name and group is compared faster than one for each collective.
  const keyOf = (name: number, group: number): string => {
    const ofName = keys.get(name) ?? new Map<number, string>();
    keys.set(name, ofName);
    const key = ofName.get(group) ?? `${strings[group] ?? ''} ${operationOf(strings[name] ?? '')}`;
    ofName.set(group, key);
    return key;
  };
  const members = onDevice.length > 0 ? onDevice : hostCollectives(trace, sources);
  return members.map((span) => {
    const start = spans.start[span];
    const launch = onDevice.length > 0 ? partner[span] : span;
    const row = rowOf(span, rowBySpan, nesting) ?? rowOf(launch, rowBySpan, nesting);
    const launchedAt = launch >= 0 ? spans.start[launch] : start;
    const end = start + spans.duration[span];
    const step = stepAt(steps, steps.followDevice === true ? (start + end) / 2 : launchedAt);
    const { collectives } = trace;
    return {
      span,
      start,
      end,
      key: keyOf(spans.name[span], row === undefined ? -1 : collectives.group[row]),
      sequence: row === undefined ? -1 : collectives.sequence[row],
      elements: row === undefined ? -1 : collectives.elements[row],
      launchedAt,
      step: step < 0 ? null : steps.number[step],
    };
  });
}

/** Outermost spans that are communication by themselves; what a backend runs rather than the call, where both are there. */
function hostCollectives(
  { spans, strings, lanes }: Trace,
  { nesting, phases }: CollectiveSources,
): SpanIndex[] {
  const found: SpanIndex[] = [];
  const executed: SpanIndex[] = [];
  for (let i = 0; i < spans.length; i++) {
    const category = spans.category[i];
    const isCandidate =
      phases.own[i] === COMMUNICATION &&
      (category === ANNOTATION || category === RECORDED) &&
      lanes[spans.lane[i]]?.kind !== 'device-annotations';
    const parent = nesting.parent[i];
    if (isCandidate && (parent < 0 || phases.inherited[parent] !== COMMUNICATION)) {
      found.push(i);
      if (/^(gloo|nccl|mpi|ucc|xccl):/.test(strings[spans.name[i]] ?? '')) {
        executed.push(i);
      }
    }
  }
  const chosen = executed.length > 0 ? executed : found;
  return chosen.sort((a, b) => spans.start[a] - spans.start[b]);
}

function rowOf(
  span: SpanIndex,
  rowBySpan: ReadonlyMap<number, number>,
  nesting: Nesting,
): number | undefined {
  let i = span;
  for (let level = 0; i >= 0 && level < MAX_ANCESTORS; level++) {
    const row = rowBySpan.get(i);
    if (row !== undefined) {
      return row;
    }
    i = nesting.parent[i];
  }
  return undefined;
}

/** Kernels name the algorithm and the type as well; ranks of one collective share the operation. */
function operationOf(name: string): string {
  const operation =
    /all[_ ]?reduce|all[_ ]?gather|reduce[_ ]?scatter|all[_ ]?to[_ ]?all|send[_ ]?recv|broadcast|barrier|reduce/i.exec(
      name,
    )?.[0];
  return operation?.toLowerCase().replace(/[_ ]/g, '') ?? name.slice(0, 80);
}
