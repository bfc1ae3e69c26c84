import { phaseIndex } from '../model/phase.ts';
import { GAP_CAUSES, type GapCause } from '../model/report.ts';
import type { Gaps, Steps } from '../model/tables.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import type { Activity, HostActivity } from './host-activity.ts';

const MEMCPY = categoryIndex('memcpy');
const COMMUNICATION_PHASE = phaseIndex('communication');

/** What covers this share of the wait is its cause. */
const CAUSE_SHARE = 0.5;
/** A device needs some time to begin the next kernel in its queue; Holistic Trace Analysis draws the line here. */
const LAUNCH_GAP_NS = 30_000;

/** Causes with the activity of the host that tells them, the first that covers the wait wins. */
const BLAMED = [
  ['profiler', 'profiler'],
  ['data', 'data'],
  ['checkpoint', 'service'],
  ['sync', 'sync'],
  ['communication', 'communication'],
  ['copy', 'copy'],
] as const satisfies readonly (readonly [GapCause, keyof HostActivity])[];

/** An idle stretch of the device, whole: not yet clipped to steps. */
interface Idle {
  readonly start: number;
  readonly end: number;
  readonly before: SpanIndex;
  readonly after: SpanIndex;
}

interface Blame {
  readonly cause: GapCause;
  readonly coverage: number;
  readonly culprit: SpanIndex;
}

/** A gap is a part of an idle stretch inside one step. */
interface GapRow {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly idle: Idle;
  readonly blame: Blame;
}

/** Every idle stretch of the device inside a step, with its cause. */
export function computeGaps(
  trace: Trace,
  work: DeviceWork,
  partner: Int32Array,
  host: HostActivity,
  steps: Steps,
): Gaps {
  const rows =
    work.order.length > 0 && steps.length > 0
      ? listGaps(trace, idleStretches(trace, work, steps), partner, host, steps)
      : [];
  return gapColumns(rows);
}

function gapColumns(rows: readonly GapRow[]): Gaps {
  const { length } = rows;
  const gaps: Gaps = {
    length,
    start: new Float64Array(length),
    end: new Float64Array(length),
    step: new Int32Array(length),
    cause: new Uint8Array(length),
    coverage: new Float64Array(length),
    culprit: new Int32Array(length),
    before: new Int32Array(length),
    after: new Int32Array(length),
  };
  rows.forEach(({ start, end, step, idle, blame }, i) => {
    gaps.start[i] = start;
    gaps.end[i] = end;
    gaps.step[i] = step;
    gaps.cause[i] = GAP_CAUSES.indexOf(blame.cause);
    gaps.coverage[i] = blame.coverage;
    gaps.culprit[i] = blame.culprit;
    gaps.before[i] = idle.before;
    gaps.after[i] = idle.after;
  });
  return gaps;
}

function listGaps(
  trace: Trace,
  stretches: Iterable<Idle>,
  partner: Int32Array,
  host: HostActivity,
  steps: Steps,
): GapRow[] {
  const rows: GapRow[] = [];
  let firstStep = 0;
  for (const idle of stretches) {
    while (firstStep < steps.length && steps.end[firstStep] <= idle.start) {
      firstStep++;
    }
    if (firstStep === steps.length || steps.start[firstStep] >= idle.end) {
      continue;
    }
    const blame = blameFor(trace, idle, partner, host);
    for (let step = firstStep; step < steps.length && steps.start[step] < idle.end; step++) {
      const start = Math.max(idle.start, steps.start[step]);
      const end = Math.min(idle.end, steps.end[step]);
      if (end > start) {
        rows.push({ start, end, step, idle, blame });
      }
    }
  }
  return rows;
}

function* idleStretches({ spans }: Trace, work: DeviceWork, steps: Steps): Generator<Idle> {
  let until = Math.min(steps.start[0], spans.start[work.order[0]]);
  let before = -1;
  for (const i of work.order) {
    const start = spans.start[i];
    if (start > until) {
      yield { start: until, end: start, before, after: i };
    }
    const end = start + spans.duration[i];
    if (end > until || before < 0) {
      until = Math.max(until, end);
      before = i;
    }
  }
  const last = steps.end[steps.length - 1];
  if (last > until) {
    yield { start: until, end: last, before, after: -1 };
  }
}

function blameFor(trace: Trace, idle: Idle, partner: Int32Array, host: HostActivity): Blame {
  const launch = idle.after >= 0 ? partner[idle.after] : -1;
  const launchedAt = launch >= 0 ? trace.spans.start[launch] : idle.end;
  const until = launchedAt > idle.start ? Math.min(launchedAt, idle.end) : idle.end;
  for (const [cause, kind] of BLAMED) {
    const activity = host[kind];
    const coverage = shareWithin(activity, idle.start, until);
    if (coverage >= CAUSE_SHARE) {
      return { cause, coverage, culprit: activity.longestWithin(idle.start, until) };
    }
  }
  return isTransferOfPipeline(trace, idle.after)
    ? { cause: 'communication', coverage: 1, culprit: idle.after }
    : blameForLaunch(trace, idle, launch, host);
}

/** Timelines of operations have no host, and may leave out how long a transfer waited for its peer. */
function isTransferOfPipeline({ spans, lanes }: Trace, work: SpanIndex): boolean {
  return (
    work >= 0 &&
    lanes[spans.lane[work]].worker !== undefined &&
    spans.recordedPhase?.[work] === COMMUNICATION_PHASE
  );
}

function blameForLaunch(trace: Trace, idle: Idle, launch: SpanIndex, host: HostActivity): Blame {
  const length = idle.end - idle.start;
  if (launch < 0) {
    const busy = idle.after < 0 ? shareWithin(host.busy, idle.start, idle.end) : 0;
    return idle.after >= 0 && length < LAUNCH_GAP_NS
      ? { cause: 'launch', coverage: 1, culprit: -1 }
      : busy >= CAUSE_SHARE
        ? { cause: 'host', coverage: busy, culprit: -1 }
        : { cause: 'unexplained', coverage: 0, culprit: -1 };
  }
  const launchedAt = trace.spans.start[launch];
  if (launchedAt >= idle.start) {
    return { cause: 'host', coverage: (launchedAt - idle.start) / length, culprit: launch };
  }
  if (length < LAUNCH_GAP_NS) {
    return { cause: 'launch', coverage: 1, culprit: launch };
  }
  const inLaunch = Math.min(1, (launchedAt + trace.spans.duration[launch] - idle.start) / length);
  if (inLaunch >= CAUSE_SHARE) {
    return { cause: 'host', coverage: inLaunch, culprit: launch };
  }
  return isHostCopy(trace, idle.after)
    ? { cause: 'copy', coverage: 1, culprit: idle.after }
    : { cause: 'unexplained', coverage: 0, culprit: -1 };
}

/** Whether the work waits for the host's memory, rather than for other work of the device. */
function isHostCopy({ spans, strings }: Trace, work: SpanIndex): boolean {
  return spans.category[work] === MEMCPY && /HtoD|DtoH|Host/.test(strings[spans.name[work]]);
}

function shareWithin(activity: Activity, start: number, end: number): number {
  return end > start ? activity.within(start, end) / (end - start) : 0;
}
