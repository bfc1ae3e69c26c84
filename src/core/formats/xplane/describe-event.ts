import type { Phase } from '../../model/phase.ts';
import type { SpanCategory } from '../../model/span-category.ts';
import type { StatSource } from './event-stats.ts';
import type { LineRole } from './line-role.ts';
import type { EventMetadata } from './plane-metadata.ts';

/** More of one name than this are told apart by what is different each time. */
const MAX_KNOWN = 1_000;

export interface EventDescription {
  readonly name: string;
  readonly category: SpanCategory;
  readonly phase: Phase;
}

/** Operations that only hold others: their time is that of those. */
const CONTAINER = /^(while|conditional|call)(\.\d+)?$/;
/** Of the compiler, and of HIP. */
const COPY =
  /^(copy|slice|dynamic-(update-)?slice)-(start|done)\b|^(host )?(copy|transfer)\b|^__amd_rocclr_copy/i;
const FILL = /^(memset|__amd_rocclr_fill)/i;
const COLLECTIVE =
  /^(all-(reduce|gather|to-all)|reduce-scatter|collective-|ragged-all-to-all|send\b|recv\b)|nccl|rccl/i;

/** How Python's tracer calls a function: `$train.py:12 main`. */
const PYTHON_FRAME = /^\$(\S+\.py):(\d+) (.+)$/s;
/** Modules of JAX and TensorFlow, which come without their folder. */
const LIBRARY_MODULE =
  /^(pjit|pxla|array|dispatch|profiler|compiler|compilation_cache|lax|lax_numpy|mlir|partial_eval|linear_util|tree_util|api_util|api_boundary|traceback_util|xla_bridge|xla_client|custom_derivatives|ufuncs|reductions|array_methods|array_creation|def_function|polymorphic_function|tracing_compilation|atomic_function|context|execute|iterator_ops|dataset_ops|trainer|training|pywrap_\w+)\.py$/;

/** Calls of CUDA and HIP, which events without a number of the call are told by. */
const RUNTIME_CALL = /^(cuda|hip|cu|roc)[A-Z]\w*$/;
/** What runs an operation of the compiler, where no stat says so. */
const OPERATION =
  /fusion(\.\d+)?$|^wrapped_|^(all-|reduce-|collective-|custom-call|dot|convolution|cublas|cudnn|triton_|copy|while|conditional)[\w-]*(\.\d+)?$/;
/** What libraries mark: words in it say nothing of the script. */
const LIBRARY_MARK =
  /::|[(:]|^[A-Z][a-z]+[A-Z]\w+$|^(Pj|PJRT|Xla|Tfrt|Tpu|Execut|Wait|Compile|Infeed|Outfeed)/;

/** What the events of one line are: most are like others before them. */
export class EventDescriber {
  readonly #known = new Map<EventMetadata, Map<string, EventDescription>>();

  constructor(private readonly role: LineRole) {}

  describe(metadata: EventMetadata, stats: StatSource): EventDescription {
    const alike = this.#known.get(metadata) ?? new Map<string, EventDescription>();
    const key = Number.isNaN(stats.number('correlation')) ? stats.texts : `call ${stats.texts}`;
    let description = alike.get(key);
    if (description === undefined) {
      description = describeEvent(this.role, metadata, stats);
      if (alike.size < MAX_KNOWN) {
        this.#known.set(metadata, alike.set(key, description));
      }
    }
    return description;
  }
}

/** From where an event stands, its name and its stats. */
function describeEvent(
  role: LineRole,
  metadata: EventMetadata,
  stats: StatSource,
): EventDescription {
  switch (role) {
    case 'work':
      return describeWork(metadata, stats);
    case 'host':
    case 'logical':
      return describeHost(metadata.name, stats);
    default:
      return {
        name: shortName(metadata),
        category: 'device-annotation',
        phase: 'none',
      };
  }
}

function describeWork(metadata: EventMetadata, stats: StatSource): EventDescription {
  const name = shortName(metadata);
  const kind = stats.text('hloCategory');
  if (CONTAINER.test(kind) || CONTAINER.test(name)) {
    return { name, category: 'device-annotation', phase: 'none' };
  }
  const moved = describeTransfer(name, kind, stats);
  if (moved !== null) {
    return moved;
  }
  const isCollective = COLLECTIVE.test(kind) || COLLECTIVE.test(name);
  const phase = isCollective ? 'communication' : phaseOfOperation(stats);
  return { name, category: 'kernel', phase };
}

/** Null for what moves no memory. */
function describeTransfer(name: string, kind: string, stats: StatSource): EventDescription | null {
  const copy = stats.text('memcpy');
  if (copy !== '' || /^memcpy/i.test(name)) {
    return { name: copyName(name, copy), category: 'memcpy', phase: 'none' };
  }
  if (COPY.test(kind) || COPY.test(name)) {
    return { name, category: 'memcpy', phase: 'none' };
  }
  return stats.text('memset') !== '' || FILL.test(name)
    ? { name, category: 'memset', phase: 'none' }
    : null;
}

/** Of an operation of a TPU the name is all of its text, operands included. */
function shortName({ name, displayName }: EventMetadata): string {
  const text = displayName !== '' ? displayName : name.replace(/ = .*$/s, '');
  return text.replace(/^%/, '');
}

/** `jit(step)/transpose(jvp(Net))/dot_general`, `gradient_tape/net/MatMul`. */
function phaseOfOperation(stats: StatSource): Phase {
  const path = `${stats.text('operationName')} ${stats.text('frameworkOp')}`;
  if (/transpose\(|gradient_tape\//.test(path)) {
    return 'backward';
  }
  if (/ResourceApply[A-Z]|\b(optax|optimizer)\b/.test(path)) {
    return 'optimizer';
  }
  return path.includes('jvp(') ? 'forward' : 'none';
}

/** In the words of PyTorch's profiler. `kind_src:pageable kind_dst:device size:4 dest:0 async:1` */
function copyName(name: string, details: string): string {
  const direction = /([HDP])(?:to|2)([HDP])/i.exec(`${name} ${details}`);
  const from = /kind_src:(\w+)/.exec(details)?.[1];
  const to = /kind_dst:(\w+)/.exec(details)?.[1];
  if (direction === null) {
    return name;
  }
  const way = `${direction[1].toUpperCase()}to${direction[2].toUpperCase()}`;
  return from === undefined || to === undefined
    ? `Memcpy ${way}`
    : `Memcpy ${way} (${capitalized(from)} -> ${capitalized(to)})`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

function describeHost(name: string, stats: StatSource): EventDescription {
  if (name.startsWith('$')) {
    return { name: pythonName(name), category: 'python', phase: 'none' };
  }
  if (Number.isFinite(stats.number('correlation')) || RUNTIME_CALL.test(name)) {
    return { name, category: 'runtime', phase: 'none' };
  }
  const bare = name.replace(/#.*#$/s, '');
  // What runs an operation of the compiler is called after it.
  const isLibrary =
    LIBRARY_MARK.test(bare) || OPERATION.test(bare) || stats.text('hloOperation') !== '';
  return {
    name: bare,
    category: isLibrary ? 'cpu-op' : 'annotation',
    phase: /^Iterator(GetNext|::GetNext)/.test(bare) ? 'data' : 'none',
  };
}

/** Functions of the script as PyTorch's profiler writes them: `train.py(12): main`. */
function pythonName(name: string): string {
  const match = PYTHON_FRAME.exec(name);
  return match === null || LIBRARY_MODULE.test(match[1])
    ? name.slice(1)
    : `${match[1]}(${match[2]}): ${match[3]}`;
}
