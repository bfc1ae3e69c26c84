import type { Phase } from '../model/phase.ts';
import type { SpanCategory } from '../model/span-category.ts';

type Rule = readonly [pattern: RegExp, phase: Phase];

/** Names that PyTorch and its libraries give by themselves. */
const LIBRARY_RULES: readonly Rule[] = [
  [/^enumerate\(DataLoader\)#/, 'data'],
  [/^Optimizer\.(step|zero_grad)#/, 'optimizer'],
  [/^DistributedDataParallel\.forward$/, 'forward'],
  [/^(autograd::engine|torch::autograd::)/, 'backward'],
  [/^(c10d|nccl|rccl|hccl|gloo|mpi|ucc|xccl)::?\w/i, 'communication'],
  [/^record_param_comms$/, 'communication'],
  // Activities of Horovod and BytePS.
  [
    /^(NEGOTIATE_|(NCCL|MPI|GLOO|CCL)_)?(ALLREDUCE|ALLGATHER|BROADCAST|BCAST|ALLTOALL|REDUCESCATTER)$|^(PUSH_PULL|PUSH|PULL)?(COMMUNICATION|QUEUE)$/,
    'communication',
  ],
  // NVTX ranges of the library's own functions.
  [/^(nccl|rccl)[A-Z]\w*$/, 'communication'],
];

const OPERATOR_RULES: readonly Rule[] = [
  [/^aten::(?!.*backward)\w*(_loss|loss_nd|loss2d)\w*$/, 'loss'],
];

const PYTHON_RULES: readonly Rule[] = [
  [/torch\/utils\/data\/dataloader\.py\(\d+\): __next__$/, 'data'],
  [/torch\/(_tensor|autograd\/__init__)\.py\(\d+\): backward$/, 'backward'],
  [/torch\/optim\/\w+\.py\(\d+\): (step|zero_grad)$/, 'optimizer'],
  [/torch\/serialization\.py\(\d+\): save$/, 'checkpoint'],
  [/torch\/distributed\/checkpoint\/\w+\.py\(\d+\): (save|async_save)/, 'checkpoint'],
  [/torch\/utils\/tensorboard\/writer\.py|(^|\/)wandb\//, 'logging'],
  [
    /^(?!.*(torch\/|site-packages|dist-packages|lib\/python)).*\.py\(\d+\): (run_)?(validate|evaluate|validation|evaluation|estimate_loss|(valid|val|eval)_(loop|epoch|one_epoch|model))$/,
    'validation',
  ],
  [/^nn\.Module: \w*(Loss|Criterion)\w*_\d+$/, 'loss'],
  [/^nn\.Module: /, 'forward'],
];

/** Words of the names that people give to `record_function`, NVTX ranges and the like, as whole words. */
const ANNOTATION_RULES: readonly Rule[] = [
  [
    /\b(all[ _-]?reduce|all[ _-]?gather|reduce[ _-]?scatter|all[ _-]?to[ _-]?all|broadcast|barrier|grad(ient)?[ _-]?sync|sync[ _-]?grad(ient)?s?|comm(unication)?)\b/,
    'communication',
  ],
  [
    /\b(h2d|host[ _-]?to[ _-]?(device|gpu)|(copy|move)[ _-]?(batch[ _-]?)?to[ _-]?(gpu|device)|to[ _-]device|to[ _-]gpu)\b/,
    'h2d',
  ],
  [
    /\b(data[ _-]?(load(er|ing)?|wait|time|fetch|prep)|load[ _-]?(data|batch)|(next|get|fetch)[ _-]?(data|batch)|dataloader|batch[ _-]?(generator|load(er|ing)?)|prefetch(er)?|preprocess(ing)?|augment(ation)?|collate|decode[ _-]?image|dataset)\b|^data$|^next\(/,
    'data',
  ],
  [/\b(activation|gradient)[ _-]?checkpoint|\bcheckpoint wrapped module\b|recompute/, 'none'],
  [
    /\b(save|write|store)[ _-]?(model|state|ckpt|checkpoint)|\b(checkpoint(ing)?|ckpt)\b/,
    'checkpoint',
  ],
  [/\b(valid(ation|ate)?|eval(uat(e|ion))?)\b/, 'validation'],
  [/\b(log(ging|ger)?|tensorboard|wandb|metrics?)\b/, 'logging'],
  [/\b(back[ _-]?ward|back[ _-]?prop(agation)?|bwd)\b/, 'backward'],
  [/\b(loss|criterion)\b/, 'loss'],
  [/\b(forward|fwd)\b/, 'forward'],
  [
    /\b(optimi[sz]er?|optim|opt|zero[ _-]grad|clip[ _-]grad(ients?)?|weight[ _-]update)\b/,
    'optimizer',
  ],
];

/** The phase that a span's own name tells; `none` where it tells nothing. */
export function phaseOfName(name: string, category: SpanCategory): Phase {
  switch (category) {
    case 'annotation':
    case 'recorded':
    case 'other':
    case 'device-annotation':
      return phaseOfAnnotation(name);
    case 'cpu-op':
      return firstMatch([...LIBRARY_RULES, ...OPERATOR_RULES], name);
    case 'python':
      return firstMatch(PYTHON_RULES, name);
    case 'kernel':
      return isCommunicationKernel(name) ? 'communication' : 'none';
    case 'memcpy':
      return isCopyToDevice(name) ? 'h2d' : 'none';
    default:
      return 'none';
  }
}

function phaseOfAnnotation(name: string): Phase {
  const phase = firstMatch(LIBRARY_RULES, name);
  return phase === 'none' ? firstMatch(ANNOTATION_RULES, spaced(name)) : phase;
}

export function isCopyToDevice(name: string): boolean {
  return /HtoD|H2D|Host ?-> ?Device|HostToDevice|HOST_TO_DEVICE/.test(name);
}

/** Kernels of NCCL, RCCL, HCCL, oneCCL and of custom all-reduces. */
export function isCommunicationKernel(name: string): boolean {
  return /nccl|rccl|hccl|hcom_|oneccl|cross_device_reduce|all[_-]?reduce|all[_-]?gather|reduce[_-]?scatter|all[_-]?to[_-]?all|collective-|MSCCL/i.test(
    name,
  );
}

function firstMatch(rules: readonly Rule[], name: string): Phase {
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? 'none';
}

/** Long names cannot be read as words; `_` and `-` count as spaces, so that `\b` finds them. */
function spaced(name: string): string {
  return name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[_#:/.-]+/g, ' ');
}
