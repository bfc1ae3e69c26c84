import type { Finding } from '../../model/report.ts';
import type { PythonCode } from '../python-code.ts';
import type { TextEdit } from '../text-edit.ts';

/** Where in a file a fix is wanted: the line of a finding, or the line that a person is on. */
export interface FixPlace {
  /** From 1. */
  readonly line: number;
}

/** An edit of a training script that answers a finding; one without edits is advice. */
export interface Fix {
  /** As on a button: `Load in 4 worker processes (num_workers=4)`. */
  readonly title: string;
  /** What it does, and when it may hurt; whole sentences. */
  readonly explanation: string;
  readonly edits: readonly TextEdit[];
  /** Where to read more. */
  readonly link?: string;
}

/**
 * What fixes belong together: all of one purpose can be applied at once; `alone` with no other.
 * `loading` ones are also offered at a loader without a finding.
 */
export type FixPurpose = 'loading' | 'waiting' | 'alone';

/** Knows one edit. Pure: the same code, place and finding give the same fix. */
export interface Fixer {
  /** The name of its file and its test. */
  readonly id: string;
  readonly purpose: FixPurpose;
  /** The findings that it answers. */
  readonly detectors: readonly string[];
  /** Null where it is done already, or the tree does not show that it is safe. */
  offer(code: PythonCode, place: FixPlace, finding: Finding | null): Fix | null;
}
