import type { CallClue, SourceCandidates, SourceLocation } from '../model/source-candidate.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Nesting } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { isUserFile, parseFrame } from '../model/python-frame.ts';
import { UserCalls } from './user-calls.ts';
import { countUpTo } from './intervals.ts';
import { laneRange } from './lane-range.ts';

const PYTHON = categoryIndex('python');
const ANNOTATION = categoryIndex('annotation');
const RECORDED = categoryIndex('recorded');

/** Candidates beyond this are no help to anyone. */
const MAX_LOCATIONS = 8;

/** In characters; the innermost frames come first. */
export const MAX_STACK_LENGTH = 20_000;

/** Annotations that libraries make; no script has them as a literal. */
const LIBRARY_ANNOTATION =
  /^(ProfilerStep#|enumerate\(DataLoader\)#|Optimizer\.(step|zero_grad)#|DistributedDataParallel\.|(nccl|gloo|rccl|hccl|c10d):|## Call CompiledFx|Torch-Compiled|CompiledFunction|dynamo|<)/;

/** Whether a library made the annotation, rather than the user. */
export function isLibraryAnnotation(name: string): boolean {
  return LIBRARY_ANNOTATION.test(name);
}

export type SourceOf = (span: SpanIndex) => SourceCandidates;

/** Looks up the places of spans; the work is done on each call. */
export function computeSources(
  trace: Trace,
  nesting: Nesting,
  partner: Int32Array,
  mainLane: LaneIndex,
): SourceOf {
  const userFrame = memoizeUserFrame(trace.strings);
  const calls = new UserCalls(trace);
  const innermostAt = (lane: LaneIndex, time: number): SpanIndex =>
    findInnermost(trace, nesting, lane, time);
  return (span) => {
    if (!(span >= 0)) {
      return { locations: [], annotations: [] };
    }
    const locations: SourceLocation[] = [];
    const annotations: string[] = [];
    const collect = (from: SpanIndex): void => {
      let callee = -1;
      for (const i of aroundOf(from, nesting, calls)) {
        collectFrom(trace, i, userFrame, { locations, annotations });
        if (callee >= 0 && calls.isUserFrame(i)) {
          addClue(locations, calls.clueOf(i, callee));
        }
        callee = calls.isCallable(i) ? i : callee;
      }
    };
    collect(span);
    const host = isOnDevice(trace, span) ? partner[span] : span;
    if (host >= 0 && host !== span) {
      collect(host);
    }
    if (
      locations.length === 0 &&
      host >= 0 &&
      trace.spans.lane[host] !== mainLane &&
      mainLane >= 0
    ) {
      collect(innermostAt(mainLane, trace.spans.start[host]));
    }
    return {
      locations: distinct(locations).slice(0, MAX_LOCATIONS),
      annotations: [...new Set(annotations)],
    };
  };
}

/** A span and all around it, innermost first: as they nest, and as frames call each other. */
function aroundOf(from: SpanIndex, { parent }: Nesting, calls: UserCalls): SpanIndex[] {
  const around = new Set<SpanIndex>();
  for (let i = from; i >= 0; i = parent[i]) {
    around.add(i);
  }
  for (let i = from; i >= 0; i = calls.callerOf(i)) {
    around.add(i);
  }
  return [...around].sort((a, b) => b - a);
}

function isOnDevice(trace: Trace, span: SpanIndex): boolean {
  return trace.lanes[trace.spans.lane[span]]?.kind === 'stream';
}

function memoizeUserFrame(strings: readonly string[]): (name: number) => SourceLocation | null {
  const known = new Map<number, SourceLocation | null>();
  return (name) => {
    let location = known.get(name);
    if (location === undefined) {
      location = locationOf(strings[name] ?? '');
      known.set(name, location);
    }
    return location;
  };
}

function locationOf(text: string): SourceLocation | null {
  const frame = parseFrame(text);
  return frame !== null && isUserFile(frame.file)
    ? { file: frame.file, line: frame.line, how: 'stack', function: frame.function }
    : null;
}

/** Tells of the frame that was put last what it called. */
function addClue(locations: SourceLocation[], call: CallClue): void {
  const frame = locations.pop();
  if (frame !== undefined) {
    const { file, line, how, function: name = '' } = frame;
    locations.push({ file, line, how, function: name, call });
  }
}

interface Places {
  readonly locations: SourceLocation[];
  readonly annotations: string[];
}

function collectFrom(
  trace: Trace,
  i: SpanIndex,
  userFrame: (name: number) => SourceLocation | null,
  into: Places,
): void {
  const { spans, strings } = trace;
  const recorded = recordedLocation(trace, i);
  const framed = spans.category[i] === PYTHON ? userFrame(spans.name[i]) : null;
  const entered = framed && ({ ...framed, isFunction: true } as const);
  into.locations.push(
    ...[recorded, entered, ...stackLocations(trace, i)].filter((place) => place !== null),
  );
  if (spans.category[i] === ANNOTATION || spans.category[i] === RECORDED) {
    const name = strings[spans.name[i]] ?? '';
    if (!isLibraryAnnotation(name)) {
      into.annotations.push(name);
    }
  }
}

function recordedLocation({ spans, strings }: Trace, i: SpanIndex): SourceLocation | null {
  const file = strings[spans.file?.[i] ?? 0] ?? '';
  const line = spans.line?.[i] ?? 0;
  return file !== '' && line > 0 ? { file, line, how: 'recorded' } : null;
}

function stackLocations({ spans, strings }: Trace, i: SpanIndex): (SourceLocation | null)[] {
  const stack = strings[spans.stack?.[i] ?? 0] ?? '';
  return stack === '' ? [] : stack.slice(0, MAX_STACK_LENGTH).split(';').map(locationOf);
}

/** The innermost span of a lane around a time; -1 is none. */
export function findInnermost(
  trace: Trace,
  nesting: Nesting,
  laneIndex: LaneIndex,
  time: number,
): SpanIndex {
  const { first, end } = laneRange(trace, laneIndex);
  let i = countUpTo(trace.spans.start, time, first, end) - 1;
  if (i < first) {
    return -1;
  }
  while (i >= 0 && trace.spans.start[i] + trace.spans.duration[i] < time) {
    i = nesting.parent[i];
  }
  return i;
}

function distinct(locations: readonly SourceLocation[]): SourceLocation[] {
  const seen = new Set<string>();
  return locations.filter(({ file, line, function: name }) => {
    const key = `${file}:${line} ${name ?? ''}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}
