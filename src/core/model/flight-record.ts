/** What NCCL's flight recorder of one rank still knew of its collectives: mostly of a job that hangs. */
export interface FlightRecord {
  readonly groups: readonly FlightGroup[];
  /** In the order in which the rank asked for them. */
  readonly operations: readonly FlightOperation[];
}

/** A process group of the rank. */
export interface FlightGroup {
  readonly name: string;
  /** What the training code calls it; empty where it does not. */
  readonly description: string;
  /** Global ranks in the order of the group; empty where the file does not tell. */
  readonly ranks: readonly number[];
  /** Number of the last collective that the rank asked for, and of the last that it finished; -1 is none, null unknown. */
  readonly lastEnqueued: number | null;
  readonly lastCompleted: number | null;
}

export type FlightState = 'scheduled' | 'started' | 'completed';

/** A collective, or a message between two ranks, as one rank saw it. */
export interface FlightOperation {
  /** Row of the groups. */
  readonly group: number;
  /** Such as `all_reduce`, or `send 0->3` with ranks of the group. */
  readonly name: string;
  readonly isPointToPoint: boolean;
  /** Number in the order of the group's collectives, or of its messages; equal on all ranks for a collective. */
  readonly sequence: number;
  readonly state: FlightState;
  /** As text: `[4096, 5120]`, several joined by commas. */
  readonly inputSizes: string;
  readonly inputTypes: string;
  /** How long others wait before the job is stopped, in milliseconds; null where unknown. */
  readonly timeoutMs: number | null;
}
