/** What the program tells a shell or a CI job. */
export const EXIT_CODES = {
  fine: 0,
  failOnMet: 1,
  wrongUsage: 2,
  nothingReadable: 3,
  inconclusive: 4,
  /** A bug of ours; as in sysexits.h. */
  bug: 70,
  /** Standard output takes no more; as in sysexits.h. */
  outputLost: 74,
  /** As shells count a program that Ctrl+C ended. */
  interrupted: 130,
} as const;

/** The user asked for something that the program does not know. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The paths hold nothing that can be analyzed. */
export class NothingReadableError extends Error {
  override readonly name = 'NothingReadableError';
}
