import type { Phase } from './phase.ts';

/** How a line of code was found. */
export type LocationHow = 'recorded' | 'stack' | 'annotation' | 'structure';

/** A line as the trace gives it; the file may have been recorded on another machine. */
export interface SourceLocation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number;
  readonly how: LocationHow;
}

/** What a trace tells of the place of a span: best first; an annotation has only its name. */
export interface SourceCandidates {
  readonly locations: readonly SourceLocation[];
  /** Names of enclosing annotations, innermost first, to be looked up in the workspace's code. */
  readonly annotations: readonly string[];
  /** Where all else fails: the phase, to be looked up in a training loop that is recognized by its structure. */
  readonly phase?: Phase | null;
}
