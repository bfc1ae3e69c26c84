import type { Finding } from '../../core/model/report.ts';
import { phaseOfFinding } from '../../core/source/finding-phase.ts';
import type { SourceCandidates } from '../../core/model/source-candidate.ts';

/** Where the cause of a finding may stand in the code. */
export function candidatesOf(finding: Finding): SourceCandidates {
  return {
    locations: finding.location === null ? [] : [finding.location],
    annotations: finding.annotations,
    phase: phaseOfFinding(finding.id),
  };
}
