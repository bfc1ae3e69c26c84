import type { SpanCategory } from '../../model/span-category.ts';

export interface EventKind {
  readonly category: SpanCategory;
  /** Whether it is on the thread that it ran on, or on a lane of its own. */
  readonly lane: 'thread' | 'own';
  /** Of the lane, where it is its own. */
  readonly title: string;
}

/** What the device ran. */
export const KERNEL = 'KERNEL';

/** https://github.com/NVIDIA/nccl/blob/master/ext-profiler/README.md, "Event definitions" */
export const EVENT_KINDS: ReadonlyMap<string, EventKind> = new Map([
  // What the program calls.
  ['ncclProfileCollApi', { category: 'annotation', lane: 'thread', title: '' }],
  ['ncclProfileP2pApi', { category: 'annotation', lane: 'thread', title: '' }],
  ['ncclProfileGroupApi', { category: 'other', lane: 'own', title: 'group calls' }],
  ['ncclProfileKernelLaunch', { category: 'runtime', lane: 'thread', title: '' }],
  // What NCCL makes of it.
  ['ncclProfileGroup', { category: 'other', lane: 'own', title: 'groups' }],
  ['ncclProfileColl', { category: 'other', lane: 'own', title: 'collectives' }],
  ['ncclProfileP2p', { category: 'other', lane: 'own', title: 'messages' }],
  ['ncclProfileKernelCh', { category: 'other', lane: 'own', title: 'channel' }],
  ['ncclProfileProxyOp', { category: 'other', lane: 'own', title: 'proxy operations' }],
  ['ncclProfileProxyStep', { category: 'other', lane: 'own', title: 'proxy steps' }],
  ['ncclProfileProxyCtrl', { category: 'other', lane: 'own', title: 'proxy control' }],
  ['ncclProfileNetPlugin', { category: 'other', lane: 'own', title: 'network plug-in' }],
  // What CUPTI saw on the device: communication, which says nothing of what else the device does.
  [KERNEL, { category: 'recorded', lane: 'own', title: 'kernels of NCCL' }],
]);

/** `_Z39ncclDevKernel_AllReduce…24nccl…` to `ncclDevKernel_AllReduce…`. */
export function plainName(name: string): string {
  const match = /^_Z(\d{1,4})/.exec(name);
  return match === null ? name : name.slice(match[0].length, match[0].length + Number(match[1]));
}
