import type { EpochSize, PartTime, RunSummary, StepPart, StepProfile } from '../model/baseline.ts';
import { PHASES } from '../model/phase.ts';
import type { EpochRecord } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';
import type { RankTrace } from '../model/run.ts';
import type { RankDerived } from './rank-derived.ts';
import { mean, median } from './statistics.ts';

/** As many as the test of Mann and Whitney can be sure with, and a few more. */
const STRETCHES = 10;
/** Shorter stretches would miss what every fourth step waits for. */
const MIN_STRETCH = 4;

interface SummarizedRank extends RankTrace {
  readonly tables: Pick<RankDerived, 'steps' | 'phaseTimes' | 'busy'>;
}

/** The analysed steps of one rank. */
interface StepsOfRank {
  readonly rows: readonly number[];
  readonly durations: Float64Array;
}

/** What another run can be compared with. */
export function summarizeRun(
  name: string,
  {
    ranks,
    analyzed,
    medianStepNs,
  }: {
    readonly ranks: readonly SummarizedRank[];
    readonly analyzed: readonly StepsOfRank[];
    readonly medianStepNs: Nanoseconds;
  },
): RunSummary {
  const metas = ranks.map(({ trace }) => trace.meta);
  const stepsNs = stepsOverRanks(ranks, analyzed);
  return {
    name,
    files: [...new Set(ranks.flatMap(({ file, otherFiles = [] }) => [file, ...otherFiles]))],
    formats: [...new Set(metas.map(({ format }) => format))].sort(),
    rankCount: metas.reduce((most, { worldSize }) => Math.max(most, worldSize ?? 0), ranks.length),
    deviceNames: [
      ...new Set(metas.flatMap(({ devices }) => devices.map((one) => one.name))),
    ].sort(),
    hasSteps: ranks.every(({ tables }) => tables.steps.how !== 'whole'),
    typical: {
      stepNs: medianStepNs,
      valuesNs: stepsNs,
      parts: partsOf(ranks, analyzed, medianStepNs, halfNearestTo(medianStepNs, analyzed)),
    },
    pace: paceOf(ranks, analyzed, stepsNs),
    samplesPerStep: samplesPerStep(metas.map(({ epochs = [] }) => epochs)),
    epoch: epochSize(metas.map(({ epochs = [] }) => epochs)),
    config: metas.find(({ config }) => config !== undefined)?.config ?? null,
  };
}

function stepsOverRanks(
  ranks: readonly SummarizedRank[],
  analyzed: readonly StepsOfRank[],
): readonly Nanoseconds[] {
  const byNumber = new Map<number, Nanoseconds[]>();
  ranks.forEach(({ tables: { steps } }, rank) => {
    const { rows, durations } = analyzed[rank];
    rows.forEach((row, i) => {
      const number = steps.number[row];
      const known = byNumber.get(number);
      if (known === undefined) {
        byNumber.set(number, [durations[i]]);
      } else {
        known.push(durations[i]);
      }
    });
  });
  return [...byNumber].sort(([a], [b]) => a - b).map(([, durations]) => median(durations));
}

/** Where some steps are slow again and again, as where a loader of several workers does not keep up, all stretches are. */
function paceOf(
  ranks: readonly SummarizedRank[],
  analyzed: readonly StepsOfRank[],
  stepsNs: readonly Nanoseconds[],
): StepProfile | null {
  if (stepsNs.length < STRETCHES * MIN_STRETCH) {
    return null;
  }
  const valuesNs = Array.from({ length: STRETCHES }, (_, i) => {
    const [first, end] = [i, i + 1].map((edge) => Math.round((edge * stepsNs.length) / STRETCHES));
    return mean(stepsNs.slice(first, end));
  });
  const stepNs = median(valuesNs);
  return { stepNs, valuesNs, parts: partsOf(ranks, analyzed, stepNs, () => true) };
}

function halfNearestTo(
  medianStepNs: Nanoseconds,
  analyzed: readonly StepsOfRank[],
): (durationNs: Nanoseconds) => boolean {
  const distanceOf = (durationNs: Nanoseconds): number => Math.abs(durationNs - medianStepNs);
  const farthest = median(analyzed.flatMap(({ durations }) => Array.from(durations, distanceOf)));
  return (durationNs) => distanceOf(durationNs) <= farthest;
}

/** What some of the steps spend their time in, scaled to sum to `stepNs`. */
function partsOf(
  ranks: readonly SummarizedRank[],
  analyzed: readonly StepsOfRank[],
  stepNs: Nanoseconds,
  isCounted: (durationNs: Nanoseconds) => boolean,
): readonly PartTime[] {
  const totals = new Map<StepPart, Nanoseconds>();
  const add = (part: StepPart, timeNs: Nanoseconds): void => {
    totals.set(part, (totals.get(part) ?? 0) + timeNs);
  };
  let wholeNs = 0;
  ranks.forEach(({ tables: { phaseTimes, busy } }, rank) => {
    const { rows, durations } = analyzed[rank];
    rows.forEach((row, i) => {
      if (!isCounted(durations[i])) {
        return;
      }
      wholeNs += durations[i];
      let left = durations[i];
      PHASES.forEach((phase, index) => {
        if (phase !== 'none') {
          add(phase, phaseTimes[index][row]);
          left -= phaseTimes[index][row];
        }
      });
      add(busy.length > 0 ? 'idle' : 'unnamed', left);
    });
  });
  const scale = wholeNs === 0 ? 0 : stepNs / wholeNs;
  return [...totals]
    .filter(([, timeNs]) => timeNs !== 0)
    .map(([part, timeNs]) => ({ part, timeNs: timeNs * scale }));
}

function samplesPerStep(ranks: readonly (readonly EpochRecord[])[]): number | null {
  const records = ranks.flat();
  const steps = records.reduce((sum, record) => sum + record.steps, 0);
  const samples = records.reduce((sum, record) => sum + (record.samples ?? NaN), 0);
  return steps === 0 || Number.isNaN(samples) ? null : samples / steps;
}

/** Null where a rank names no epochs. */
function epochSize(ranks: readonly (readonly EpochRecord[])[]): EpochSize | null {
  const sizes = ranks.map((records) => epochOfRank(records.filter(({ epoch }) => epoch !== null)));
  const known = sizes.filter((size) => size !== null);
  if (known.length === 0 || known.length < sizes.length) {
    return null;
  }
  const samples = known.reduce((sum, size) => sum + (size.samples ?? NaN), 0);
  return {
    steps: mean(known.map(({ steps }) => steps)),
    samples: Number.isNaN(samples) ? null : samples,
    isWhole: known.every(({ isWhole }) => isWhole),
  };
}

/** The last epoch may not have ended; the first may have been begun before the recording. */
function epochOfRank(records: readonly EpochRecord[]): EpochSize | null {
  if (records.length === 0) {
    return null;
  }
  const ended = records.slice(0, -1);
  const whole = ended.length > 1 ? ended.slice(1) : ended;
  const counted = whole.length === 0 ? records : whole;
  const samples = counted.map((record) => record.samples).filter((count) => count !== null);
  return {
    steps: median(counted.map(({ steps }) => steps)),
    samples: samples.length < counted.length ? null : median(samples),
    isWhole: whole.length > 0,
  };
}
