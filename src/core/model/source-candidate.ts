import type { Phase } from './phase.ts';

/** How a line of code was found. */
export type LocationHow = 'recorded' | 'stack' | 'annotation' | 'structure';

/**
 * What a frame called, where the trace tells the line of the frame's function but not that of the call.
 * Names are those of the trace, without addresses: `nn.Module: ResNet_0`, `torch/_tensor.py(570): backward`,
 * `<built-in method item of Tensor object>`.
 */
export interface CallClue {
  /** The callee, and what runs in it where that tells more: wrappers and decorators come first. */
  readonly names: readonly string[];
  /** What the frame called just before and after, in the order of time; only neighbours, the nearest last or first. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** A line as the trace gives it; the file may have been recorded on another machine. */
export interface SourceLocation {
  readonly file: string;
  /** From 1; of a frame, where its function begins, or where it stood when the profiler started. */
  readonly line: number;
  readonly column?: number;
  readonly how: LocationHow;
  /** The function that the frame runs. */
  readonly function?: string;
  /** Of a frame: the function itself is meant, whatever line of it the trace names. */
  readonly isFunction?: true;
  /** Absent where `line` is the line itself. */
  readonly call?: CallClue;
}

/** What a trace tells of the place of a span: best first; an annotation has only its name. */
export interface SourceCandidates {
  readonly locations: readonly SourceLocation[];
  /** Names of enclosing annotations, innermost first, to be looked up in the workspace's code. */
  readonly annotations: readonly string[];
  /** Where all else fails: the phase, to be looked up in a training loop that is recognized by its structure. */
  readonly phase?: Phase | null;
}
