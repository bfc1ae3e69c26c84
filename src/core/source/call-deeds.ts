import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import { argumentsOf, dottedNames, type PythonCode } from './python-code.ts';
import type { ValueRole } from './role-names.ts';
import type { ValueRoles } from './value-roles.ts';

/** What a call does to a step. */
export interface Deed {
  readonly phase: Phase;
  readonly certainty: 'sure' | 'likely';
  /** Of several deeds of a phase the one that a person would point at has the most. */
  readonly weight: number;
  /** What makes a loop one that trains. */
  readonly makes?: 'gradients' | 'update' | 'batch';
}

/** A call and what its names mean. */
interface Call {
  readonly node: SyntaxNode;
  readonly code: PythonCode;
  readonly roles: ValueRoles;
  /** With imports followed. */
  readonly callee: readonly string[];
  readonly last: string;
  /** What a method is called on, and what that is to training. */
  readonly object: SyntaxNode | null;
  readonly role: ValueRole | null;
}

const GRADIENTS: Deed = { phase: 'backward', certainty: 'sure', weight: 3, makes: 'gradients' };
const UPDATE: Deed = { phase: 'optimizer', certainty: 'sure', weight: 3, makes: 'update' };
const FORWARD: Deed = { phase: 'forward', certainty: 'sure', weight: 2 };
const LOSS: Deed = { phase: 'loss', certainty: 'sure', weight: 3 };
const COPY: Deed = { phase: 'h2d', certainty: 'sure', weight: 2 };
const BATCH: Deed = { phase: 'data', certainty: 'sure', weight: 2, makes: 'batch' };
const SAVE: Deed = { phase: 'checkpoint', certainty: 'sure', weight: 2 };
const LOG: Deed = { phase: 'logging', certainty: 'sure', weight: 2 };

/** Calls whose last name says all. */
const BY_NAME: ReadonlyMap<string, readonly Deed[]> = new Map<string, readonly Deed[]>([
  ['manual_backward', [GRADIENTS]],
  ['zero_grad', [side('optimizer')]],
  ['clip_grad_norm_', [side('optimizer')]],
  ['clip_grad_norm', [side('optimizer')]],
  ['clip_grad_value_', [side('optimizer')]],
  ['unscale_', [side('optimizer')]],
  ['apply_gradients', [UPDATE]],
  ['apply_gradient', [UPDATE]],
  ['apply_updates', [UPDATE]],
  [
    'minimize',
    [
      { ...GRADIENTS, certainty: 'likely' },
      { ...UPDATE, certainty: 'likely' },
    ],
  ],
  ['device_put', [COPY]],
  ['send_to_device', [COPY]],
  ['save_pretrained', [SAVE]],
  ['save_checkpoint', [SAVE]],
  ['save_state', [SAVE]],
  ['save_model', [SAVE]],
  ['save_weights', [SAVE]],
  ['save_train_state', [SAVE]],
  ['async_save', [SAVE]],
  ['print', [LOG]],
  ['pprint', [LOG]],
  ['set_postfix', [LOG]],
  ['set_description', [LOG]],
  ['add_scalar', [LOG]],
  ['add_scalars', [LOG]],
  ['add_histogram', [LOG]],
  ['add_image', [LOG]],
  ['log_metrics', [LOG]],
  ['log_metric', [LOG]],
  ['log_dict', [LOG]],
  ['item', [{ ...LOG, weight: 1 }]],
  ['tolist', [{ ...LOG, weight: 1, certainty: 'likely' }]],
  ['all_reduce', [{ phase: 'communication', certainty: 'sure', weight: 2 }]],
  ['all_gather', [{ phase: 'communication', certainty: 'sure', weight: 2 }]],
  ['barrier', [{ phase: 'communication', certainty: 'sure', weight: 1 }]],
]);

/** A whole step of code that is elsewhere. */
const STEP_ELSEWHERE =
  /^(train_batch|train_on_batch|forward_backward(_func)?|(p_|jit_)?train(ing)?_step|train_one_(step|batch)|step_fn)$/;
const LOSS_CALL = /(^|_)loss(_fn|_func|_function)?$|cross_entropy|^nll_loss$|_divergence$|^kl_div$/;
const BATCH_CALL =
  /^(get|next|load|fetch|sample|draw)_(\w+_)?(batch|minibatch|data)$|^next_batch$|^get_next$/;
const COPY_CALL = /^(\w+_)?to_(device|gpu|cuda)$|^move_\w*(device|gpu|cuda)$/;
const DEVICE = /device|cuda|gpu|rank|xpu|mps|npu/i;
/** Names of functions that evaluate. */
export const VALIDATION_CALL =
  /^(run_|do_)?(eval|evaluate|evaluation|valid|validate|validation|val_epoch)(_|$)/;
const LOG_METHOD =
  /^(log|info|debug|warning|warn|write|print|add_\w+|log_\w+|report|update_metrics)$/;

const SAVER = /torch|ckpt|checkpoint|manager|fabric|accelerator|saver|dcp|model|xm/i;
const LOG_MODULES: readonly string[] = [
  ...['logging', 'wandb', 'mlflow', 'tqdm', 'loguru', 'tf', 'tensorflow'],
];

/** Characters of an argument that tell what it is. */
const MAX_ARGUMENT = 200;

/** What a call does, the most telling first; nothing for most calls. */
export function deedsOf(node: SyntaxNode, code: PythonCode, roles: ValueRoles): readonly Deed[] {
  const callee = code.calleeOf(node);
  const target = node.firstChild;
  const object = target?.name === 'MemberExpression' ? target.firstChild : null;
  const call: Call = {
    node,
    code,
    roles,
    callee,
    last: callee.at(-1) ?? '',
    object,
    role: roles.of(object)?.role ?? null,
  };
  for (const rule of RULES) {
    const deeds = rule(call);
    if (deeds !== null) {
      return deeds;
    }
  }
  return [];
}

/** The first that says something counts. */
const RULES: readonly ((call: Call) => readonly Deed[] | null)[] = [
  deedsOfGradients,
  deedsOfStep,
  deedsOfUpdate,
  deedsOfModel,
  ({ last }) => BY_NAME.get(last) ?? null,
  deedsOfBatch,
  deedsOfCopy,
  deedsOfSaving,
  deedsOfNamed,
  deedsOfLog,
];

function deedsOfGradients({ callee, last, object, role, ...call }: Call): readonly Deed[] | null {
  if (last === 'backward' && object !== null) {
    return [GRADIENTS];
  }
  if (last === 'gradient' && object !== null && role === null) {
    return [GRADIENTS];
  }
  if (last === 'grad' && callee.includes('autograd')) {
    return [GRADIENTS];
  }
  return givesGradients(call.node, last, call.roles)
    ? [GRADIENTS, { ...FORWARD, weight: 1, certainty: 'likely' }]
    : null;
}

/** `grad_fn(params)` or `jax.grad(loss)(params)`, but not `jax.grad(loss)`. */
function givesGradients({ firstChild }: SyntaxNode, last: string, roles: ValueRoles): boolean {
  const isOfCall = firstChild?.name === 'CallExpression';
  return (
    roles.of(firstChild)?.role === 'gradient' && (isOfCall || !/^(value_and_)?grad$/.test(last))
  );
}

function deedsOfStep({ last, object, role }: Call): readonly Deed[] | null {
  if (last !== 'step' || object === null) {
    return null;
  }
  if (role === 'scheduler') {
    return [side('optimizer')];
  }
  return role === 'optimizer' || role === 'scaler' || role === 'engine' ? [UPDATE] : null;
}

function deedsOfUpdate({ node, code, callee, last, role }: Call): readonly Deed[] | null {
  if (last === 'update' && role === 'scaler') {
    return [side('optimizer')];
  }
  const isTreeMap = last === 'tree_map' || (last === 'map' && callee.includes('tree'));
  const isUpdate = last === 'update' && role === 'optimizer';
  if ((!isTreeMap && !isUpdate) || !takesGradients(node, code)) {
    return null;
  }
  return isUpdate ? [UPDATE] : [{ ...UPDATE, certainty: 'likely' }];
}

function takesGradients(node: SyntaxNode, code: PythonCode): boolean {
  return argumentsOf(node.lastChild, code).some(({ value }) =>
    code.textOf(value).slice(0, MAX_ARGUMENT).includes('grad'),
  );
}

function deedsOfModel({ node, code, roles, last, object, role }: Call): readonly Deed[] | null {
  const called = roles.of(node.firstChild);
  const [name, ...more] = dottedNames(node.firstChild, code);
  if ((name === 'self' && more.length === 0) || isModel(called?.role)) {
    return [{ ...FORWARD, certainty: called?.isShown === false ? 'likely' : 'sure' }];
  }
  if (called?.role === 'criterion') {
    return [LOSS];
  }
  return object !== null && isPass(last, role) ? [FORWARD] : null;
}

function isPass(method: string, role: ValueRole | null): boolean {
  const isOfModel = /^(forward|apply|training_step|generate)$/.test(method);
  return method === 'apply_fn' || (isOfModel && isModel(role));
}

function isModel(role: ValueRole | null | undefined): boolean {
  return role === 'model' || role === 'engine';
}

function deedsOfBatch({ last, object, role }: Call): readonly Deed[] | null {
  const isOfIterator = role === 'loader' || role === 'iterator';
  if (last === '__next__' || (last === 'next' && (object === null || isOfIterator))) {
    return [BATCH];
  }
  return BATCH_CALL.test(last) ? [{ ...BATCH, certainty: 'likely' }] : null;
}

function deedsOfCopy({ node, code, last, object, role }: Call): readonly Deed[] | null {
  if (COPY_CALL.test(last)) {
    return [COPY];
  }
  if (object === null || role === 'model' || role === 'criterion') {
    return null;
  }
  const to = last === 'to' ? argumentsOf(node.lastChild, code)[0]?.value : undefined;
  const isToDevice = to !== undefined && DEVICE.test(code.textOf(to).slice(0, MAX_ARGUMENT));
  if (last === 'cuda' || isToDevice) {
    return [COPY];
  }
  return last === 'copy_' ? [{ ...COPY, certainty: 'likely' }] : null;
}

function deedsOfSaving({ callee, last }: Call): readonly Deed[] | null {
  if (last === 'save' || last === 'save_file') {
    return callee.some((name) => SAVER.test(name)) ? [SAVE] : null;
  }
  const isPickle = last === 'dump' && callee.some((name) => /pickle|joblib/.test(name));
  return isPickle ? [{ ...SAVE, certainty: 'likely' }] : null;
}

function deedsOfNamed({ last }: Call): readonly Deed[] | null {
  if (LOSS_CALL.test(last)) {
    return [{ ...LOSS, certainty: /cross_entropy|_loss$/.test(last) ? 'sure' : 'likely' }];
  }
  if (VALIDATION_CALL.test(last) && last !== 'eval') {
    return [{ phase: 'validation', certainty: 'likely', weight: 2 }];
  }
  return STEP_ELSEWHERE.test(last) ? stepElsewhere() : null;
}

function deedsOfLog({ callee, last, object, role }: Call): readonly Deed[] | null {
  if (object === null || !LOG_METHOD.test(last)) {
    return null;
  }
  const isLogger = role === 'logger' || role === 'accelerator' || callee.includes('self');
  return isLogger || LOG_MODULES.includes(callee[0]) ? [LOG] : null;
}

function stepElsewhere(): readonly Deed[] {
  return [
    { ...FORWARD, certainty: 'likely', weight: 1 },
    { ...GRADIENTS, certainty: 'likely', weight: 1 },
    { ...UPDATE, certainty: 'likely', weight: 1 },
  ];
}

function side(phase: Phase): Deed {
  return { phase, certainty: 'sure', weight: 1 };
}
