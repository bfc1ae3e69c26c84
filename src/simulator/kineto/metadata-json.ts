import { STREAMS } from '../engine/device.ts';
import type { SimulatedRun } from '../simulated-run.ts';
import { devicePropertiesOf } from './accelerators.ts';
import { DEVICE_COUNT, type KinetoIds, toMicros } from './kineto-ids.ts';

/** Kineto counts from such a base, a constant of many runs. In nanoseconds since 1970. */
const BASE_NS = '1759300074000000000';

/** Members before the events. */
export function headJson({ config }: SimulatedRun, rank: number): string {
  const { ranks, accelerator, recording } = config;
  const members = [
    ['schemaVersion', 1],
    [
      'deviceProperties',
      Array.from({ length: DEVICE_COUNT }, (_, id) => devicePropertiesOf(accelerator, id)),
    ],
    ['cupti_version', 24],
    ['cuda_runtime_version', 12060],
    ['cuda_driver_version', 12080],
    ...(ranks > 1 ? [['distributedInfo', distributedInfo(ranks, rank)] as const] : []),
    ['with_stack', recording.stacks ? 1 : 0],
    ['trace_id', `51D0${String(rank).padStart(28, '0')}`],
    ['displayTimeUnit', 'ms'],
  ] as const;
  const texts = members.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `{\n${texts.join(',\n')},\n"baseTimeNanoseconds": ${BASE_NS},\n"traceEvents": [\n`;
}

function distributedInfo(ranks: number, rank: number): object {
  return {
    backend: 'nccl',
    rank,
    world_size: ranks,
    pg_count: 1,
    pg_config: [
      {
        pg_name: '0',
        pg_desc: 'default_pg',
        backend_config: 'cuda:nccl',
        pg_size: ranks,
        ranks: Array.from({ length: ranks }, (_, i) => i),
      },
    ],
    nccl_version: '2.21.5',
  };
}

/** Names of processes and threads, and the pseudo-events of the profiler; times of the rank's clock. */
export function tailJson(ids: KinetoIds, startNs: number, endNs: number): string {
  const ts = toMicros(startNs);
  const lines = [
    ...processLines(ids.process, 'CPU', ids.process, ts),
    ...Array.from({ length: DEVICE_COUNT }, (_, device) =>
      processLines(device, `GPU ${device}`, 5_000_000 + device, ts),
    ).flat(),
    ...Object.values(STREAMS).flatMap((stream) =>
      threadLines(ids.device, stream, `stream ${stream} `, ts),
    ),
    ...(['main', 'autograd'] as const).flatMap((thread) =>
      threadLines(ids.process, ids.thread(thread), `thread ${ids.thread(thread)} (python3)`, ts),
    ),
    `{"ph": "X", "cat": "overhead", "name": "Activity Buffer Request", "pid": -1, "tid": 0, "ts": ${ts}, "dur": 41.500}`,
    `{"ph": "X", "cat": "Trace", "ts": ${ts}, "dur": ${toMicros(endNs - startNs)}, "pid": "Spans", "tid": "PyTorch Profiler", "name": "PyTorch Profiler (0)", "args": {"Op count": 0}}`,
    `{"name": "Iteration Start: PyTorch Profiler", "ph": "i", "s": "g", "pid": "Traces", "tid": "Trace PyTorch Profiler", "ts": ${ts}}`,
    `{"name": "Record Window End", "ph": "i", "s": "g", "pid": "", "tid": "", "ts": ${toMicros(endNs)}}`,
  ];
  return `${lines.join(',\n')}\n],\n"traceName": "simulated.pt.trace.json"\n}\n`;
}

function processLines(pid: number, label: string, order: number, ts: string): string[] {
  return [
    `{"name": "process_name", "ph": "M", "ts": ${ts}, "pid": ${pid}, "tid": 0, "args": {"name": "python3"}}`,
    `{"name": "process_labels", "ph": "M", "ts": ${ts}, "pid": ${pid}, "tid": 0, "args": {"labels": "${label}"}}`,
    `{"name": "process_sort_index", "ph": "M", "ts": ${ts}, "pid": ${pid}, "tid": 0, "args": {"sort_index": ${order}}}`,
  ];
}

function threadLines(pid: number, tid: number, name: string, ts: string): string[] {
  return [
    `{"name": "thread_name", "ph": "M", "ts": ${ts}, "pid": ${pid}, "tid": ${tid}, "args": {"name": "${name}"}}`,
    `{"name": "thread_sort_index", "ph": "M", "ts": ${ts}, "pid": ${pid}, "tid": ${tid}, "args": {"sort_index": ${tid}}}`,
  ];
}
