interface NcclOptions {
  readonly ranks?: number;
  /** All-reduces of each rank. */
  readonly count?: number;
  /** Whether CUPTI told when kernels ran. */
  readonly hasKernels?: boolean;
  /** How much later than the rank before each rank launches, in microseconds. */
  readonly staggerUs?: number;
}

const ZERO_US = 8_993_953_000_000;

/** What a plug-in for NCCL's profiler writes of one process with several ranks: each all-reduce ends on all at once. */
export function writeNcclLines({
  ranks = 2,
  count = 2,
  hasKernels = true,
  staggerUs = 10,
}: NcclOptions = {}): string {
  const lines: object[] = [];
  const at = (us: number, tid = 70): object => ({ ts: ZERO_US + us, pid: 7, tid });
  const own = (rank: number): object => ({
    gpuUuid: `gpu-${'abcdefgh'[rank]}`,
    commId: '#8612235153520363772#',
    rank,
  });
  for (let rank = 0; rank < ranks; rank++) {
    const details = { nranks: ranks, commName: '' };
    lines.push({
      type: 'ProfilerLifecycle',
      func: 'ProfilerInit',
      ...own(rank),
      start: at(0),
      stop: at(0),
      duration: 0,
      details,
    });
    // A communicator of half of them, in which ranks are other numbers.
    lines.push({
      type: 'ProfilerLifecycle',
      func: 'ProfilerInit',
      ...own(rank),
      commId: 5,
      rank: 0,
      start: at(0),
      stop: at(0),
      duration: 0,
      details: { nranks: 1 },
    });
  }
  for (let i = 0; i < count; i++) {
    const zero = 1_000 * (i + 1);
    for (let rank = 0; rank < ranks; rank++) {
      const launch = zero + rank * staggerUs;
      const details = { func: 'AllReduce', count: 4096, dtype: 'ncclFloat32' };
      const event = (type: string, us: number, duration: number, more: object): void =>
        void lines.push({
          recordType: 'event',
          type,
          ...own(rank),
          start: at(us),
          stop: at(us + duration),
          duration,
          ...more,
        });
      event('ncclProfileCollApi', launch, 1.5, { details });
      event('ncclProfileKernelLaunch', launch + 2, 3, {
        extCorrId: i * ranks + rank + 1,
        details: { stream: '0x1' },
      });
      event('ncclProfileColl', launch + 2, 2.25, {
        details: { ...details, seq: i, algo: 'RING', proto: 'LL' },
      });
      event('ncclProfileKernelCh', launch + 6, 40, { details: { channel: rank } });
      lines.push({
        recordType: 'state',
        eventAddr: '0x7f',
        ts: ZERO_US + launch,
        name: 'KernelChStop',
        id: 22,
        pid: 7,
        tid: 71,
      });
    }
  }
  for (let i = 0; hasKernels && i < ranks * count; i++) {
    const start = 1_000 * (Math.floor(i / ranks) + 1) + (i % ranks) * staggerUs + 5.125;
    const end = 1_000 * (Math.floor(i / ranks) + 1) + 200;
    // All are written with the device of the rank that empties the buffers.
    lines.push({
      recordType: 'cuptiActivity',
      type: 'KERNEL',
      extCorrId: i + 1,
      corrId: 100 + i,
      gpuUuid: 'gpu-a',
      start: at(start, 79),
      stop: at(end, 79),
      duration: end - start,
      name: '_Z39ncclDevKernel_AllReduce_Sum_f32_RING_LL24ncclDevKernelArgsStorageILm4096EE',
      stream: '0x3d',
    });
  }
  return lines.map((line) => `${JSON.stringify(line).replaceAll(/"#(\d+)#"/g, '$1')}\n`).join('');
}
