import { isWrapperFrame, parseFrame } from '../model/python-frame.ts';
import type { CodeCall, CodeFunction } from '../model/code-unit.ts';

/** How well a call in the code fits what a trace says was called: 0 not at all; from {@link NAMED} on by its name. */
export type Fit = number;

/** A variable is called of which nobody says what it holds. */
const POSSIBLE: Fit = 1;
const LIKELY: Fit = 2;
export const NAMED: Fit = 4;
/** The name fits, and what it is called on too. */
const TYPED: Fit = 6;

/** What is known of a file beside one call. */
export interface FileNames {
  /** Names of functions and classes that the file defines. */
  readonly defined: ReadonlySet<string>;
  readonly functions: readonly CodeFunction[];
}

/** Methods of tensors, optimizers and the standard library: no variable under these names holds a module. */
const KNOWN_METHODS = new Set(
  (
    'to cuda cpu item backward step zero_grad size view reshape mean sum max min append update format join items keys ' +
    'values get pop train eval state_dict load_state_dict parameters named_parameters detach clone numpy tolist add_ ' +
    'log info warning debug write save load close open split strip startswith endswith add_scalar scale unscale_ ' +
    'set_epoch argmax numel dim float long half contiguous transpose permute flatten squeeze unsqueeze zero_ fill_ ' +
    'all_reduce set_postfix start stop read copy extend no_sync accumulate gather state_dict add_argument parse_args'
  ).split(' '),
);

const PYTHON_FUNCTIONS = new Set(
  (
    'print len range enumerate zip isinstance issubclass getattr setattr hasattr int float str bool list dict tuple set ' +
    'sum min max abs round sorted reversed map filter any all next iter type super open repr vars dir id hash format ' +
    'divmod pow ord chr callable input property staticmethod classmethod object frozenset bytes bytearray slice'
  ).split(' '),
);

/** How well a call fits one of the names under which a trace shows what was called. */
export function fitOf(call: CodeCall, name: string, file: FileNames): Fit {
  const module = /^nn\.Module: (.+?)(?:_\d+)?$/.exec(name)?.[1];
  if (module !== undefined) {
    return fitOfModule(call, module, file);
  }
  const builtIn = /^<(?:built-in method|built-in function|method|slot wrapper) '?([\w.]+)/.exec(
    name,
  );
  if (builtIn !== null) {
    return fitOfBuiltIn(call, builtIn[1].split('.').at(-1) ?? '', name);
  }
  const operator = /^\w+::(\w+?)_?$/.exec(name)?.[1];
  if (operator !== undefined) {
    return fitOfOperator(call, operator);
  }
  const frame = parseFrame(name);
  return frame === null
    ? 0
    : fitOfFrame(call, frame.function, { path: frame.file, line: frame.line, file });
}

/** `nn.Module: ResNet_0`: some object is called, of this class. */
function fitOfModule(call: CodeCall, className: string, file: FileNames): Fit {
  if (call.kind !== 'call') {
    return 0;
  }
  const classes = classNames(call);
  if (classes.includes(className)) {
    return TYPED;
  }
  return Math.min(fitOfUnknown(call, file), classes.length > 0 ? POSSIBLE : LIKELY);
}

/** Whether a callee may be an object with `__call__`, or a function under another name. */
function fitOfUnknown({ names, isImported, kind }: CodeCall, { defined }: FileNames): Fit {
  const last = names[names.length - 1];
  if (kind !== 'call' || isImported || KNOWN_METHODS.has(last)) {
    return 0;
  }
  const isOwn = names.length === 1 || (names.length === 2 && names[0] === 'self');
  if (names.length === 1 && (PYTHON_FUNCTIONS.has(last) || defined.has(last))) {
    return 0;
  }
  return names[0] === 'self' && defined.has(last) ? 0 : isOwn ? LIKELY : POSSIBLE;
}

function fitOfBuiltIn(call: CodeCall, called: string, name: string): Fit {
  if (call.kind === 'enter' || call.kind === 'exit') {
    return called === `__${call.kind}__` ? NAMED : 0;
  }
  if (call.kind === 'operator') {
    return call.names.includes(called) ? NAMED : 0;
  }
  if (call.kind !== 'call' || call.names.at(-1) !== called) {
    return 0;
  }
  const isOfTensor = / of (Tensor|Parameter) object/.test(name);
  return isOfTensor && call.isImported ? NAMED - 1 : NAMED;
}

function fitOfOperator(call: CodeCall, operator: string): Fit {
  if (call.kind === 'operator') {
    return call.names.includes(operator) ? LIKELY : 0;
  }
  return call.kind === 'call' && call.names.at(-1)?.replace(/_$/, '') === operator ? LIKELY + 1 : 0;
}

interface Called {
  readonly path: string;
  readonly line: number;
  readonly file: FileNames;
}

function fitOfFrame(call: CodeCall, called: string, of: Called): Fit {
  switch (call.kind) {
    case 'comprehension':
      return call.names[0] === called && call.line === of.line ? TYPED : 0;
    case 'iterate':
      return fitOfIteration(call, called, of);
    case 'enter':
    case 'exit':
      return called === `__${call.kind}__` ? fitOfContext(call, of.path) : 0;
    case 'operator':
      return call.names.includes(called) ? NAMED : 0;
    case 'call':
      return fitOfCall(call, called, of);
  }
}

/** Python's own containers have no frames; samplers are asked by their loader alone. */
function fitOfIteration({ types, names }: CodeCall, called: string, of: Called): Fit {
  const isPlain = PLAIN.has(types[0]?.[0] ?? '');
  if (isPlain || /^[([{'"]/.test(names[0] ?? '') || of.path.endsWith('sampler.py')) {
    return 0;
  }
  if (types.some((type) => type.at(-1) === called)) {
    const own = of.file.functions.filter(({ name }) => name === called);
    return own.length === 0 ? NAMED : own.some(({ isGenerator }) => isGenerator) ? TYPED : 0;
  }
  if (!ITERATORS.has(called)) {
    return 0;
  }
  return types.some((type) => livesAt(type, of.path)) ? TYPED : NAMED;
}

const ITERATORS = new Set(['__next__', '__iter__', '_next_data', '__getitem__']);

const PLAIN = new Set(['tuple', 'range', 'list', 'dict', 'set', 'sorted', 'str']);

function fitOfContext({ names, types }: CodeCall, path: string): Fit {
  const made = [...types, names];
  return made.some((type) => livesAt(type, path)) ? TYPED : NAMED - 1;
}

function fitOfCall(call: CodeCall, called: string, { path, line, file }: Called): Fit {
  const last = call.names[call.names.length - 1];
  if (called === '__init__' || called === '__new__') {
    const owner = file.functions.find((of) => of.name === called && of.firstLine === line);
    return owner?.className === last
      ? TYPED
      : /^[A-Z_]*[A-Z]/.test(last) && !file.defined.has(last)
        ? LIKELY + agreement(call.names, path)
        : 0;
  }
  if (called === '__call__' || called === '_wrapped_call_impl' || called === '_call_impl') {
    return fitOfUnknown(call, file);
  }
  const isAsked = file.functions.some(({ name, isGenerator }) => name === called && isGenerator);
  return last !== called || isAsked ? 0 : fitOfHolder(call, path);
}

/** Of calls with the right name: whether what they are called on lives where the frame ran. */
function fitOfHolder(call: CodeCall, path: string): Fit {
  const known = call.isImported
    ? [call.names]
    : call.holders.filter((type) => isClassName(type.at(-1) ?? ''));
  if (known.length === 0) {
    return NAMED + (call.names.slice(0, -1).some((name) => isHintOf(name, path)) ? 1 : 0);
  }
  const best = Math.max(...known.map((type) => agreement(type, path)));
  const isForeign = known.every((type) => type.length > 1 && !livesAt(type, path));
  return isForeign ? NAMED - 1 : TYPED + best;
}

/** Whether a class can have its code in a file; packages of one name differ by what is in them. */
function livesAt(type: readonly string[], path: string): boolean {
  const shared = agreement(type, path);
  return shared > 1 || (shared === 1 && (type.length < 3 || path.split('/').length < 3));
}

/** How many leading segments of a path a type shares: `torch optim SGD` and `torch/optim/sgd.py` share 2. */
function agreement(type: readonly string[], path: string): number {
  const segments = path.replace(/\.py$/, '').split(/[\\/]/);
  const start = segments.lastIndexOf(type[0] ?? '');
  let shared = 0;
  while (
    start >= 0 &&
    shared < type.length &&
    segments[start + shared]?.toLowerCase() === type[shared].toLowerCase()
  ) {
    shared += 1;
  }
  return shared;
}

/** `optimizer` and `torch/optim/adam.py`, `scheduler` and `lr_scheduler.py`, `prof` and `profiler.py`. */
function isHintOf(variable: string, path: string): boolean {
  const words = variable
    .toLowerCase()
    .split(/[^a-z]+|_/)
    .filter((word) => word.length > 2);
  const place = path.toLowerCase();
  return words.some((word) => place.includes(word.slice(0, 5)));
}

function classNames({ types }: CodeCall): string[] {
  return types.map((type) => type.at(-1) ?? '').filter(isClassName);
}

function isClassName(name: string): boolean {
  return /^_*[A-Z]/.test(name);
}

/** Names that say more than that something is wrapped; all of them where none does. */
export function tellingNames(names: readonly string[]): readonly string[] {
  const telling = names.filter((name) => !isWrapperFrame(name));
  return telling.length > 0 ? telling : names;
}
