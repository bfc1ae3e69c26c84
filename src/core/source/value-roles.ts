import type { SyntaxNode } from '@lezer/common';
import type { CodeFacts, PythonClass, PythonFunction } from './code-facts.ts';
import { findOwnFunction } from './own-functions.ts';
import { argumentsOf, childrenOf, dottedNames } from './python-code.ts';

/** What a value is to training. */
export type ValueRole =
  | 'model'
  | 'optimizer'
  | 'scheduler'
  | 'scaler'
  | 'criterion'
  | 'loader'
  | 'iterator'
  /** A model that also steps: of DeepSpeed. */
  | 'engine'
  /** What runs backward passes for others: of Accelerate and Fabric. */
  | 'accelerator'
  /** What runs the loop itself: of Lightning and Transformers. */
  | 'trainer'
  /** A function that gives gradients: of JAX. */
  | 'gradient'
  | 'logger';

export interface KnownRole {
  readonly role: ValueRole;
  /** Whether the code shows it; else only the name does. */
  readonly isShown: boolean;
}

const CONSTRUCTORS: readonly (readonly [RegExp, ValueRole])[] = [
  [/(DataLoader|Loader|BucketIterator|DataPipe)$|(^|_)(data)?loaders?$/, 'loader'],
  [
    /^(SGD|Adam|AdamW|Adamax|NAdam|RAdam|RMSprop|Adagrad|Adadelta|LBFGS|Adafactor|Lion|LAMB|Muon)$/,
    'optimizer',
  ],
  [
    /^(FusedAdam|FusedLAMB|DeepSpeedCPUAdam|adamw?|sgd|lamb|lion|ZeroRedundancyOptimizer)$|optimizers?$/i,
    'optimizer',
  ],
  [/GradScaler$/, 'scaler'],
  [
    /(Scheduler|LR|schedule(_with_\w+)?|lr_scheduler)$|WarmRestarts$|ReduceLROnPlateau$/,
    'scheduler',
  ],
  [/(Loss|Criterion)$/, 'criterion'],
  [/^(value_and_grad|grad)$/, 'gradient'],
  [/^Accelerator$|^Fabric$/, 'accelerator'],
  [/Trainer$/, 'trainer'],
  [/^(SummaryWriter|getLogger|get_logger)$/, 'logger'],
  [/^(from_pretrained|Sequential|create_model|build_model|get_model|ModuleList)$/, 'model'],
  [/^(resnet|vgg|vit_|densenet|efficientnet|mobilenet|convnext|swin_)/, 'model'],
];

/** What they give is what their first argument is. */
const WRAPPERS: ReadonlySet<string> = new Set([
  ...['DistributedDataParallel', 'DDP', 'FullyShardedDataParallel', 'FSDP', 'DataParallel'],
  ...['compile', 'script', 'fully_shard', 'convert_sync_batchnorm', 'prepare_model', 'wrap'],
  ...[
    'tqdm',
    'trange',
    'enumerate',
    'islice',
    'cycle',
    'zip',
    'chain',
    'track',
    'prepare_data_loader',
  ],
  ...[
    'prefetch_to_device',
    'setup_dataloaders',
    'prepare',
    'setup',
    'setup_module',
    'setup_optimizers',
  ],
  ...[
    'MpDeviceLoader',
    'ParallelLoader',
    'jit',
    'pmap',
    'remat',
    'checkpoint_wrapper',
    'steps',
    'loader',
  ],
]);

/** Methods that give what they are called on. */
const OWN_METHODS: ReadonlySet<string> = new Set([
  ...[
    'to',
    'cuda',
    'half',
    'float',
    'bfloat16',
    'train',
    'eval',
    'requires_grad_',
    'module',
    'unwrap',
  ],
  ...['batch', 'shuffle', 'repeat', 'prefetch', 'map', 'per_device_loader', 'as_numpy_iterator'],
]);

/** Methods that only such values have. */
const USES: ReadonlyMap<string, ValueRole> = new Map([
  ['parameters', 'model'],
  ['named_parameters', 'model'],
  ['eval', 'model'],
  ['gradient_checkpointing_enable', 'model'],
  ['unscale_', 'scaler'],
]);

const NAMES: readonly (readonly [RegExp, ValueRole])[] = [
  [/optim|^opt([A-Z_\d]|$)|_opt$/, 'optimizer'],
  [/sched/, 'scheduler'],
  [/scaler/, 'scaler'],
  [/iter$|iterator$/, 'iterator'],
  [/loader|^(train_)?dl$|_dl$/, 'loader'],
  [/^(criterion|loss_fn|loss_func|loss_function|lossfn)|_criterion$|_loss_fn$/, 'criterion'],
  [/^(model_)?engine$/, 'engine'],
  [/^accelerator$|^fabric$/, 'accelerator'],
  [/trainer$/, 'trainer'],
  [
    /^(model|net|network|ddp_model|raw_model|module|generator|discriminator|net[GD]|[GD])$|_model$|_net$/,
    'model',
  ],
  [/grad_fn$/, 'gradient'],
  [/^(logger|log|writer|wandb|mlflow|tb|tb_writer|summary_writer)$|_logger$|_writer$/, 'logger'],
];

const DEEPSPEED: readonly (ValueRole | null)[] = ['engine', 'optimizer', 'loader', 'scheduler'];
/** Names pass from call to call this many times. */
const ROUNDS = 3;
const MAX_RETURNS = 8;

/** What the names of a file stand for: shown by what is assigned to them and done with them, else by the name. */
export class ValueRoles {
  /** By name as written, `self.optimizer` included; null where the file gives it several roles. */
  readonly #roles = new Map<string, ValueRole | null>();

  constructor(private readonly facts: CodeFacts) {
    this.#noteUses();
    for (let round = 0; round < ROUNDS; round++) {
      const before = this.#roles.size;
      this.#noteAssignments();
      this.#noteArguments();
      if (round > 0 && this.#roles.size === before) {
        break;
      }
    }
  }

  /** Of a name, a wrapped name or a call that makes the value. */
  of(node: SyntaxNode | null): KnownRole | null {
    const shown = this.#shownRole(node);
    if (shown !== null) {
      return { role: shown, isShown: true };
    }
    const names = dottedNames(node, this.facts.code);
    const named = this.#roles.has(names.join('.')) ? null : roleOfName(names.at(-1) ?? '');
    return named === null ? null : { role: named, isShown: false };
  }

  #shownRole(node: SyntaxNode | null, depth = 0): ValueRole | null {
    if (node === null || depth > 4) {
      return null;
    }
    if (node.name === 'CallExpression') {
      return this.#roleOfCall(node, depth);
    }
    if (node.name === 'ConditionalExpression' || node.name === 'ParenthesizedExpression') {
      return (
        childrenOf(node)
          .map((child) => this.#shownRole(child, depth + 1))
          .find((role) => role !== null) ?? null
      );
    }
    if (node.name === 'MemberExpression' && node.lastChild?.name === ']') {
      return this.#shownRole(node.firstChild, depth + 1);
    }
    const names = dottedNames(node, this.facts.code);
    if (names.length > 1 && names.at(-1) === 'module') {
      return this.#roles.get(names.slice(0, -1).join('.')) ?? null;
    }
    return (
      this.#roles.get(names.join('.')) ?? this.#roles.get(`self.${names.at(-1) ?? ''}`) ?? null
    );
  }

  #roleOfCall(call: SyntaxNode, depth: number): ValueRole | null {
    const { code, classes } = this.facts;
    const callee = code.calleeOf(call);
    const last = callee.at(-1) ?? '';
    const first = argumentsOf(call.lastChild, code)[0]?.value ?? null;
    if (last === 'iter') {
      return 'iterator';
    }
    if (WRAPPERS.has(last)) {
      return this.#shownRole(first, depth + 1);
    }
    if (OWN_METHODS.has(last) && call.firstChild?.name === 'MemberExpression') {
      return this.#shownRole(call.firstChild.firstChild, depth + 1);
    }
    const own = classes.get(last);
    if (own !== undefined) {
      return isModule(own, classes) ? 'model' : roleOfConstructor(last);
    }
    if (call.firstChild?.name === 'CallExpression') {
      return null;
    }
    return callee.includes('models') && callee.length > 1 ? 'model' : roleOfConstructor(last);
  }

  #set(names: readonly string[], role: ValueRole | null): void {
    const key = names.join('.');
    if (role === null || key === '' || names.includes('?')) {
      return;
    }
    const known = this.#roles.get(key);
    const isEngine = known === 'engine' && role === 'model';
    if (known === undefined || known === role || isEngine) {
      this.#roles.set(key, known ?? role);
    } else {
      this.#roles.set(key, role === 'engine' && known === 'model' ? 'engine' : null);
    }
  }

  #noteUses(): void {
    const { code, functions } = this.facts;
    const stepping = new Map<string, Set<string>>();
    for (const call of functions.flatMap(({ units }) => units.flatMap(({ calls }) => calls))) {
      const names = dottedNames(call.firstChild, code);
      const object = names.slice(0, -1);
      const method = names.at(-1) ?? '';
      this.#set(object, USES.get(method) ?? null);
      if (['step', 'zero_grad', 'backward'].includes(method)) {
        const key = object.join('.');
        stepping.set(key, (stepping.get(key) ?? new Set()).add(method));
      }
    }
    for (const [key, methods] of stepping) {
      const isEngine = methods.has('backward') && methods.has('step');
      const isOptimizer = methods.has('zero_grad') && methods.has('step');
      if (isEngine || isOptimizer) {
        this.#roles.delete(key);
        this.#set(key.split('.'), isEngine ? 'engine' : 'optimizer');
      }
    }
  }

  #noteAssignments(): void {
    for (const { units } of this.facts.functions) {
      for (const { node } of units) {
        if (node.name === 'AssignStatement') {
          this.#noteAssignment(node);
        } else if (node.name === 'WithStatement') {
          this.#noteContexts(node);
        }
      }
    }
  }

  #noteAssignment(node: SyntaxNode): void {
    const { targets, values } = splitAssignment(node);
    const roles =
      values.length === 1
        ? this.#rolesOf(values[0])
        : values.map((value) => this.#shownRole(value));
    const common = roles.every((role) => role === roles[0]) ? (roles[0] ?? null) : null;
    const isTaken = values.length === 1 && values[0].name !== 'CallExpression';
    for (const target of targets) {
      target.forEach((name, index) => {
        const isOfOne = target.length === 1 ? roles.length > 1 : isTaken;
        const role = isOfOne ? common : (roles[index] ?? null);
        this.#set(dottedNames(name, this.facts.code), role);
      });
    }
  }

  #noteContexts(node: SyntaxNode): void {
    for (const child of childrenOf(node)) {
      if (child.prevSibling?.name === 'as') {
        this.#set(
          dottedNames(child, this.facts.code),
          this.#shownRole(child.prevSibling.prevSibling),
        );
      }
    }
  }

  /** One role of each value that an expression gives. */
  #rolesOf(value: SyntaxNode): readonly (ValueRole | null)[] {
    if (value.name !== 'CallExpression') {
      return [this.#shownRole(value)];
    }
    const { code } = this.facts;
    const callee = code.calleeOf(value);
    const last = callee.at(-1) ?? '';
    const values = argumentsOf(value.lastChild, code).filter(({ keyword }) => keyword === null);
    if (last === 'initialize' && callee.includes('deepspeed')) {
      return DEEPSPEED;
    }
    if (
      values.length > 1 &&
      ['prepare', 'setup', 'setup_dataloaders', 'initialize'].includes(last)
    ) {
      return values.map((argument) => this.of(argument.value)?.role ?? null);
    }
    const own = findOwnFunction(value, this.facts);
    return own === null ? [this.#shownRole(value)] : this.#returnsOf(own);
  }

  #returnsOf({ units }: PythonFunction): readonly (ValueRole | null)[] {
    const returns = units.filter(({ node }) => node.name === 'ReturnStatement').slice(-MAX_RETURNS);
    for (const { node } of returns) {
      const values = valuesAfter(node, 'return');
      const roles = values.map((value) => this.#shownRole(value));
      if (roles.some((role) => role !== null)) {
        return roles;
      }
    }
    return [];
  }

  /** Parameters are what calls of the same file give. */
  #noteArguments(): void {
    for (const { units } of this.facts.functions) {
      for (const call of units.flatMap(({ calls }) => calls)) {
        const own = findOwnFunction(call, this.facts);
        if (own !== null) {
          this.#noteCall(call, own);
        }
      }
    }
  }

  #noteCall(call: SyntaxNode, { parameters, ofClass, name }: PythonFunction): void {
    const isMethod = ofClass !== null && ofClass.methods.has(name ?? '');
    const names = isMethod ? parameters.slice(1) : parameters;
    argumentsOf(call.lastChild, this.facts.code).forEach(({ keyword, value }, index) => {
      const parameter = keyword ?? names[index] ?? '';
      const role =
        value.name === 'VariableName' || value.name === 'MemberExpression' ? this.of(value) : null;
      if (role?.isShown === true && names.includes(parameter)) {
        this.#set([parameter], role.role);
      }
    });
  }
}

export function roleOfName(name: string): ValueRole | null {
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function roleOfConstructor(name: string): ValueRole | null {
  return CONSTRUCTORS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function isModule(
  { bases, methods }: PythonClass,
  classes: ReadonlyMap<string, PythonClass>,
  depth = 0,
): boolean {
  const isOne = bases.some((base) => /(?<!Data)Module$|Model$|^PreTrained/.test(base));
  const inherits = (): boolean =>
    bases.some((base) => {
      const own = classes.get(base);
      return own !== undefined && depth < 8 && isModule(own, classes, depth + 1);
    });
  return isOne || (methods.has('forward') && methods.has('__init__')) || inherits();
}

interface Assignment {
  /** `a = b, c = …` has two, of one and of two names. */
  readonly targets: readonly (readonly SyntaxNode[])[];
  readonly values: readonly SyntaxNode[];
}

/** The targets and the values of an assignment, tuples taken apart. */
export function splitAssignment(node: SyntaxNode): Assignment {
  const sides: SyntaxNode[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') {
      sides.push([]);
    } else if (!['TypeDef', ',', 'Comment'].includes(child.name)) {
      sides.at(-1)?.push(child);
    }
  }
  const flat = sides.map((side) => (side.length === 1 ? elementsOf(side[0]) : side));
  return { targets: flat.slice(0, -1), values: flat.at(-1) ?? [] };
}

function elementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.name === 'TupleExpression' || node.name === 'ArrayExpression'
    ? childrenOf(node).filter(({ name }) => !['(', ')', '[', ']', ',', 'Comment'].includes(name))
    : [node];
}

function valuesAfter(node: SyntaxNode, keyword: string): readonly SyntaxNode[] {
  const values = childrenOf(node).filter(({ name }) => ![keyword, ',', 'Comment'].includes(name));
  return values.length === 1 ? elementsOf(values[0]) : values;
}
