/** One collective as its ranks saw it. */
export interface CollectiveMatch {
  /** By row of the run's ranks; -1 where the rank does not have it. */
  readonly spans: Int32Array<ArrayBuffer>;
  /** Start and end by row of the run's ranks, in run time; NaN where the rank does not have it. */
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Number of the step; null outside of steps. */
  readonly step: number | null;
  readonly key: string;
}
