/** Small files as tools other than PyTorch write them, each with what is particular to it. */

const meta = (name: string, pid: number, args: object, tid?: number): object => ({
  ph: 'M',
  pid,
  ...(tid === undefined ? {} : { tid }),
  name,
  args,
});

/** `*.trace.json` of JAX and TensorFlow 2: numbers are texts, the last event is empty. */
export function jaxTrace(): string {
  const span = (
    [pid, tid]: readonly [number, number],
    [ts, dur]: readonly [number, number],
    name: string,
    args?: object,
  ): object => ({ ph: 'X', pid, tid, ts, dur, name, ...(args === undefined ? {} : { args }) });
  const step = (number: number): object[] => {
    const at = 1_000 + number * 100;
    return [
      span([3, 16], [at + 20, 40.5], 'fusion_7', {
        correlation_id: String(7 + number),
        hlo_op: 'fusion.7',
        name: 'jit(step)/transpose(jvp(Net))/dot_general',
        source: '/home/me/net.py:31',
      }),
      span([3, 16], [at + 70, 10], 'ncclDevKernel_AllReduce_Sum_f32_RING_LL', {}),
      span([3, 17], [at + 10, 5], 'MemcpyH2D', {
        memcpy_details: 'kind_src:pinned kind_dst:device size:4 dest:0 async:1',
      }),
      span([3, 1], [at + 20, 60], 'jit_step'),
      span([3, 2], [at + 20, 60], String(number)),
      span([701, 42], [at, 90], 'train', { step_num: String(number), _r: '1' }),
      span([701, 42], [at + 5, 80], '$train.py:12 train_step'),
      span([701, 42], [at + 8, 4], 'cuLaunchKernel', { correlation_id: String(7 + number) }),
    ];
  };
  return JSON.stringify({
    displayTimeUnit: 'ns',
    metadata: { 'highres-ticks': true },
    traceEvents: [
      meta('process_name', 3, { name: '/device:GPU:2' }),
      meta('thread_name', 3, { name: 'Stream #16(Compute)' }, 16),
      meta('thread_name', 3, { name: 'Stream #17(MemcpyH2D)' }, 17),
      meta('thread_name', 3, { name: 'XLA Modules' }, 1),
      meta('thread_name', 3, { name: 'Steps' }, 2),
      meta('process_name', 701, { name: '/host:CPU' }),
      meta('thread_name', 701, { name: 'python' }, 42),
      ...step(0),
      ...step(1),
      {},
    ],
  });
}

/** What TensorFlow 1's `Timeline` writes: a process for each device, each stream, and all streams together. */
export function oldTensorFlowTrace(): string {
  const span = (pid: number, ts: number, dur: number, name: string): object => ({
    ph: 'X',
    cat: 'Op',
    name,
    pid,
    tid: 0,
    ts: 1_523_831_423_421_000 + ts,
    dur,
    args: { name: `net/${name}`, op: name },
  });
  return JSON.stringify({
    traceEvents: [
      meta('process_name', 0, { name: '/job:localhost/replica:0/task:0/device:GPU:0 Compute' }),
      meta('process_name', 1, { name: '/device:GPU:0/stream:all Compute' }),
      meta('process_name', 2, { name: '/device:GPU:0/stream:14 Compute' }),
      meta('process_name', 3, { name: 'Tensors' }),
      span(0, 10, 5, 'MatMul'),
      span(1, 20, 40, 'MatMul'),
      span(2, 20, 40, 'MatMul'),
      {
        ph: 's',
        cat: 'DataFlow',
        name: 'net/add',
        pid: 1,
        tid: 0,
        ts: 1_523_831_423_421_020,
        id: 0,
      },
      {
        ph: 't',
        cat: 'DataFlow',
        name: 'net/add',
        pid: 1,
        tid: 0,
        ts: 1_523_831_423_421_060,
        id: 0,
      },
    ],
  });
}

export function horovodTimeline(): string {
  const events = [
    meta('process_name', 1, { name: 'grad/weights_0' }),
    { ph: 'B', name: 'NEGOTIATE_ALLREDUCE', ts: 100, pid: 1 },
    { ph: 'E', ts: 300, pid: 1 },
    { ph: 'B', name: 'ALLREDUCE', ts: 300, pid: 1 },
    { ph: 'B', name: 'NCCL_ALLREDUCE', ts: 310, pid: 1 },
    { ph: 'E', ts: 390, pid: 1 },
    { ph: 'E', ts: 400, pid: 1 },
  ];
  return `[\n${events.map((event) => JSON.stringify(event)).join(',\n')},\n`;
}

export function rayTimeline(): string {
  const worker = `worker:${'80d6d4ac18c525bf'.repeat(2)}`;
  const span = (cat: string, name: string, ts: number, dur: number): object => ({
    cat,
    name,
    pid: '',
    tid: worker,
    ts: 1_563_916_713_838_008.5 + ts,
    dur,
    ph: 'X',
    cname: 'rail_idle',
    args: {},
  });
  return JSON.stringify([
    span('task', 'evaluate', 0, 900),
    span('task:execute', 'task:execute', 10, 800),
    span('Learner loop', 'Learner loop', 20, 300),
    span('worker_idle', 'worker_idle', 1_000, 50),
  ]);
}

export function vizTrace(hasOverflown = false): string {
  const span = (name: string, ts: number, dur: number): object => ({
    pid: 7,
    tid: 7,
    ts,
    ph: 'X',
    dur,
    name,
    cat: 'FEE',
  });
  return JSON.stringify({
    traceEvents: [
      meta('process_name', 7, { name: 'MainProcess' }, 7),
      meta('thread_name', 7, { name: 'MainThread' }, 7),
      span('main (/home/me/train.py:8)', 81_995_849_580.628, 100.5),
      span('time.sleep', 81_995_849_590, 50),
    ],
    viztracer_metadata: {
      version: '1.1.1',
      overflow: hasOverflown,
      baseTimeNanoseconds: 1_767_325_615_000_000_000,
    },
  });
}

export function sageMakerTimeline(): string {
  const step = (number: number): object[] => [
    {
      ph: 'X',
      name: 'Step:ModeKeys.TRAIN',
      ts: 1_000 + number * 500,
      pid: 1,
      tid: 5,
      dur: 400,
      args: { step_num: String(number) },
    },
    {
      ph: 'X',
      name: 'IteratorGetNextOp::DoCompute',
      ts: 1_010 + number * 500,
      pid: 1,
      tid: 5,
      dur: 90,
    },
  ];
  return JSON.stringify([
    meta('process_name', 0, { start_time_since_epoch_in_micros: 1_594_662_597_687_738 }),
    meta('process_name', 1, { name: 'Step' }),
    ...step(0),
    ...step(1),
  ]);
}
