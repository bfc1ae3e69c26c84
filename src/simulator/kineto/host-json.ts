import type { CollectiveDetails, HostEvent } from '../engine/events.ts';
import type { RankClock } from '../rank-clock.ts';
import type { RecordingConfig } from '../simulation-config.ts';
import { type KinetoIds, toMicros } from './kineto-ids.ts';

const CATEGORIES: Record<HostEvent['kind'], string> = {
  section: 'user_annotation',
  annotation: 'user_annotation',
  step: 'user_annotation',
  span: '',
  operator: 'cpu_op',
  runtime: 'cuda_runtime',
  frame: 'python_function',
};

/** Numbers of CUPTI's callbacks. */
const CALLBACK_IDS: Record<string, number> = {
  cudaLaunchKernel: 211,
  cudaLaunchKernelExC: 430,
  cudaMemcpyAsync: 41,
  cudaStreamSynchronize: 131,
  cudaStreamWaitEvent: 147,
  cudaMalloc: 20,
  cudaFree: 22,
};

/** Whether PyTorch's profiler, set so, writes such events. */
export function isRecorded({ kind }: HostEvent, recording: RecordingConfig): boolean {
  switch (kind) {
    case 'span':
      return false;
    case 'section':
      return recording.annotations;
    case 'frame':
      return recording.stacks;
    case 'step':
      return recording.profilerSteps;
    default:
      return true;
  }
}

/** The collective's arguments, on the host and on the device. */
export function collectiveArguments(
  collective: CollectiveDetails,
  ranks: number,
  rank: number,
): string {
  const members = Array.from({ length: ranks }, (_, i) => i);
  const dtype = collective.bytes === collective.elements * 4 ? 'Float' : 'BFloat16';
  return (
    `"Collective name": "allreduce", "In msg nelems": ${collective.elements}, "Out msg nelems": ${collective.elements}, ` +
    `"Group size": ${ranks}, "dtype": "${dtype}", "In split size": "[]", "Out split size": "[]", "Global rank start": 0, ` +
    `"Global rank stride": 1, "Process Group Name": "0", "Process Group Description": "default_pg", ` +
    `"Process Group Ranks": "[${members.join(', ')}]", "Rank": ${rank}, "Seq": ${collective.sequence}`
  );
}

export interface Numbering {
  eventIndex: number;
}

/** One event in Kineto's words. */
export function hostJson(
  event: HostEvent,
  ids: KinetoIds,
  clock: RankClock,
  {
    numbering,
    ranks,
    rank,
  }: { readonly numbering: Numbering; readonly ranks: number; readonly rank: number },
): string {
  const start = clock(event.start);
  return (
    `{"ph": "X", "cat": "${CATEGORIES[event.kind]}", "name": ${JSON.stringify(event.name)}, ` +
    `"pid": ${ids.process}, "tid": ${ids.thread(event.thread)}, "ts": ${toMicros(start)}, ` +
    `"dur": ${toMicros(Math.max(0, clock(event.end) - start))}, "args": {${argumentsOf(event, numbering.eventIndex++, ranks, rank)}}}`
  );
}

function argumentsOf(event: HostEvent, eventIndex: number, ranks: number, rank: number): string {
  const { correlation, sequence, isBackward, collective, frame } = event.details;
  if (frame !== undefined) {
    const module = frame.module === undefined ? '' : `"Python module id": ${frame.module}, `;
    return `"Python parent id": ${frame.parent ?? 'null'}, "Python id": ${frame.id}, ${module}"Ev Idx": ${eventIndex}`;
  }
  if (event.kind === 'runtime') {
    const callback = CALLBACK_IDS[event.name] ?? 0;
    return `"External id": ${event.externalId}, "cbid": ${callback}, "correlation": ${correlation ?? 0}`;
  }
  const graph =
    sequence === undefined
      ? ''
      : `"Sequence number": ${sequence}, "Fwd thread id": ${isBackward === true ? 1 : 0}, `;
  const group = collective === undefined ? '' : `${collectiveArguments(collective, ranks, rank)}, `;
  return `"External id": ${event.externalId}, "Record function id": 0, ${graph}${group}"Ev Idx": ${eventIndex}`;
}
