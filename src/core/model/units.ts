/**
 * A time or a duration in nanoseconds, held in a double: exact to 2^53 ns, about 104 days.
 * Times of a trace count from its `originNs`, times of a run from the run's origin.
 */
export type Nanoseconds = number;

/** A row of {@link Spans}. */
export type SpanIndex = number;

/** A row of a string table; 0 is the empty string. */
export type StringId = number;

/** A row of a trace's lanes. */
export type LaneIndex = number;
