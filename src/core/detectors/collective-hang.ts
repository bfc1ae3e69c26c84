import type { RankOperation } from '../derived/hang/gather-groups.ts';
import { NO_INTERVALS } from '../derived/intervals.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededTables } from './detector.ts';
import { evidenceSourceOf, MAX_EVIDENCE, placeOf, spanEvidence } from './finding-draft.ts';
import { type HangStatement, stateHang } from './hang-drafts.ts';

const NEEDS = ['hang', 'steps', 'alignment', 'sourceOf'] as const;
type Name = (typeof NEEDS)[number];

export const collectiveHang = defineDetector({
  id: 'collective-hang',
  title: 'Ranks wait in a collective that never ends',
  needs: NEEDS,
  options: {
    waitingRanks: {
      default: 1,
      description:
        'So many ranks at least must wait in collectives that have not ended (one is enough to stop a job).',
      minimum: 1,
      maximum: 1_000_000,
    },
  },

  *detect(tables, { waitingRanks }) {
    const { hang } = tables;
    if (hang === null || hang.waiting.length < waitingRanks) {
      return;
    }
    for (const statement of stateHang(hang)) {
      const { evidence, ...said } = statement;
      yield {
        ...said,
        pattern: 'hidden-serialization',
        layer: 'orchestration',
        confidence: said.severity === 'error' ? 'high' : 'medium',
        steps: [],
        savingNsPerStep: 0,
        savingHow:
          'A job that stands still has no steps that could be shorter: nothing is saved, all of it is lost.',
        threshold: { name: 'waitingRanks', value: waitingRanks, measured: hang.waiting.length },
        evidence: evidence.slice(0, MAX_EVIDENCE).flatMap((one) => evidenceOf(tables, one) ?? []),
        ...placeOfStatement(tables, statement),
        claims: tables.ranks.map(() => NO_INTERVALS),
      };
    }
  },
});

function evidenceOf(tables: NeededTables<Name>, operation: RankOperation): Evidence | null {
  const found = spanOf(tables, operation);
  return found === null ? null : spanEvidence(evidenceSourceOf(found.rank, tables), found.span);
}

/** Where the code asked for it, if the dump has Python frames. */
function placeOfStatement(
  tables: NeededTables<Name>,
  { evidence }: HangStatement,
): ReturnType<typeof placeOf> {
  const found = evidence.length === 0 ? null : spanOf(tables, evidence[0]);
  return found === null
    ? { location: null, annotations: [] }
    : placeOf(found.rank.tables.sourceOf(found.span));
}

/** Spans of a dump have the number of their operation, from 1, as external id. */
function spanOf({ ranks }: NeededTables<Name>, { rank, row }: RankOperation) {
  const home = ranks.find((one) => one.rank === rank);
  const span = home?.trace.spans.externalId?.indexOf(row + 1) ?? -1;
  return home === undefined || span < 0 ? null : { rank: home, span };
}
