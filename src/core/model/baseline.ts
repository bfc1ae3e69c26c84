import { type Phase, PHASES } from './phase.ts';
import type { SourceLocation } from './source-candidate.ts';
import type { Nanoseconds } from './units.ts';

/** What a step spends time in: a phase; idle time of the device that is of none; what no span of the host names. */
export type StepPart = Exclude<Phase, 'none'> | 'idle' | 'unnamed';

export const STEP_PARTS: readonly StepPart[] = [
  ...PHASES.filter((phase) => phase !== 'none'),
  'idle',
  'unnamed',
];

export interface PartTime {
  readonly part: StepPart;
  readonly timeNs: Nanoseconds;
}

/** How long a step takes, in one way of looking at it, and what it spends its time in. */
export interface StepProfile {
  readonly stepNs: Nanoseconds;
  /** What `stepNs` is the median of, but for differences between ranks. */
  readonly valuesNs: readonly Nanoseconds[];
  /** They sum to `stepNs`. */
  readonly parts: readonly PartTime[];
}

/** What an epoch holds, as the script recorded it. */
export interface EpochSize {
  /** Of one rank. */
  readonly steps: number;
  /** Of all ranks together; null where steps do not tell theirs. */
  readonly samples: number | null;
  /** Whether another epoch follows it; else there may be more. */
  readonly isWhole: boolean;
}

/** What a line of code took a step, over the analysed steps of all ranks. */
export interface LineTime {
  readonly name: string;
  readonly phase: Phase;
  readonly location: SourceLocation | null;
  readonly call?: string;
  readonly p50Ns: Nanoseconds;
  readonly meanNs: Nanoseconds;
}

/** What another run can be compared with, small enough to keep; a baseline is that of an earlier run. */
export interface RunSummary {
  readonly name: string;
  readonly files: readonly string[];
  readonly formats: readonly string[];
  /** How many took part; not all of them need have a file. */
  readonly rankCount: number;
  readonly deviceNames: readonly string[];
  /** False where the whole recording was taken as one step. */
  readonly hasSteps: boolean;
  /** The median step over the analysed steps of all ranks, and the half of the steps nearest to it; 0 without any. */
  readonly typical: StepProfile;
  /** The median of the means of equal stretches of steps, and all steps; null where there are too few. */
  readonly pace: StepProfile | null;
  /** Of one rank; null where it is not recorded. */
  readonly samplesPerStep: number | null;
  readonly epoch: EpochSize | null;
  /** What the script recorded of its configuration, values as text; null where it recorded nothing. */
  readonly config: ReadonlyMap<string, string> | null;
  /** The costliest lines; left out where nobody compares them. */
  readonly lines?: readonly LineTime[];
}
