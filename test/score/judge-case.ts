import { basename } from 'node:path';
import type { Finding, Report } from '../../src/core/model/report.ts';
import type { PlantedTrouble, SimulatedRun } from '../../src/simulator/simulated-run.ts';
import type { TroubleKind } from '../../src/simulator/trouble.ts';

/** What the report says of one planted trouble. */
export interface Judged {
  readonly kind: TroubleKind;
  /** Place among the findings, 0 is first; -1 is missed. */
  readonly place: number;
  /** Among the first as many findings as troubles are planted. */
  readonly isFound: boolean;
  /** Null where it was missed, or all ranks are alike. */
  readonly isRightRank: boolean | null;
  /** Null where it was missed, or the files name no line. */
  readonly isRightLine: boolean | null;
  /** Of the true saving; null where it was missed. */
  readonly savingError: number | null;
}

export interface CaseResult {
  readonly seed: number;
  readonly troubles: readonly Judged[];
  /** Ids of the findings of warning or error. */
  readonly alarms: readonly string[];
  /** Ids of the first findings that name none of what is planted. */
  readonly wrong: readonly string[];
  readonly failures: readonly string[];
}

export function judgeCase({ truth, seed }: SimulatedRun, report: Report): CaseResult {
  const { findings } = report;
  const planted = truth.troubles;
  const first = findings.slice(0, planted.length);
  return {
    seed,
    troubles: planted.map((trouble) => judge(trouble, findings, planted.length)),
    alarms: findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id),
    wrong: first
      .filter(({ id }) => !planted.some(({ detectors }) => detectors.includes(id)))
      .map(({ id }) => id),
    failures: report.failures.map(({ detector, message }) => `${detector}: ${message}`),
  };
}

function judge(planted: PlantedTrouble, findings: readonly Finding[], among: number): Judged {
  const place = findings.findIndex(({ id }) => planted.detectors.includes(id));
  const missed = { kind: planted.kind, place, isFound: false };
  if (place < 0) {
    return { ...missed, isRightRank: null, isRightLine: null, savingError: null };
  }
  const finding = findings[place];
  return {
    ...missed,
    isFound: place < among,
    isRightRank: judgeRank(planted, finding),
    isRightLine: judgeLine(planted, finding),
    savingError: judgeSaving(planted, finding),
  };
}

/** A straggler is one rank and no other; the rest must be among the ranks that are named. */
function judgeRank({ kind, ranks }: PlantedTrouble, finding: Finding): boolean | null {
  if (ranks.length === 0) {
    return null;
  }
  const namesAll = ranks.every((rank) => finding.ranks.includes(rank));
  return namesAll && (kind !== 'straggler' || finding.ranks.length === ranks.length);
}

function judgeLine({ place }: PlantedTrouble, { location }: Finding): boolean | null {
  if (!place.isWritten) {
    return null;
  }
  return (
    location !== null &&
    basename(location.file) === basename(place.file) &&
    [place.line, ...place.alsoRight].includes(location.line)
  );
}

/** By the mean step: what happens in some steps, or in bursts, is not in the typical one. */
function judgeSaving({ savingNs }: PlantedTrouble, finding: Finding): number | null {
  const trueNs = savingNs.mean;
  return trueNs <= 0 ? null : Math.abs(finding.savingNsPerStep - trueNs) / trueNs;
}
