/** What a trace is said to be of where the file tells nothing of it. */
export const UNKNOWN_ORIGIN = {
  rank: null,
  worldSize: null,
  backend: null,
  runName: null,
  script: null,
  devices: [],
} as const;
