import type { Finding } from '../model/report.ts';
import type { StepColumns } from '../model/timeline.ts';

/** A rank this far behind the others in its last step, */
const MIN_BEHIND_NS = 5e9;
/** and by as many steps, is not only one whose lines come later. */
const MIN_BEHIND_STEPS = 5;

export interface RankBehind {
  readonly rank: number;
  readonly step: number;
  /** The last step of the others. */
  readonly othersStep: number;
}

export interface News {
  readonly findings: readonly Finding[];
  readonly ranks: readonly RankBehind[];
}

/**
 * What has come up in a run since it was first looked at: warnings and errors that two analyses in a row have and
 * none had before, and ranks that fell behind. Each is told once.
 */
export class RunNews {
  readonly #told = new Set<string>();
  #pending: ReadonlySet<string> = new Set();
  #isFirst = true;

  add(findings: readonly Finding[], steps: StepColumns): News {
    const current = new Map<string, Finding | RankBehind>();
    for (const finding of findings) {
      if (finding.severity !== 'info') {
        current.set(keyOf(finding), finding);
      }
    }
    for (const behind of ranksBehind(steps)) {
      current.set(`rank ${behind.rank}`, behind);
    }
    if (this.#isFirst) {
      this.#isFirst = false;
      for (const key of current.keys()) {
        this.#told.add(key);
      }
      return { findings: [], ranks: [] };
    }
    const fresh = [...current].filter(([key]) => !this.#told.has(key) && this.#pending.has(key));
    this.#pending = new Set(current.keys());
    fresh.forEach(([key]) => this.#told.add(key));
    const news = fresh.map(([, item]) => item);
    return {
      findings: news.filter((item): item is Finding => 'id' in item),
      ranks: news.filter((item): item is RankBehind => !('id' in item)),
    };
  }
}

/** Another rank that is slow is news, another step is not. */
function keyOf({ id, pattern, ranks }: Finding): string {
  return pattern === 'resource-imbalance' ? `${id} ${ranks.join()}` : id;
}

/** Ranks whose last step is much earlier than that of the rank that is furthest. */
export function ranksBehind({ length, rank, step, start, duration }: StepColumns): RankBehind[] {
  const lastByRank = new Map<number, { step: number; endNs: number }>();
  for (let i = 0; i < length; i++) {
    const endNs = start[i] + duration[i];
    const last = lastByRank.get(rank[i]);
    if (last === undefined || endNs > last.endNs) {
      lastByRank.set(rank[i], { step: step[i], endNs });
    }
  }
  const furthest = [...lastByRank.values()].reduce<{ step: number; endNs: number } | null>(
    (best, last) => (best === null || last.endNs > best.endNs ? last : best),
    null,
  );
  return furthest === null
    ? []
    : [...lastByRank]
        .filter(
          ([, last]) =>
            furthest.endNs - last.endNs >= MIN_BEHIND_NS &&
            furthest.step - last.step >= MIN_BEHIND_STEPS,
        )
        .map(([own, last]) => ({ rank: own, step: last.step, othersStep: furthest.step }));
}
