import type { RunDerived } from '../derived/run-derived.ts';
import { nameRanks } from '../derived/hang/wording.ts';
import type { Finding, Report } from '../model/report.ts';

/** What dumps of the flight recorder say of the job; null where the run has none. */
export function judgeHang(
  { hang, ranks }: RunDerived,
  findings: readonly Finding[],
): Report['verdict'] | null {
  if (hang === null) {
    return null;
  }
  const { waiting } = hang;
  const first = findings.find(({ id }) => id === 'collective-hang');
  if (waiting.length === 0) {
    const text = 'No rank waits for another: all collectives in these dumps have ended.';
    return { kind: 'inconclusive', text, sharePercent: 0 };
  }
  const who =
    waiting.length === ranks.length && ranks.length > 1
      ? `all ${ranks.length} ranks`
      : nameRanks(waiting);
  const wait = `${who} ${waiting.length === 1 ? 'waits' : 'wait'} in collectives that have not ended`;
  return first === undefined
    ? {
        kind: 'inconclusive',
        text: `${wait.charAt(0).toUpperCase()}${wait.slice(1)}, and these dumps do not tell for whom. Analyze the dumps of all ranks together.`,
        sharePercent: 0,
      }
    : {
        kind: 'hung',
        text: `The job stands still: ${first.title.charAt(0).toLowerCase()}${first.title.slice(1)}, and ${wait}.`,
        sharePercent: 100,
      };
}
