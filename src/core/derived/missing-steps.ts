import type { Steps } from '../model/tables.ts';

/** More are counted and not listed. */
const MAX_LISTED = 10_000;

/**
 * Numbers between the first and the last step that were not recorded, ascending; empty where steps are not numbered one
 * by one, as in logs with a line every ten steps and in samples of a job.
 */
export function findMissingSteps({ number, length, how }: Steps): readonly number[] {
  if (how === 'period' || how === 'whole') {
    return [];
  }
  const numbers = [...new Set(number.subarray(0, length))].sort((a, b) => a - b);
  const byOne = numbers.filter((step, i) => i > 0 && step === numbers[i - 1] + 1).length;
  if (2 * byOne < numbers.length - 1) {
    return [];
  }
  const missing: number[] = [];
  for (let i = 1; i < numbers.length; i++) {
    for (let step = numbers[i - 1] + 1; step < numbers[i] && missing.length < MAX_LISTED; step++) {
      missing.push(step);
    }
  }
  return missing;
}
