import type { SimulationConfig } from './simulation-config.ts';
import type { Trouble, TroubleKind } from './trouble.ts';

/** A run whose every cause is known. Plain data; what its files say is told by `kinetoOf` and `spansOf`. */
export interface SimulatedRun {
  readonly config: SimulationConfig;
  readonly seed: number;
  /** By rank, then by step: when the step's work has ended on host and device, on the true clock. */
  readonly stepEnds: readonly Float64Array[];
  /** By collective: when it has ended on all ranks, on the true clock. */
  readonly collectiveEnds: Float64Array;
  readonly truth: Truth;
}

export interface Truth {
  readonly simulated: true;
  /** With all troubles. */
  readonly stepTime: TrueStepTime;
  /** Without any, from the same random draws. */
  readonly healthyStepTime: TrueStepTime;
  readonly troubles: readonly PlantedTrouble[];
  /** By rank: what its clock shows at the start, and how fast it runs, against the true one. */
  readonly clocks: readonly { readonly offsetNs: number; readonly driftPpm: number }[];
}

/** Times between the ends of successive steps, median and mean over them, then the median over ranks; the first step left out. */
export interface TrueStepTime {
  readonly p50Ns: number;
  readonly meanNs: number;
}

export interface PlantedTrouble {
  readonly kind: TroubleKind;
  readonly trouble: Trouble;
  /** Detectors that name it, the most fitting first. */
  readonly detectors: readonly string[];
  /** Where its cause is; empty where all ranks are alike. */
  readonly ranks: readonly number[];
  /** Steps that it makes longer; null is all of them. */
  readonly steps: readonly number[] | null;
  readonly place: TruePlace;
  /** Whether what is written tells of its kind at all: a span around the forward pass says nothing of kernels. */
  readonly isTold: boolean;
  /** Of the run without this trouble but with all others, from the same random draws. */
  readonly stepTimeWithout: TrueStepTime;
  readonly savingNs: { readonly p50: number; readonly mean: number };
}

/** The culprit in `train.py`. */
export interface TruePlace {
  readonly file: string;
  /** Of the statement. */
  readonly line: number;
  /** Lines that are right as well: of the function that holds it, which is what frames tell, and of the loop that waits for it. */
  readonly alsoRight: readonly number[];
  /** Whether what is written names one of these lines. */
  readonly isWritten: boolean;
}
