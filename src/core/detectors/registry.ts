import type { Detector, SettingValues, Settings } from './detector.ts';

/** Every detector, by id. */
export const DETECTORS: readonly Detector[] = [];

/** The thresholds of every detector by its id; the extension shows them as settings. */
export function detectorSettings(): Readonly<Record<string, Settings>> {
  return Object.fromEntries(DETECTORS.map(({ id, options }) => [id, options]));
}

/** Thresholds by detector and name; what is left out keeps its default. */
export type DetectorOptions = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function valuesOf(detector: Detector, changed: DetectorOptions): SettingValues {
  const own = changed[detector.id] ?? {};
  return Object.fromEntries(
    Object.entries(detector.options).map(([name, setting]) => {
      const value = own[name];
      return [name, value !== undefined && Number.isFinite(value) ? value : setting.default];
    }),
  );
}
