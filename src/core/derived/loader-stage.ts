import type { SourceLocation } from '../model/source-candidate.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { isUserFile, parseFrame } from '../model/python-frame.ts';
import { Coverage, lengthOf } from './intervals.ts';
import type { LoaderWaits } from './loader-waits.ts';
import { laneRange } from './lane-range.ts';

const PYTHON = categoryIndex('python');
const RECORDED = categoryIndex('recorded');
const ANNOTATION = categoryIndex('annotation');

/** A stage that fills less than this share of the wait is not what makes it long (DETECTORS.md, data-slow-stage). */
const MIN_SHARE = 0.5;
/** What lies less inside the waits is what waits: the training loop around them. */
const MIN_INSIDE = 0.9;

/** The function or span of the user that most of the loader's waits are spent in. */
export interface LoaderStage {
  readonly name: string;
  readonly location: SourceLocation | null;
  /** Of the waits, 0 to 1. */
  readonly share: number;
}

/** The innermost inside the waits of the main thread that fills at least half of them; null where there is none. */
export function findLoaderStage(
  trace: Trace,
  mainLane: LaneIndex,
  { spans: waitSpans, waits }: Pick<LoaderWaits, 'spans' | 'waits'>,
): LoaderStage | null {
  const total = lengthOf(waits);
  const coverage = new Coverage(waits);
  const { first, end } = laneRange(trace, mainLane);
  const { spans } = trace;
  const waitNames = new Set(Array.from(waitSpans, (span) => spans.name[span]));
  const timeByName = new Map<
    number,
    { time: number; until: number; typical: number; example: number }
  >();
  for (let i = first; i < end && total > 0; i++) {
    const category = spans.category[i];
    const isStage = category === PYTHON || category === RECORDED || category === ANNOTATION;
    if (!isStage || waitNames.has(spans.name[i])) {
      continue;
    }
    const from = spans.start[i];
    const until = from + spans.duration[i];
    const stage = timeByName.get(spans.name[i]) ?? {
      time: 0,
      until: -Infinity,
      typical: 0,
      example: i,
    };
    if (until > stage.until && coverage.within(from, until) >= MIN_INSIDE * (until - from)) {
      stage.time += coverage.within(Math.max(from, stage.until), until);
      stage.until = until;
      stage.typical = Math.max(stage.typical, spans.duration[i]);
      timeByName.set(spans.name[i], stage);
    }
  }
  return (
    [...timeByName.values()]
      .filter(({ time }) => time >= MIN_SHARE * total)
      .sort((a, b) => a.typical - b.typical)
      .map(({ time, example }) => describe(trace, example, time / total))
      .find((stage) => stage !== null) ?? null
  );
}

function describe({ spans, strings }: Trace, i: number, share: number): LoaderStage | null {
  const name = strings[spans.name[i]];
  if (spans.category[i] === PYTHON) {
    const frame = parseFrame(name);
    return frame === null || !isUserFile(frame.file)
      ? null
      : {
          name: frame.function,
          location: { file: frame.file, line: frame.line, how: 'stack' },
          share,
        };
  }
  if (
    spans.category[i] !== RECORDED ||
    spans.file === null ||
    spans.line === null ||
    spans.line[i] === 0
  ) {
    return null;
  }
  return {
    name,
    location: { file: strings[spans.file[i]], line: spans.line[i], how: 'recorded' },
    share,
  };
}
