/** Times are of 2025, in microseconds with nanoseconds behind the point. */
const ZERO_US = 1_736_400_000_000_000n;

interface AscendOptions {
  readonly steps?: number;
  /** Whether the names of processes come behind their events. */
  readonly isNamedLate?: boolean;
  readonly device?: number;
}

/**
 * A trace_view.json as torch_npu's profiler writes it: of each step of 1 ms, an operator that a queue hands to
 * the device 100 µs later, a copy, a collective of which 150 µs are beside the operator's kernel, its parts on
 * their own rows, and the derived rows.
 */
export function writeAscend({
  steps = 2,
  isNamedLate = false,
  device = 0,
}: AscendOptions = {}): string {
  const python = 4242;
  const process = (place: number): number => python * 1024 + place * 32 + device;
  const [cann, hardware, hccl, overlap] = [7, 13, 15, 23].map(process);
  const at = (us: number): string => `${ZERO_US + BigInt(Math.floor(us))}.${pad(us)}`;
  const names = [
    ...[
      [python, 'Python'],
      [cann, 'CANN'],
      [hardware, 'Ascend Hardware'],
      [hccl, 'HCCL'],
      [overlap, 'Overlap Analysis'],
    ].map(([pid, name]) => ({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } })),
    ...[
      [hardware, 2, 'Stream 2'],
      [hardware, 4, 'Stream 4'],
      [hccl, 0, 'Group 0 Communication'],
      [hccl, 1, 'Plane 0'],
    ].map(([pid, tid, name]) => ({ ph: 'M', name: 'thread_name', pid, tid, args: { name } })),
  ];
  const events: object[] = isNamedLate ? [] : [...names];
  for (let step = 0; step < steps; step++) {
    const zero = step * 1000;
    const id = 100 + step;
    const own = {
      Python: [python, python],
      Queue: [python, 77],
      Cann: [cann, 77],
      Stream: [hardware, 2],
    } as const;
    const add = (
      ph: string,
      [pid, tid]: readonly [number, number],
      us: number,
      rest: object,
    ): number => events.push({ ph, pid, tid, ts: at(zero + us), ...rest });
    const task = (type: string): object => ({
      args: { 'Model Id': 4294967295, 'Task Type': type, connection_id: id },
    });
    const flow = { cat: 'async_task_queue', bp: 'e', name: 'enqueue_to_dequeue', id };
    const launch = { cat: 'HostToDevice', bp: 'e', name: `HostToDevice${id}`, id: `${id}` };
    const moment = 1_736_400_000_000_000_000n + BigInt(zero + 10);
    const operator = { cat: 'async_npu', bp: 'e', name: 'torch_to_npu', id: moment };
    const stack = 'train.py(12): step;\r\ntrain.py(40): <module>';
    const args = { 'Sequence number': step, 'Call stack': stack };
    add('X', own.Python, 0, { name: `ProfilerStep#${step + 5}`, dur: 990, cat: 'cpu_op' });
    add('X', own.Python, 10, { name: 'aten::mm', dur: 40, cat: 'cpu_op', args });
    add('X', own.Python, 20, {
      name: 'Enqueue',
      dur: 5,
      cat: 'enqueue',
      args: { correlation_id: id },
    });
    add('s', own.Python, 20, flow);
    add('X', own.Queue, 60, {
      name: 'Dequeue@MatMul',
      dur: 30,
      cat: 'dequeue',
      args: { correlation_id: id },
    });
    add('f', own.Queue, 60, flow);
    add('s', own.Cann, 70, launch);
    add('X', own.Stream, 120.25, { name: 'MatMul', dur: 300.5, ...task('AI_CORE') });
    add('f', own.Stream, 120.25, launch);
    add('s', own.Python, 10, operator);
    add('f', own.Stream, 120.25, operator);
    add('X', own.Stream, 50, { name: 'MEMCPY_ASYNC', dur: 20, ...task('PCIE_DMA_SQE') });
    add('X', own.Stream, 430, { name: 'EVENT_WAIT', dur: 400, ...task('EVENT_WAIT_SQE') });
    add('X', [hccl, 0], 270.75, {
      name: `hcom_allReduce__868_${step}_1`,
      dur: 500,
      args: { connection_id: id + 500, alg_type: 'MESH' },
    });
    add('X', [hccl, 1], 280, {
      name: 'Notify Wait',
      dur: 400,
      args: { 'task type': 'Notify Wait' },
    });
    add('X', [hardware, 4], 280, { name: 'Notify Wait', dur: 400, ...task('Notify Wait') });
    add('X', [hardware, 4], 690, { name: 'SDMA', dur: 60, ...task('SDMA') });
    add('X', [overlap, 0], 120.25, { name: 'Computing', dur: 300.5 });
    add('X', [overlap, 1], 270.75, { name: 'Communication', dur: 500 });
    add('X', [overlap, 2], 420.75, { name: 'Communication(Not Overlapped)', dur: 350 });
    add('X', [overlap, 3], 770.75, { name: 'Free', dur: 200 });
    add('C', [process(17), 0], 1, { name: 'HBM 0/Read', args: { 'Read(MB/s)': step } });
  }
  return JSON.stringify([...events, ...(isNamedLate ? names : [])], (_, value: unknown) =>
    typeof value === 'bigint' ? `#${value}#` : value,
  ).replaceAll(/"#(\d+)#"/g, '$1');
}

/** The nanoseconds of a microsecond. */
function pad(us: number): string {
  return String(Math.round((us % 1) * 1000)).padStart(3, '0');
}
