import type { SpanCategory } from '../../model/span-category.ts';
import { type LaneKindIndex, STREAM } from '../trace/lane-table.ts';

export interface EventKind {
  readonly category: SpanCategory;
  /** Null where the track says what it is. */
  readonly lane: LaneKindIndex | null;
}

const KINDS: readonly (readonly [category: RegExp, kind: EventKind])[] = [
  [/^(kernel(_dispatch)?|gpu_kernel)$/, { category: 'kernel', lane: STREAM }],
  [/^(memory_copy|memcpy|gpu_memcpy)$/, { category: 'memcpy', lane: STREAM }],
  [/^gpu_memset$/, { category: 'memset', lane: STREAM }],
  [
    /^(hip|hsa|cuda|rocdecode|rocjpeg)_(\w+_)?(api|runtime|driver)/,
    { category: 'runtime', lane: null },
  ],
  [/^cpu_op$/, { category: 'cpu-op', lane: null }],
  [/^python(_function)?$/, { category: 'python', lane: null }],
  [
    /^(marker_(\w+_)?api|roctx|nvtx|user_annotation|rccl_api|nccl)/,
    { category: 'annotation', lane: null },
  ],
];

const OTHER: EventKind = { category: 'other', lane: null };

/**
 * What an event is, by its category: those of rocprofv3, and of PyTorch's profiler.
 * https://github.com/ROCm/rocprofiler-sdk/blob/amd-staging/source/lib/output/generatePerfetto.cpp
 */
export function kindOfEvent(category: string): EventKind {
  return KINDS.find(([pattern]) => pattern.test(category))?.[1] ?? OTHER;
}
