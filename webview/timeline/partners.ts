import type { Selection, SelectionDetails } from '../../src/core/model/timeline.ts';
import { selectionOf } from '../details/collective.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { asShown, shiftsOf } from './alignment.ts';
import { moveToRank } from './move-to.ts';

/** Another span that the selection belongs to. Run time. */
export interface Partner {
  readonly relation: string;
  readonly selection: Selection;
  readonly startNs: number;
  readonly durationNs: number;
}

/** What the arrows of the timeline lead to. */
export const FLOW_RELATIONS = ['Launched by', 'Launches', 'Backward', 'Forward'];

/** Of a view's width: a shorter span is brought nearer. */
const MIN_SHARE = 1 / 400;

/** The rank that came to the collective after it, around at the last; then its launch, kernel or backward pass. */
export function partnersOf({
  selection,
  related,
  collective,
}: SelectionDetails): readonly Partner[] {
  const partners: Partner[] = [];
  const arrivals = collective?.arrivals ?? [];
  const own = arrivals.findIndex(({ rank }) => rank === selection.rank);
  if (own >= 0) {
    const next = arrivals[(own + 1) % arrivals.length];
    partners.push({
      relation: `Same collective on rank ${next.rank}`,
      selection: selectionOf(next),
      startNs: next.startNs,
      durationNs: next.durationNs,
    });
  }
  for (const { relation, selection: other, startNs, durationNs } of related) {
    if (other !== null && FLOW_RELATIONS.includes(relation)) {
      partners.push({ relation, selection: other, startNs, durationNs });
    }
  }
  return partners;
}

/** Selects the first partner of the selection, or with `isOther` the second, and brings it into view. */
export function goToPartner(context: PageContext, isOther: boolean): void {
  const details = context.store.details.get();
  const partners = details === null ? [] : partnersOf(details);
  const partner = partners.at(isOther ? 1 : 0) ?? partners.at(0);
  if (partner === undefined) {
    context.store.notice.set(
      details === null
        ? 'Select a span first.'
        : 'Nothing launches this span, and it launches nothing; no other rank has it.',
    );
    return;
  }
  goToSpan(context, partner);
  context.store.announcement.set(partner.relation);
}

/** Selects a span, and moves the view to it where it is not in it, or too short to be seen. */
export function goToSpan(
  context: PageContext,
  { selection, startNs, durationNs }: Omit<Partner, 'relation'>,
): void {
  const { store } = context;
  store.selection.set(selection);
  const range = store.range.get();
  const shift = shiftsOf(store.alignment.get())(selection.rank);
  const span = asShown({ startNs, endNs: startNs + durationNs }, shift);
  const isSeen = span.startNs >= range.startNs && span.endNs <= range.endNs;
  if (!isSeen || durationNs < MIN_SHARE * (range.endNs - range.startNs)) {
    moveToRank(context, selection.rank, frameInterval(startNs, durationNs, 3));
  }
}
