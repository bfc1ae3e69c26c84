import { mapInto } from '../../base/map-into.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import { type Intervals, uniteIntervals } from './intervals.ts';
import { stepAt } from './step-windows.ts';

const KERNEL = categoryIndex('kernel');

/** Matrix products and convolutions of cuBLAS, cuDNN and CUTLASS in single precision, outside the tensor cores. */
const FULL_PRECISION =
  /(^|_)(volta|turing|ampere|hopper|maxwell|pascal|blackwell)_(sgemm|scudnn)|(^|[_:])(sgemm|scudnn)_|simt_sgemm|_simt_\w*f32|gemm\w*f32f32_f32f32_f32|\bgemm\w*_kernel<float\b|plicit_convolve_sgemm<float|(dgrad|wgrad)\w*_engine<float|winograd\w*<float|gemv\w*<\w+, \w+, \w+, float/i;
const ON_TENSOR_CORES = /tensorop|tf32|_h?884|1688|16816|hmma|wmma|bf16|fp16|half|nvjet/i;

/** The first generation of NVIDIA devices with tensor cores. */
const FIRST_CAPABILITY = 7;

/** Kernels that tensor cores could run, and do not. */
export interface FullPrecision {
  /** In analysed steps, the longest first. */
  readonly spans: readonly SpanIndex[];
  readonly intervals: Intervals;
  /** Of the device's compute time in analysed steps, in percent. */
  readonly sharePercent: number;
  /** Of those that keep the next work waiting, a step; the others only hide the host's pace. */
  readonly pacingNsPerStep: Nanoseconds;
}

/** Null where the device has no tensor cores, or the trace does not tell. */
export function computeFullPrecision(
  trace: Trace,
  work: DeviceWork,
  partner: Int32Array,
  steps: Steps,
): FullPrecision | null {
  if (!hasTensorCores(trace, work)) {
    return null;
  }
  const { spans, strings } = trace;
  const isFull = mapInto(new Uint8Array(strings.length), strings, (name) =>
    FULL_PRECISION.test(name) && !ON_TENSOR_CORES.test(name) ? 1 : 0,
  );
  const full: SpanIndex[] = [];
  let total = 0;
  let own = 0;
  let pacing = 0;
  work.order.forEach((i, row) => {
    const step = stepAt(steps, spans.start[i]);
    if (
      spans.category[i] !== KERNEL ||
      work.classes[i] !== 1 ||
      step < 0 ||
      steps.isWarmup[step] === 1
    ) {
      return;
    }
    total += spans.duration[i];
    if (isFull[spans.name[i]] === 1) {
      full.push(i);
      own += spans.duration[i];
      const next = row + 1 < work.order.length ? partner[work.order[row + 1]] : -1;
      const middle = spans.start[i] + spans.duration[i] / 2;
      pacing += next < 0 || spans.start[next] <= middle ? spans.duration[i] : 0;
    }
  });
  const analyzed = steps.isWarmup.reduce((sum, isWarmup) => sum + 1 - isWarmup, 0);
  return {
    spans: [...full].sort((a, b) => spans.duration[b] - spans.duration[a]),
    intervals: uniteIntervals(
      full.map((i) => spans.start[i]),
      full.map((i) => spans.start[i] + spans.duration[i]),
    ),
    sharePercent: total === 0 ? 0 : (100 * own) / total,
    pacingNsPerStep: analyzed === 0 ? 0 : pacing / analyzed,
  };
}

/** By the device's properties; AMD counts its generations on a scale of its own. */
function hasTensorCores({ meta }: Trace, { device }: DeviceWork): boolean {
  const used = meta.devices.find(({ index }) => index === device) ?? meta.devices.at(0);
  return (
    used !== undefined &&
    !/\b(AMD|Radeon|Instinct)\b/i.test(used.name) &&
    (used.computeCapability ?? 0) >= FIRST_CAPABILITY
  );
}
