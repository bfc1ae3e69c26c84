import { mapInto } from '../../base/map-into.ts';
import { SPAN_CATEGORIES, type SpanCategory } from '../model/span-category.ts';
import type { DeviceBusy, Gaps, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { type Activity, collectActivity } from './host-activity.ts';
import { type Intervals, IntervalsBuilder } from './intervals.ts';
import { clipToSteps, stepAt } from './step-windows.ts';

/** What can stop the host in its training: the device's allocator, a compiler, Python's garbage collector. */
export type HostStallKind = 'allocation' | 'compilation' | 'collection';

/** When one of them stops the host. Times are the trace's. */
export interface HostStall {
  readonly stretches: Activity;
  /** What the device idles for it, inside steps; without a device, all of it. */
  readonly lost: Intervals;
  /** By step: how many calls begin in it. */
  readonly callsPerStep: Float64Array<ArrayBuffer>;
}

export type HostStalls = Readonly<Record<HostStallKind, HostStall>>;

interface Rule {
  readonly name: RegExp;
  readonly categories: readonly SpanCategory[];
  /** Whether it empties the device's queue, so that the device idles until the next launch. */
  readonly drains: boolean;
}

const CODE: readonly SpanCategory[] = ['annotation', 'recorded', 'cpu-op', 'python', 'other'];

const RULES: Readonly<Record<HostStallKind, Rule>> = {
  allocation: {
    name: /^(cuda|hip)(Malloc|Free)(Managed|Host|Pitch|3D)?$|^(cuda|hip)HostAlloc$|^cuMem(Alloc|Free|Create|Map|Unmap|Release)(_v2)?$/,
    categories: ['runtime'],
    drains: true,
  },
  compilation: {
    name: new RegExp(
      [
        // torch.compile: Dynamo, AOTAutograd, Inductor, Triton; cache look-ups and calls of what is compiled are not.
        /^_compile\.compile_inner|^(entire_frame|backward|inductor)_compile|^OutputGraph\.call_user_compiler|^(compile_fx|create_aot_dispatcher_function|fx_codegen_and_compile)/,
        /CachingAutotuner\.benchmark_all_configs|^async_compile\.wait|^triton_compile/,
        /torch\/_dynamo\/convert_frame\.py\(\d+\): (_compile|compile_inner)$/,
        /torch\/_inductor\/compile_fx\.py\(\d+\): (compile_fx|compile_fx_inner|fx_codegen_and_compile)$/,
        /torch\/_inductor\/\S+\.py\(\d+\): (benchmark_all_configs|autotune_to_one_config)$/,
        /triton\/compiler\/compiler\.py\(\d+\): compile$/,
        /torch\/utils\/cpp_extension\.py\(\d+\): (load|load_inline|_jit_compile)$/,
        // CUDA compiles PTX and loads modules; XLA.
        /^cu(ModuleLoad|LibraryLoad|LinkComplete)|^hipModuleLoad|^Driver Compiler$/,
        /^(XlaCompile|backend_compile|PjitFunction::compile|HloPasses)/,
      ]
        .map(({ source }) => source)
        .join('|'),
    ),
    categories: [...CODE, 'runtime', 'overhead'],
    drains: false,
  },
  collection: {
    name: /^gc$|^gc[ .:_](collect|pause|gen)|^garbage[ _-]?collect|^<built-in (function|method) collect\b|^Python GC\b|\bgc\.py\(\d+\): \w*collect/i,
    categories: CODE,
    drains: false,
  },
};

export function computeHostStalls(
  trace: Trace,
  mainLane: LaneIndex,
  busy: DeviceBusy,
  gaps: Gaps,
  steps: Steps,
): HostStalls {
  const stallOf = (kind: HostStallKind): HostStall => {
    const isWanted = matcher(trace, mainLane, RULES[kind]);
    const stretches = collectActivity(trace, 0, trace.spans.length, isWanted);
    const lost =
      busy.length === 0
        ? clipToSteps(stretches.intervals, steps)
        : lostInGaps(gaps, stretches.intervals, RULES[kind].drains);
    return { stretches, lost, callsPerStep: countCalls(trace, steps, isWanted) };
  };
  return {
    allocation: stallOf('allocation'),
    compilation: stallOf('compilation'),
    collection: stallOf('collection'),
  };
}

/** Code that stops training is the main thread's; a call of the device's driver is any thread's. */
function matcher(
  { spans, strings, lanes }: Trace,
  mainLane: LaneIndex,
  { name, categories }: Rule,
): (span: SpanIndex) => boolean {
  const isNamed = mapInto(new Uint8Array(strings.length), strings, (text) =>
    name.test(text) ? 1 : 0,
  );
  const isCode = mapInto(new Uint8Array(SPAN_CATEGORIES.length), SPAN_CATEGORIES, (category) =>
    CODE.includes(category) ? 1 : 0,
  );
  const isWanted = mapInto(new Uint8Array(SPAN_CATEGORIES.length), SPAN_CATEGORIES, (category) =>
    categories.includes(category) ? 1 : 0,
  );
  const isDevice = mapInto(new Uint8Array(lanes.length), lanes, ({ device }) =>
    device === null ? 0 : 1,
  );
  return (i) =>
    isNamed[spans.name[i]] === 1 &&
    isWanted[spans.category[i]] === 1 &&
    (isCode[spans.category[i]] === 1 ? spans.lane[i] === mainLane : isDevice[spans.lane[i]] === 0);
}

function lostInGaps(gaps: Gaps, stretches: Intervals, drains: boolean): Intervals {
  const builder = new IntervalsBuilder();
  let first = 0;
  for (let gap = 0; gap < gaps.length; gap++) {
    const start = gaps.start[gap];
    const end = gaps.end[gap];
    while (first < stretches.length && stretches.end[first] < start) {
      first++;
    }
    for (let i = first; i < stretches.length && stretches.start[i] < end; i++) {
      builder.add(
        Math.max(start, stretches.start[i]),
        drains ? end : Math.min(end, stretches.end[i]),
      );
    }
  }
  return builder.finish();
}

function countCalls(
  { spans }: Trace,
  steps: Steps,
  isWanted: (span: SpanIndex) => boolean,
): Float64Array<ArrayBuffer> {
  const counts = new Float64Array(steps.length);
  for (let i = 0; i < spans.length; i++) {
    const step = isWanted(i) ? stepAt(steps, spans.start[i]) : -1;
    if (step >= 0) {
      counts[step]++;
    }
  }
  return counts;
}
