/** Standard output or standard error. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly version: string;
  /** The folder of the bundles, of which pages are made. */
  readonly bundles: URL;
  /** Colors, where the terminal has them. */
  readonly allowsColor: boolean;
  readonly nowMs: () => number;
}

/** Width of what is not read at a terminal, or at one that does not tell its size. */
const DEFAULT_COLUMNS = 100;

/** Some terminals say that they have none. */
export function columnsOf({ columns = 0 }: Output): number {
  return columns > 0 ? columns : DEFAULT_COLUMNS;
}
