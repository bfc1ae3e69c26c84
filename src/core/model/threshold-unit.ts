/** What the numbers of a threshold count, as the end of the setting's name tells. */
export type ThresholdUnit = 'percent' | 'ratio' | 'per-step' | 'median-steps' | 'number';

export function thresholdUnit(name: string): ThresholdUnit {
  if (name.endsWith('Percent')) {
    return 'percent';
  }
  if (/ratio$/i.test(name)) {
    return 'ratio';
  }
  if (name.endsWith('PerStep')) {
    return 'per-step';
  }
  return name.endsWith('Steps') ? 'median-steps' : 'number';
}
