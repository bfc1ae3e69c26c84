import { categoryIndex } from '../model/span-category.ts';
import type { Nesting, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import { analyzedSteps, stepAt } from './step-windows.ts';

const PYTHON = categoryIndex('python');
const MODULE = /^nn\.Module: (.+)_\d+$/;
/** Fewer modules of a class are no layers that could be compared. */
const MIN_LAYERS = 4;
/** Layers that take less of the forward pass are not what the model consists of. */
const MIN_TRUNK_SHARE = 0.5;

/** The modules that repeat in a model, such as the blocks of a transformer, by the device time of their forward pass. */
export interface LayerTimes {
  readonly className: string;
  /** In the order of their first call. */
  readonly layers: readonly LayerTime[];
}

export interface LayerTime {
  readonly name: string;
  /** Of the kernels launched inside it, mean over the analysed steps. */
  readonly timeNs: Nanoseconds;
  /** Its first call with a kernel. */
  readonly span: SpanIndex;
}

interface Module extends LayerTime {
  readonly className: string;
  /** Names of the modules around its first call. */
  readonly around: readonly number[];
  timeNs: number;
}

/** The outermost class of which there are several modules that together make most of the forward pass; else null. */
export function computeLayerTimes(
  trace: Trace,
  nesting: Nesting,
  work: DeviceWork,
  partner: Int32Array,
  steps: Steps,
): LayerTimes | null {
  const { spans } = trace;
  const classes = trace.strings.map((name) => MODULE.exec(name)?.[1] ?? null);
  const stepCount = analyzedSteps(steps).length;
  const modules = new Map<number, Module>();
  let forwardNs = 0;
  for (const kernel of work.order) {
    const launch = partner[kernel];
    const step = launch < 0 ? -1 : stepAt(steps, spans.start[launch]);
    if (step < 0 || steps.isWarmup[step] === 1) {
      continue;
    }
    const calls = modulesAround(trace, nesting, classes, launch);
    const timeNs = spans.duration[kernel] / stepCount;
    forwardNs += calls.length > 0 ? timeNs : 0;
    calls.forEach((span, i) => {
      const id = spans.name[span];
      const module: Module = modules.get(id) ?? {
        name: trace.strings[id],
        className: classes[id] ?? '',
        around: calls.slice(i + 1).map((outer) => spans.name[outer]),
        span,
        timeNs: 0,
      };
      module.timeNs += timeNs;
      modules.set(id, module);
    });
  }
  return chooseTrunk(modules, forwardNs);
}

/** From the innermost; a module that calls itself counts once. */
function modulesAround(
  { spans }: Trace,
  { parent }: Nesting,
  classes: readonly (string | null)[],
  launch: SpanIndex,
): SpanIndex[] {
  const calls: SpanIndex[] = [];
  for (let i = parent[launch]; i >= 0; i = parent[i]) {
    const id = spans.name[i];
    if (
      spans.category[i] === PYTHON &&
      classes[id] !== null &&
      !calls.some((call) => spans.name[call] === id)
    ) {
      calls.push(i);
    }
  }
  return calls;
}

function chooseTrunk(modules: ReadonlyMap<number, Module>, forwardNs: number): LayerTimes | null {
  const byClass = new Map<string, Module[]>();
  for (const module of modules.values()) {
    const layers = byClass.get(module.className) ?? [];
    layers.push(module);
    byClass.set(module.className, layers);
  }
  const isRepeated = (className: string): boolean =>
    (byClass.get(className)?.length ?? 0) >= MIN_LAYERS;
  const isInside = (layers: readonly Module[]): boolean =>
    layers.some(({ around }) =>
      around.some((outer) => isRepeated(modules.get(outer)?.className ?? '')),
    );
  for (const [className, layers] of byClass) {
    const total = layers.reduce((sum, { timeNs }) => sum + timeNs, 0);
    if (isRepeated(className) && !isInside(layers) && total >= MIN_TRUNK_SHARE * forwardNs) {
      return {
        className,
        layers: layers
          .map(({ name, timeNs, span }) => ({ name, timeNs, span }))
          .sort((a, b) => a.span - b.span),
      };
    }
  }
  return null;
}
