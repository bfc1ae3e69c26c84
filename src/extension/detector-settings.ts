/** Ids of the detectors whose thresholds are settings. */
export function detectorIds(): readonly string[] {
  return [];
}
