/** What the CUDA driver says of a device, as traces show it. */
export interface DeviceProperties {
  readonly id: number;
  readonly name: string;
  readonly totalGlobalMem: number;
  readonly computeMajor: number;
  readonly computeMinor: number;
  readonly maxThreadsPerBlock: number;
  readonly maxThreadsPerMultiprocessor: number;
  readonly regsPerBlock: number;
  readonly warpSize: number;
  readonly sharedMemPerBlock: number;
  readonly numSms: number;
  readonly regsPerMultiprocessor: number;
  readonly sharedMemPerBlockOptin: number;
  readonly sharedMemPerMultiprocessor: number;
}

/** By a part of the name; from the `deviceProperties` of public traces. */
const KNOWN: readonly [
  RegExp,
  Pick<
    DeviceProperties,
    'totalGlobalMem' | 'computeMajor' | 'computeMinor' | 'numSms' | 'sharedMemPerMultiprocessor'
  >,
][] = [
  [
    /V100/,
    {
      totalGlobalMem: 34084028416,
      computeMajor: 7,
      computeMinor: 0,
      numSms: 80,
      sharedMemPerMultiprocessor: 98304,
    },
  ],
  [
    /A100/,
    {
      totalGlobalMem: 42297524224,
      computeMajor: 8,
      computeMinor: 0,
      numSms: 108,
      sharedMemPerMultiprocessor: 167936,
    },
  ],
  [
    /./,
    {
      totalGlobalMem: 85028634624,
      computeMajor: 9,
      computeMinor: 0,
      numSms: 132,
      sharedMemPerMultiprocessor: 233472,
    },
  ],
];

export function devicePropertiesOf(name: string, id: number): DeviceProperties {
  const known = KNOWN.find(([pattern]) => pattern.test(name))?.[1] ?? KNOWN[KNOWN.length - 1][1];
  return {
    id,
    name,
    totalGlobalMem: known.totalGlobalMem,
    computeMajor: known.computeMajor,
    computeMinor: known.computeMinor,
    maxThreadsPerBlock: 1024,
    maxThreadsPerMultiprocessor: 2048,
    regsPerBlock: 65536,
    warpSize: 32,
    sharedMemPerBlock: 49152,
    numSms: known.numSms,
    regsPerMultiprocessor: 65536,
    sharedMemPerBlockOptin: known.sharedMemPerMultiprocessor - 1024,
    sharedMemPerMultiprocessor: known.sharedMemPerMultiprocessor,
  };
}
