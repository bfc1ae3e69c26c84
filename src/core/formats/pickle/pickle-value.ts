/** What a pickle holds, as plain data. Lists and dictionaries may hold themselves: never follow them without a limit. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>
  | InertObject;

/** What Python would have made by calling something: here nothing is called, and the name is a name. */
export class InertObject {
  /** What `__setstate__` would have got. */
  state: PickleValue = null;

  constructor(
    /** Such as `collections.OrderedDict`. */
    readonly name: string,
    /** What it would have been called with. */
    readonly parts: PickleValue,
  ) {}
}

export interface Pickle {
  /** Null where there is none. */
  readonly value: PickleValue;
  /** Where and why reading stopped early; `value` has what was complete until there. */
  readonly problem: PickleProblem | null;
}

export interface PickleProblem {
  readonly kind: 'cut' | 'refused';
  readonly byteOffset: number;
  readonly reason: string;
}
