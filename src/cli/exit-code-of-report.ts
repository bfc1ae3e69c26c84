import type { Report } from '../core/model/report.ts';
import { EXIT_CODES } from './exit-code.ts';

/** What the report means for a gate; without `failOn` there is none. */
export function exitCodeOf(
  { findings, verdict }: Pick<Report, 'findings' | 'verdict'>,
  failOn: 'warning' | 'error' | null,
): number {
  if (failOn === null) {
    return EXIT_CODES.fine;
  }
  const fails = failOn === 'error' ? ['error'] : ['error', 'warning'];
  if (findings.some(({ severity }) => fails.includes(severity))) {
    return EXIT_CODES.failOnMet;
  }
  return verdict.kind === 'inconclusive' ? EXIT_CODES.inconclusive : EXIT_CODES.fine;
}
