import type { Phase } from '../model/phase.ts';

/** How the code trains; what is told of a framework is told by its idiom. */
export type TrainingIdiom =
  'loop' | 'accelerate' | 'deepspeed' | 'lightning' | 'trainer' | 'jax' | 'tensorflow';

/** A statement, or the head of one, that does the work of a phase. Offsets are into the text. */
export interface PhaseSite {
  readonly phase: Phase;
  /** Of the call or head that does it, from 1. */
  readonly line: number;
  /** The whole statement; of a compound one its head, up to the colon. */
  readonly from: number;
  readonly to: number;
  /** As a person would point at it: `loss.backward()`. */
  readonly what: string;
  readonly certainty: 'sure' | 'likely';
  /** The one to point at for the phase; a loop has one such site of each phase at most. */
  readonly isMain: boolean;
  /** False for what is done between the loops: the validation and the checkpoints of an epoch. */
  readonly isInLoop: boolean;
}

/** A loop over batches, or a function that a framework calls once a batch. */
export interface TrainingLoop {
  readonly idiom: TrainingIdiom;
  /** Of the `for`, the `while` or the `def`, from 1; of a framework's own loop the call that starts it. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** The function around the loop, or the hook itself; null at the top of a script. */
  readonly functionName: string | null;
  /** The expression that batches come from; null where a framework or a call inside the loop gives them. */
  readonly batches: { readonly from: number; readonly to: number } | null;
  /**
   * In the order of the text; of loading, the head of the loop or the `next(…)`. Of a helper of the
   * same file that the loop calls, the statements in the helper, outside of `from` and `to`.
   */
  readonly sites: readonly PhaseSite[];
  readonly certainty: 'sure' | 'likely';
}
