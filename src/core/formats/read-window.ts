import type { ReadSteps, Trace } from '../model/trace.ts';
import type { ByteSource } from './byte-source.ts';
import type { Format, ReadOptions } from './format.ts';
import { StepSurvey, TimeSelection, type StepMark } from './trace/selection.ts';

/** Of what fits, so much is used: steps are not all alike. */
const FILLED_SHARE = 0.9;

interface Window {
  readonly interval: { readonly startNs: number; readonly endNs: number };
  readonly tailNs: number;
  readonly steps: ReadSteps | null;
}

/**
 * Reads of a file as many of its steps as `maxEvents` allow, from its middle, or the `steps` that are
 * asked for; where it has no steps, a part of its time. Goes through the file twice.
 */
export async function readWindow(
  source: ByteSource,
  format: Format,
  options: ReadOptions & { readonly maxEvents: number },
): Promise<Trace> {
  const survey = new StepSurvey();
  await format.read(source, { ...options, selection: survey });
  const window = chooseWindow(survey, options.maxEvents, options.steps ?? null);
  const selection = new TimeSelection(window.interval, window.tailNs);
  const trace = await format.read(source, { ...options, selection });
  const reason = describe(window, selection.takenCount, survey.eventCount);
  return {
    ...trace,
    readSteps: window.steps,
    problems: [{ kind: 'limited', byteOffset: 0, reason, excerpt: '' }, ...trace.problems],
  };
}

function chooseWindow(survey: StepSurvey, maxEvents: number, wanted: ReadSteps | null): Window {
  const marks = [...survey.marks].sort((a, b) => a.startNs - b.startNs);
  const share = Math.min(1, (FILLED_SHARE * maxEvents) / Math.max(1, survey.eventCount));
  if (marks.length === 0) {
    return { interval: middleOf(survey, share), tailNs: 0, steps: null };
  }
  // The tail costs about one step.
  const count = Math.max(1, Math.floor(share * marks.length) - 1);
  const first = Math.floor((marks.length - count) / 2);
  const asked = marks.filter(({ step }) => wanted !== null && isIn(step, wanted));
  const chosen = asked.length > 0 ? asked : marks.slice(first, first + count);
  return windowOf(chosen, marks);
}

function windowOf(chosen: readonly StepMark[], all: readonly StepMark[]): Window {
  const startNs = chosen.reduce((least, mark) => Math.min(least, mark.startNs), Infinity);
  const endNs = chosen.reduce((most, mark) => Math.max(most, mark.endNs), -Infinity);
  const first = chosen.reduce((least, { step }) => Math.min(least, step), Infinity);
  const last = chosen.reduce((most, { step }) => Math.max(most, step), 0);
  return {
    interval: { startNs, endNs },
    tailNs: (endNs - startNs) / chosen.length,
    steps: { first, last, of: all.length },
  };
}

function middleOf({ firstNs, lastNs }: StepSurvey, share: number): Window['interval'] {
  const middle = (firstNs + lastNs) / 2;
  const half = (share * (lastNs - firstNs)) / 2;
  return { startNs: middle - half, endNs: middle + half };
}

function isIn(step: number, { first, last }: ReadSteps): boolean {
  return step >= first && step <= last;
}

function describe({ steps, interval }: Window, taken: number, all: number): string {
  const seconds = (interval.endNs - interval.startNs) / 1e9;
  const what =
    steps === null
      ? `${seconds.toFixed(1)} s from the middle of the recording were`
      : steps.first === steps.last
        ? `Step ${steps.first} of ${numberText(steps.of)} steps was`
        : `Steps ${steps.first} to ${steps.last} of ${numberText(steps.of)} were`;
  return `${what} read, ${numberText(taken)} of ${numberText(all)} events: all of them would need more memory than is allowed. To read more, raise the setting trainingSleuth.memoryLimitMb (--memory-limit in a terminal), or record fewer steps.`;
}

function numberText(value: number): string {
  return value.toLocaleString('en-US');
}
