import type { Steps } from '../../model/tables.ts';
import type { Trace } from '../../model/trace.ts';
import type { LaneIndex, Nanoseconds, SpanIndex } from '../../model/units.ts';
import type { DeviceWork } from '../device-work.ts';
import { median } from '../statistics.ts';
import { DeviceStreams } from './device-streams.ts';
import { type HostCalls, listHostCalls } from './host-calls.ts';
import { HostProgram } from './host-program.ts';
import type { NodeIndex, StepGraphBuilder } from './step-graph-builder.ts';

/** The clocks of host and device, and the times of calls, agree to this. */
const TOLERANCE_NS = 2_000;
/** Work that begins this much later than its launch and its stream explain waits for another stream. */
const WAITS_ELSEWHERE_NS = 5_000;
/** What a call that waits takes by itself. */
const CALL_NS = 5_000;
/** A driver holds this many launches that have not begun; the next one waits. */
const QUEUE_DEPTH = 1_024;
/** A launch that takes longer than this waits for room in that queue. */
const LONG_LAUNCH_NS = 200_000;
const COMPUTE = 1;
const COMMUNICATION = 2;

export interface DeviceRank {
  /** Row of the run's ranks. */
  readonly row: number;
  readonly trace: Trace;
  readonly tables: {
    readonly work: DeviceWork;
    readonly partner: Int32Array;
    readonly mainLane: LaneIndex;
    readonly steps: Steps;
  };
}

/** The nodes of one rank that others refer to. */
export interface RecordedRank {
  /** Where its recording begins. */
  readonly origin: NodeIndex;
  /** By row of its steps, as they were recorded. */
  readonly starts: readonly NodeIndex[];
  readonly ends: readonly NodeIndex[];
  /** By row of its steps: when the host has come to their start or end, and all that it launched until then is done. */
  readonly readyStarts: readonly NodeIndex[];
  readonly readyEnds: readonly NodeIndex[];
  /** By span; -1 is none. */
  readonly nodeOf: Int32Array<ArrayBuffer>;
}

/**
 * The host's calls in program order, the work that each launches, streams as queues, and what waits for it. What
 * work waits for on other streams, few traces record: work that begins later than its launch and its stream
 * explain waits for what ended last elsewhere.
 */
export function recordDeviceRank(rank: DeviceRank, builder: StepGraphBuilder): RecordedRank {
  return new Recording(rank, builder).run();
}

class Recording {
  readonly #streams: DeviceStreams;
  readonly #calls: HostCalls;
  readonly #host: HostProgram;
  readonly #nodeOf: Int32Array<ArrayBuffer>;
  /** Launched so far, the last by stream and all in order. */
  readonly #last = new Map<LaneIndex, SpanIndex>();
  readonly #launched: SpanIndex[] = [];
  #lastCompute: SpanIndex = -1;
  readonly #latencyNs: Nanoseconds;
  readonly #gapNs: Nanoseconds;

  constructor(
    private readonly rank: DeviceRank,
    private readonly builder: StepGraphBuilder,
  ) {
    const { trace, tables, row } = rank;
    this.#streams = new DeviceStreams(trace, tables.work);
    this.#calls = listHostCalls(trace, tables.work, tables.partner, tables.mainLane);
    this.#host = new HostProgram(row, this.#firstTime(), builder);
    this.#nodeOf = new Int32Array(trace.spans.length).fill(-1);
    this.#latencyNs = this.#typicalLatency();
    this.#gapNs = this.#typicalGap();
  }

  run(): RecordedRank {
    const { trace, tables } = this.rank;
    const { spans } = trace;
    for (const work of tables.work.order) {
      const start = spans.start[work];
      const end = this.#streams.endOf(work);
      this.#nodeOf[work] = this.builder.add({
        rank: this.rank.row,
        span: work,
        isWork: true,
        start,
        end,
      });
    }
    const marks = this.#hostMarks();
    const atMark = new Map<Nanoseconds, NodeIndex>();
    const ready = new Map<Nanoseconds, NodeIndex>();
    let next = 0;
    const markUntil = (time: Nanoseconds): void => {
      for (; next < marks.length && marks[next] <= time; next++) {
        const host = this.#host.advance(marks[next]);
        atMark.set(marks[next], host);
        ready.set(marks[next], this.#mark(marks[next], [...this.#last.values()], host));
      }
    };
    for (const call of this.#calls.calls) {
      markUntil(spans.start[call]);
      this.#call(call);
    }
    markUntil(Infinity);
    this.#linkOrphans();
    const boundary = (time: Nanoseconds): NodeIndex => {
      const node = atMark.get(time) ?? this.#mark(time, this.#streams.endedAt(time));
      atMark.set(time, node);
      return node;
    };
    const readyAt = (time: Nanoseconds): NodeIndex => ready.get(time) ?? boundary(time);
    return {
      origin: this.#host.origin,
      starts: Array.from(tables.steps.start, boundary),
      ends: Array.from(tables.steps.end, boundary),
      readyStarts: Array.from(tables.steps.start, readyAt),
      readyEnds: Array.from(tables.steps.end, readyAt),
      nodeOf: this.#nodeOf,
    };
  }

  #call(call: SpanIndex): void {
    const { spans } = this.rank.trace;
    const launch = this.#host.advance(spans.start[call]);
    const works = this.#calls.launchedBy(call);
    for (const work of works) {
      this.#launch(work, launch, spans.start[call]);
    }
    const waits = this.#calls.waitsOf(call);
    if (waits === 'nothing') {
      this.#waitForRoom(call, launch);
    } else {
      this.#wait(call, launch, waits === 'copy' ? works : this.#awaited(call, waits === 'device'));
    }
  }

  #launch(work: SpanIndex, launch: NodeIndex, launchedAt: Nanoseconds): void {
    const { spans } = this.rank.trace;
    const { classes } = this.rank.tables.work;
    const node = this.#nodeOf[work];
    const start = spans.start[work];
    const before = this.#streams.before[work];
    const free = before < 0 ? -Infinity : this.#streams.endOf(before);
    const byLaunch = launchedAt + this.#latencyNs;
    const byStream = free + this.#gapNs;
    const elsewhere =
      start - Math.max(byLaunch, byStream) > WAITS_ELSEWHERE_NS
        ? this.#streams.lastEndedIn(spans.lane[work], Math.max(launchedAt, free), start)
        : -1;
    const isLaunchLast = elsewhere < 0 && byLaunch >= byStream;
    const sinceLaunch = start - launchedAt;
    this.builder.link(
      launch,
      node,
      isLaunchLast ? sinceLaunch : Math.min(this.#latencyNs, sinceLaunch),
    );
    if (before >= 0) {
      const isLast = elsewhere < 0 && !isLaunchLast;
      const sinceFree = start - free;
      this.builder.link(
        this.#nodeOf[before],
        node,
        isLast ? sinceFree : Math.min(this.#gapNs, sinceFree),
      );
    }
    if (elsewhere >= 0) {
      this.builder.link(this.#nodeOf[elsewhere], node, start - this.#streams.endOf(elsewhere));
    }
    if (classes[work] === COMMUNICATION && this.#lastCompute >= 0) {
      this.#linkIfEnded(this.#lastCompute, work);
    }
    this.#lastCompute = classes[work] === COMPUTE ? work : this.#lastCompute;
    this.#last.set(spans.lane[work], work);
    this.#launched.push(work);
  }

  /** Collectives take what the compute before them made. */
  #linkIfEnded(before: SpanIndex, work: SpanIndex): void {
    const slack = this.rank.trace.spans.start[work] - this.#streams.endOf(before);
    if (slack >= -TOLERANCE_NS) {
      this.builder.link(this.#nodeOf[before], this.#nodeOf[work], Math.min(this.#gapNs, slack));
    }
  }

  /** A full queue holds the host up in a launch. */
  #waitForRoom(call: SpanIndex, launch: NodeIndex): void {
    const { spans } = this.rank.trace;
    const end = spans.start[call] + spans.duration[call];
    const isHeldUp = spans.duration[call] > LONG_LAUNCH_NS;
    const ahead = this.#launched.at(-1 - QUEUE_DEPTH) ?? -1;
    const awaited = isHeldUp ? this.#lastEnded(call) : ahead < 0 ? -1 : this.#streams.before[ahead];
    if (awaited >= 0 && this.#streams.endOf(awaited) <= end) {
      this.#resume(call, launch, [awaited]);
    }
  }

  /** The work that ended last in a call; -1 is none. */
  #lastEnded(call: SpanIndex): SpanIndex {
    const { spans } = this.rank.trace;
    const end = spans.start[call] + spans.duration[call];
    return this.#streams.lastEndedIn(-1, spans.start[call], end);
  }

  #wait(call: SpanIndex, launch: NodeIndex, works: readonly SpanIndex[]): void {
    const { spans } = this.rank.trace;
    const limit = spans.start[call] + spans.duration[call] + TOLERANCE_NS;
    const ended = works.filter((work) => this.#streams.endOf(work) <= limit);
    if (ended.length === works.length && works.length > 0) {
      this.#resume(call, launch, ended);
    }
  }

  /** The host goes on when the call's own time is over and these have ended. */
  #resume(call: SpanIndex, launch: NodeIndex, works: readonly SpanIndex[]): void {
    const { spans } = this.rank.trace;
    const start = spans.start[call];
    const end = start + spans.duration[call];
    const latest = works.reduce((most, work) => Math.max(most, this.#streams.endOf(work)), 0);
    const isHeldUp = latest > start;
    const node = this.#host.resume(call, end);
    const own = isHeldUp ? Math.min(CALL_NS, end - start) : end - start;
    this.builder.link(launch, node, own);
    for (const work of works) {
      const lag = isHeldUp ? end - latest : 0;
      this.builder.link(this.#nodeOf[work], node, Math.max(0, lag));
    }
  }

  /** What a waiting call waits for: all streams, or the one that was launched on last. */
  #awaited(call: SpanIndex, isWhole: boolean): readonly SpanIndex[] {
    if (isWhole) {
      return [...this.#last.values()];
    }
    const { spans } = this.rank.trace;
    const end = spans.start[call] + spans.duration[call];
    const last = this.#launched.at(-1);
    if (last !== undefined && this.#streams.endOf(last) <= end + TOLERANCE_NS) {
      return [last];
    }
    const candidates = this.#streams
      .endedAt(end)
      .filter((work) => this.#streams.endOf(work) > spans.start[call]);
    return candidates.sort((a, b) => this.#streams.endOf(b) - this.#streams.endOf(a)).slice(0, 1);
  }

  /** Work without a launch in the recording follows its stream, or begins when it did. */
  #linkOrphans(): void {
    const { trace, tables } = this.rank;
    for (const work of tables.work.order) {
      if (tables.partner[work] >= 0) {
        continue;
      }
      const before = this.#streams.before[work];
      const from = before < 0 ? this.#host.origin : this.#nodeOf[before];
      const lag = trace.spans.start[work] - this.builder.endOf(from);
      this.builder.link(from, this.#nodeOf[work], lag);
    }
  }

  /** A moment at which all this has ended. */
  #mark(time: Nanoseconds, works: readonly SpanIndex[], host?: NodeIndex): NodeIndex {
    const node = this.builder.add({
      rank: this.rank.row,
      span: -1,
      isWork: false,
      start: time,
      end: time,
    });
    for (const work of works) {
      this.builder.link(this.#nodeOf[work], node, 0);
    }
    if (host !== undefined) {
      this.builder.link(host, node, 0);
    }
    return node;
  }

  /** Starts and ends of steps on the host, ascending: those at which no work of the device ends. */
  #hostMarks(): Nanoseconds[] {
    const { steps, work } = this.rank.tables;
    const times = new Set([...steps.start, ...steps.end]);
    for (const each of work.order) {
      times.delete(this.#streams.endOf(each));
    }
    return [...times].sort((a, b) => a - b);
  }

  #firstTime(): Nanoseconds {
    const { trace, tables } = this.rank;
    const [firstWork] = tables.work.order;
    const firstCall = this.#calls.calls.at(0) ?? -1;
    return Math.min(
      tables.steps.start[0],
      trace.spans.start[firstWork],
      firstCall < 0 ? Infinity : trace.spans.start[firstCall],
    );
  }

  #typicalLatency(): Nanoseconds {
    const { trace, tables } = this.rank;
    const latencies: number[] = [];
    for (const work of tables.work.order) {
      const launch = tables.partner[work];
      const before = this.#streams.before[work];
      const free = before < 0 ? -Infinity : this.#streams.endOf(before);
      if (launch >= 0 && trace.spans.start[launch] > free) {
        latencies.push(trace.spans.start[work] - trace.spans.start[launch]);
      }
    }
    return latencies.length === 0 ? 0 : Math.max(0, median(latencies));
  }

  #typicalGap(): Nanoseconds {
    const { trace, tables } = this.rank;
    const gaps: number[] = [];
    for (const work of tables.work.order) {
      const before = this.#streams.before[work];
      const gap = before < 0 ? -1 : trace.spans.start[work] - this.#streams.endOf(before);
      if (gap >= 0 && gap < WAITS_ELSEWHERE_NS) {
        gaps.push(gap);
      }
    }
    return gaps.length === 0 ? 0 : median(gaps);
  }
}
