import { toRunTime } from '../model/rank-clock.ts';
import type { RunDerived } from '../derived/run-derived.ts';
import { stepAt } from '../derived/step-windows.ts';
import type { FindingDraft } from '../detectors/finding-draft.ts';
import { MAX_EVIDENCE } from '../detectors/finding-draft.ts';
import type { Detected } from '../detectors/run-detectors.ts';
import type { Finding, SavingInterval, SavingIntervals } from '../model/report.ts';

/** Says of each finding which time its saving comes from; nothing where its detector claims none. */
export function explainSavings(
  findings: readonly Finding[],
  drafts: Detected['drafts'],
  run: RunDerived,
): Finding[] {
  return findings.map((finding) => {
    const own = drafts.filter(({ id }) => id === finding.id);
    const { draft } = own.find((one) => one.draft.evidence === finding.evidence) ?? own[0];
    const savingFrom = intervalsOf(draft, run);
    return savingFrom === null ? finding : { ...finding, savingFrom };
  });
}

function intervalsOf({ claims }: FindingDraft, run: RunDerived): SavingIntervals | null {
  const longest: SavingInterval[] = [];
  let count = 0;
  let totalNs = 0;
  claims.forEach((claim, row) => {
    const clock = run.alignment.clocks[row];
    const { rank, tables } = run.ranks[row];
    for (let i = 0; i < claim.length; i++) {
      const durationNs = claim.end[i] - claim.start[i];
      count++;
      totalNs += durationNs;
      if (longest.length < MAX_EVIDENCE || durationNs > longest[longest.length - 1].durationNs) {
        const step = stepAt(tables.steps, claim.start[i]);
        insert(longest, {
          rank,
          startNs: Math.round(toRunTime(clock, claim.start[i])),
          durationNs: Math.round(durationNs),
          step: step < 0 ? null : tables.steps.number[step],
        });
      }
    }
  });
  return count === 0
    ? null
    : { totalNs: Math.round(totalNs), count, longest, leftOut: count - longest.length };
}

/** Keeps the longest first, and not more than are shown. */
function insert(longest: SavingInterval[], interval: SavingInterval): void {
  const place = longest.findIndex(({ durationNs }) => durationNs < interval.durationNs);
  longest.splice(place < 0 ? longest.length : place, 0, interval);
  longest.splice(MAX_EVIDENCE);
}
