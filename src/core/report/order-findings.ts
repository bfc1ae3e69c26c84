import {
  differenceOf,
  type Intervals,
  lengthOf,
  NO_INTERVALS,
  unionOf,
} from '../derived/intervals.ts';
import type { Repair } from '../derived/replay/repair.ts';
import type { StepReplay } from '../derived/replay/step-replay.ts';
import type { Detected } from '../detectors/run-detectors.ts';
import type { FindingDraft, Generality } from '../detectors/finding-draft.ts';
import type { Finding, Severity } from '../model/report.ts';
import { explainReplayedSaving, sayWhatIf } from './replay-run.ts';

/** The most specific findings take their part first. */
const GENERALITIES: readonly Generality[] = [-1, 0, 1, 2, 3];

/** Below this share of what a finding says that is lost, a decisive replay says that nothing is. */
const REFUTED = 0.2;

const WEIGHT: Readonly<Record<Severity, number>> = { error: 2, warning: 1, info: 0 };

interface Candidate {
  readonly id: string;
  readonly draft: FindingDraft;
  readonly totalClaim: number;
}

/** What findings above took. */
interface Taken {
  /** By row of ranks. */
  readonly claims: Intervals[];
  /** Of the step, by the bounds of the detectors; ranks of different speed may claim more than it has. */
  leftNs: number;
  /** Of the step, by what is handed out. */
  unsavedNs: number;
  /** What is repaired in the replay of the steps, and what that saves together; null until asked for. */
  readonly repairs: Repair[];
  repairedNs: number | null;
}

export interface StepMeasure {
  readonly medianStepNs: number;
  /** What all savings together may reach and are shares of: the mean step, or the median where that is longer. */
  readonly stepBudgetNs: number;
}

/**
 * Orders findings by the saving that remains after those above took theirs; no time counts twice. With a replay of the
 * steps, a finding that says what its fix changes saves what the replay of that and of all fixes before gives.
 */
export function orderFindings(
  drafts: Detected['drafts'],
  measure: StepMeasure,
  replay: StepReplay | null = null,
): Finding[] {
  const candidates = drafts.map(({ id, draft }) => ({
    id,
    draft,
    totalClaim: claimOf(draft.claims),
  }));
  const taken: Taken = {
    claims: [],
    leftNs: measure.stepBudgetNs,
    unsavedNs: measure.stepBudgetNs,
    repairs: [],
    repairedNs: 0,
  };
  const findings = GENERALITIES.flatMap((generality) =>
    pick(
      candidates.filter(({ draft }) => generalityOf(draft) === generality),
      taken,
      measure,
      replay,
    ),
  );
  return findings
    .map((finding) => ({
      ...finding,
      savingPercent: percentOf(finding.savingNsPerStep, measure.stepBudgetNs),
    }))
    .sort((a, b) => b.savingPercent - a.savingPercent || WEIGHT[b.severity] - WEIGHT[a.severity]);
}

function percentOf(timeNs: number, wholeNs: number): number {
  return wholeNs > 0 ? (100 * timeNs) / wholeNs : 0;
}

function generalityOf({ generality, reassess }: FindingDraft): Generality {
  return generality ?? (reassess === undefined ? 0 : 1);
}

function pick(
  candidates: readonly Candidate[],
  taken: Taken,
  { medianStepNs }: StepMeasure,
  replay: StepReplay | null,
): Finding[] {
  const left = [...candidates];
  const findings: Finding[] = [];
  while (left.length > 0) {
    const savings = left.map((candidate) => remainingSaving(candidate, taken));
    const best = bestOf(left, savings);
    const [candidate] = left.splice(best, 1) as [Candidate];
    const bound = percentOf(Math.round(savings[best]), medianStepNs);
    const changes = candidate.draft.reassess?.(bound, taken.claims);
    if (changes === null) {
      continue;
    }
    const replayed = replay === null ? null : replayRepair(candidate.draft, taken, replay);
    if (replayed?.isRefuted === true) {
      taken.repairs.pop();
      taken.repairedNs = null;
      continue;
    }
    const saving = Math.min(taken.unsavedNs, replayed?.savingNs ?? savings[best]);
    const savingNsPerStep = Math.round(saving);
    findings.push({
      ...toFinding(candidate),
      ...changes,
      ...replayed?.told,
      savingNsPerStep,
      savingPercent: 0,
    });
    candidate.draft.claims.forEach((claim, row) => {
      taken.claims[row] = unionOf(taken.claims[row] ?? NO_INTERVALS, claim);
    });
    taken.leftNs -= Math.round(savings[best]);
    taken.unsavedNs -= savingNsPerStep;
  }
  return findings;
}

interface Replayed {
  readonly savingNs: number;
  readonly isRefuted: boolean;
  readonly told: Partial<Finding>;
}

/**
 * What a repair saves beyond those before it; null for a finding that does not say what its fix changes: what it
 * claims is taken out of the replay for those that come after.
 */
function replayRepair(
  { repair, claims, savingNsPerStep }: FindingDraft,
  taken: Taken,
  replay: StepReplay,
): Replayed | null {
  if (repair === undefined) {
    taken.repairs.push({ condition: '', changes: [{ kind: 'cut', intervals: claims }] });
    taken.repairedNs = null;
    return null;
  }
  const beforeNs = taken.repairedNs ?? replay.savingNs(taken.repairs);
  const aloneNs = replay.savingNs([repair]);
  const isFirst = taken.repairs.push(repair) === 1;
  const togetherNs = isFirst ? aloneNs : replay.savingNs(taken.repairs);
  const savingNs = Math.max(0, Math.min(aloneNs, togetherNs - beforeNs));
  taken.repairedNs = Math.max(beforeNs, togetherNs);
  const whatIf = sayWhatIf(repair.condition, aloneNs, replay);
  const savingHow = explainReplayedSaving(repair.condition, replay);
  const isRefuted = repair.isDecisive === true && aloneNs < REFUTED * savingNsPerStep;
  return { savingNs, isRefuted, told: whatIf === null ? { savingHow } : { savingHow, whatIf } };
}

function toFinding({ id, draft }: Candidate): Finding {
  return {
    id,
    title: draft.title,
    pattern: draft.pattern,
    layer: draft.layer,
    severity: draft.severity,
    confidence: draft.confidence,
    ranks: draft.ranks,
    steps: draft.steps,
    savingPercent: 0,
    savingNsPerStep: 0,
    savingHow: draft.savingHow,
    threshold: draft.threshold,
    evidence: draft.evidence,
    location: draft.location,
    annotations: draft.annotations,
    why: draft.why,
    advice: draft.advice,
  };
}

function bestOf(left: readonly Candidate[], savings: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < left.length; i++) {
    const difference = savings[i] - savings[best];
    const weight = (candidate: Candidate | undefined): number =>
      WEIGHT[candidate?.draft.severity ?? 'info'];
    if (difference > 0 || (difference === 0 && weight(left[i]) > weight(left[best]))) {
      best = i;
    }
  }
  return best;
}

function remainingSaving({ draft, totalClaim }: Candidate, { claims, leftNs }: Taken): number {
  if (totalClaim === 0) {
    return Math.min(leftNs, draft.savingNsPerStep);
  }
  const remaining = draft.claims.reduce(
    (sum, claim, row) => sum + lengthOf(differenceOf(claim, claims[row] ?? NO_INTERVALS)),
    0,
  );
  return Math.min(leftNs, (draft.savingNsPerStep * remaining) / totalClaim);
}

function claimOf(claims: readonly Intervals[]): number {
  return claims.reduce((sum, claim) => sum + lengthOf(claim), 0);
}
