import type { BaselineReport, Report } from '../core/model/report.ts';
import { EXIT_CODES } from './exit-code.ts';

/** The answers of a comparison; others say why there is none. */
const COMPARED: readonly BaselineReport['standing'][] = ['slower', 'faster', 'same'];

export interface Gate {
  /** The least severity that fails; null is no gate. */
  readonly failOn: 'warning' | 'error' | null;
  /** Whether a baseline was named: then the gate asks about it as well. */
  readonly needsBaseline: boolean;
}

/** What the report means for a gate. */
export function exitCodeOf(
  { findings, verdict, baseline }: Pick<Report, 'findings' | 'verdict' | 'baseline'>,
  { failOn, needsBaseline }: Gate,
): number {
  if (failOn === null) {
    return EXIT_CODES.fine;
  }
  const fails = failOn === 'error' ? ['error'] : ['error', 'warning'];
  if (findings.some(({ severity }) => fails.includes(severity))) {
    return EXIT_CODES.failOnMet;
  }
  const isCompared = COMPARED.includes(baseline?.standing ?? 'no-steps');
  return verdict.kind === 'inconclusive' || (needsBaseline && !isCompared)
    ? EXIT_CODES.inconclusive
    : EXIT_CODES.fine;
}
