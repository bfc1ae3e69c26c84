import { firstWhere } from '../../base/first-where.ts';
import { PHASES } from '../model/phase.ts';
import { toRankTime, toRunTime } from '../model/rank-clock.ts';
import { SPAN_CATEGORIES, type SpanCategory } from '../model/span-category.ts';
import { RANK_TRACK, type TimelineRow } from '../model/timeline.ts';
import type { Analysis } from '../model/tables.ts';
import type { LaneIndex, Nanoseconds, SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, findRank } from '../timeline/analyzed-rank.ts';

/** An interval of some rows, in times as shown; a rank's summary stands for all its lanes. */
export interface ChromeRequest {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly rows: readonly TimelineRow[];
}

/** As PyTorch's profiler writes them, so that other tools color and group alike. */
const CATEGORY_LABELS: Readonly<Record<SpanCategory, string>> = {
  other: 'other',
  'cpu-op': 'cpu_op',
  annotation: 'user_annotation',
  python: 'python_function',
  runtime: 'cuda_runtime',
  kernel: 'kernel',
  memcpy: 'gpu_memcpy',
  memset: 'gpu_memset',
  'device-annotation': 'gpu_user_annotation',
  'device-sync': 'cuda_sync',
  overhead: 'overhead',
  recorded: 'user_annotation',
  step: 'user_annotation',
};

/** Events are handed on in pieces of about so many characters. */
const PIECE_CHARACTERS = 1 << 16;
const MAX_NAME_CHARACTERS = 20_000;

/**
 * The spans of a window in the trace event format, whole, in pieces of text: a process a rank, a thread a
 * lane, and an arrow from each launch to its work where both are there. Times are microseconds of run time.
 */
export function* chromeTrace(
  analysis: Omit<Analysis, 'report'>,
  request: ChromeRequest,
): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[';
  let piece = '';
  let isFirst = true;
  for (const event of events(analysis, request)) {
    piece += `${isFirst ? '\n' : ',\n'}${event}`;
    isFirst = false;
    if (piece.length >= PIECE_CHARACTERS) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n]}\n`;
}

function* events(
  analysis: Omit<Analysis, 'report'>,
  { startNs, endNs, rows }: ChromeRequest,
): Generator<string> {
  for (const number of new Set(rows.map(({ rank }) => rank))) {
    const rank = findRank(analysis, number);
    if (rank !== undefined) {
      const { clock } = rank.tables;
      const shiftNs = rows.find((row) => row.rank === number)?.shiftNs ?? 0;
      const window = {
        lanes: lanesIn(rank, rows),
        from: toRankTime(clock, startNs + shiftNs),
        to: toRankTime(clock, endNs + shiftNs),
      };
      yield* processNames(rank, window.lanes);
      yield* spansOf(rank, window);
    }
  }
}

interface RankWindow {
  readonly lanes: ReadonlySet<LaneIndex>;
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
}

function lanesIn({ trace, tables }: AnalyzedRank, rows: ChromeRequest['rows']): Set<LaneIndex> {
  const own = rows.filter(({ rank }) => rank === tables.rank);
  const isAll = own.some(({ lane }) => lane === RANK_TRACK);
  const all = trace.lanes.map((_, lane) => lane);
  return new Set(all.filter((lane) => isAll || own.some((row) => row.lane === lane)));
}

function* processNames({ trace, tables }: AnalyzedRank, lanes: ReadonlySet<LaneIndex>) {
  const { rank } = tables;
  yield metadata('process_name', rank, 0, { name: `rank ${rank}` });
  yield metadata('process_sort_index', rank, 0, { sort_index: rank });
  for (const lane of lanes) {
    yield metadata('thread_name', rank, lane + 1, { name: trace.lanes[lane].name });
    yield metadata('thread_sort_index', rank, lane + 1, { sort_index: lane });
  }
}

function metadata(name: string, pid: number, tid: number, args: object): string {
  return JSON.stringify({ ph: 'M', name, pid, tid, args });
}

function* spansOf(rank: AnalyzedRank, window: RankWindow): Generator<string> {
  const { lanes, spans } = rank.trace;
  for (const lane of window.lanes) {
    const { first, count } = lanes[lane];
    const end = firstWhere(first, first + count, (i) => spans.start[i] >= window.to);
    for (let span = first; span < end; span++) {
      if (isInside(rank, span, window)) {
        yield spanEvent(rank, span);
        yield* launchArrow(rank, span, window);
      }
    }
  }
}

/** Whether a span is written: it meets the window on one of its lanes. */
function isInside(
  { trace: { spans } }: AnalyzedRank,
  span: SpanIndex,
  window: RankWindow,
): boolean {
  const start = spans.start[span];
  const end = start + spans.duration[span];
  return (
    start < window.to &&
    (end > window.from || start >= window.from) &&
    window.lanes.has(spans.lane[span])
  );
}

function spanEvent({ trace, tables }: AnalyzedRank, span: SpanIndex): string {
  const { spans, strings, lanes } = trace;
  const phase = tables.inheritedPhases[span];
  const correlation = spans.correlation?.[span] ?? 0;
  const externalId = spans.externalId?.[span] ?? 0;
  const args = {
    ...(phase === 0 ? {} : { phase: PHASES[phase] }),
    ...(correlation === 0 ? {} : { correlation }),
    ...(externalId === 0 ? {} : { 'External id': externalId }),
    ...(lanes[spans.lane[span]].kind === 'stream' ? { device: tables.rank } : {}),
  };
  const head = {
    ph: 'X',
    cat: CATEGORY_LABELS[SPAN_CATEGORIES[spans.category[span]]],
    name: strings[spans.name[span]].slice(0, MAX_NAME_CHARACTERS),
    pid: tables.rank,
    tid: spans.lane[span] + 1,
  };
  const times = `"ts":${micros(startOf({ trace, tables }, span))},"dur":${micros(spans.duration[span])}`;
  return `${JSON.stringify(head).slice(0, -1)},${times},"args":${JSON.stringify(args)}}`;
}

/** From a launch to the work that it starts on the device. */
function* launchArrow(rank: AnalyzedRank, span: SpanIndex, window: RankWindow): Generator<string> {
  const { trace, tables } = rank;
  const work = tables.partner[span];
  const { spans, lanes } = trace;
  const isLaunch = work >= 0 && lanes[spans.lane[span]].kind !== 'stream';
  if (isLaunch && isInside(rank, work, window)) {
    const id = `"${tables.rank}.${span}"`;
    const end = (of: SpanIndex) =>
      `"cat":"ac2g","name":"ac2g","id":${id},"pid":${tables.rank},"tid":${spans.lane[of] + 1},"ts":${micros(startOf(rank, of))}`;
    yield `{"ph":"s",${end(span)}}`;
    yield `{"ph":"f","bp":"e",${end(work)}}`;
  }
}

function startOf({ trace: { spans }, tables }: AnalyzedRank, span: SpanIndex): Nanoseconds {
  return toRunTime(tables.clock, spans.start[span]);
}

/** Nanoseconds as microseconds, to the nanosecond, without a detour over a fraction of a double. */
function micros(ns: Nanoseconds): string {
  const whole = Math.round(Math.abs(ns));
  const text = `${Math.floor(whole / 1000)}.${String(whole % 1000).padStart(3, '0')}`;
  return ns < 0 && whole > 0 ? `-${text}` : text;
}
