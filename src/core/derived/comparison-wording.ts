import type { StepPart } from '../model/baseline.ts';
import type { ProfileComparison, RunComparison } from './compare-runs.ts';
import { formatTime } from './wording.ts';

const MAX_NAME_LENGTH = 28;
const MAX_PARTS = 3;
const MAX_DIFFERENCES = 5;
/** Smaller changes are not worth naming, as a share of the largest. */
const MIN_SHARE = 0.1;

/** For titles. */
export function shortName(name: string): string {
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH - 1)}…` : name;
}

export function namePart(part: StepPart): string {
  switch (part) {
    case 'idle':
      return 'idle time of the device';
    case 'unnamed':
      return 'time that no phase names';
    default:
      return `the phase ${part}`;
  }
}

/** Which phases the difference is in, the largest first; a sentence. */
export function describeChanges({
  changes,
  how,
}: Pick<ProfileComparison, 'changes' | 'how'>): string {
  const bySize = [...changes].sort((a, b) => Math.abs(b.deltaNs) - Math.abs(a.deltaNs));
  const least = MIN_SHARE * Math.abs(bySize[0]?.deltaNs ?? 0);
  const named = bySize
    .filter(({ deltaNs }) => deltaNs !== 0 && Math.abs(deltaNs) >= least)
    .slice(0, MAX_PARTS)
    .map(
      ({ part, deltaNs }) =>
        `${namePart(part)} takes ${formatTime(Math.abs(deltaNs))} ${deltaNs > 0 ? 'more' : 'less'}`,
    );
  return named.length === 0
    ? ''
    : `${how === 'median' ? 'In a typical step' : 'In the mean step'}, ${named.join(', ')}.`;
}

/** What the runs do not have in common; a sentence, or nothing. */
export function describeDifferences({ differences }: Pick<RunComparison, 'differences'>): string {
  const shown = differences.slice(0, MAX_DIFFERENCES).map(({ text }) => text);
  const more = differences.length - shown.length;
  return shown.length === 0
    ? ''
    : `Not the same: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

export function chanceOf({ pValue }: Pick<ProfileComparison, 'pValue'>): string {
  return pValue < 0.001 ? 'less than 1 in 1,000' : `1 in ${Math.round(1 / pValue)}`;
}

/** What two times are of. */
export function nameStep({ how }: Pick<ProfileComparison, 'how'>): string {
  return how === 'median' ? 'The median step' : 'A step, as the mean of stretches of steps,';
}
