import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import { argumentsOf, dottedNames, type PythonCode } from './python-code.ts';
import type { ValueRole, ValueRoles } from './value-roles.ts';

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
  /** What a method is called on. */
  readonly object: SyntaxNode | null;
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

/** What a call does, the most telling first; nothing for most calls. */
export function deedsOf(node: SyntaxNode, code: PythonCode, roles: ValueRoles): readonly Deed[] {
  const callee = code.calleeOf(node);
  const target = node.firstChild;
  const call: Call = {
    node,
    code,
    roles,
    callee,
    last: callee.at(-1) ?? '',
    object: target?.name === 'MemberExpression' ? target.firstChild : null,
  };
  return (
    deedsOfGradients(call) ??
    deedsOfUpdate(call) ??
    deedsOfModel(call) ??
    BY_NAME.get(call.last) ??
    deedsOfData(call) ??
    deedsAround(call) ??
    []
  );
}

function deedsOfGradients({
  node,
  code,
  roles,
  callee,
  last,
  object,
}: Call): readonly Deed[] | null {
  if ((last === 'backward' || last === 'gradient') && object !== null) {
    return last === 'gradient' && roleName(roles, object) !== null ? null : [GRADIENTS];
  }
  if (callee.includes('autograd') && last === 'grad') {
    return [GRADIENTS];
  }
  const isGradientFunction = roles.of(node.firstChild)?.role === 'gradient';
  const called = node.firstChild?.name === 'CallExpression' ? code.calleeOf(node.firstChild) : [];
  if (isGradientFunction && (called.length > 0 || !/^(value_and_)?grad$/.test(last))) {
    return [GRADIENTS, { ...FORWARD, weight: 1, certainty: 'likely' }];
  }
  return null;
}

function deedsOfUpdate({ node, code, roles, callee, last, object }: Call): readonly Deed[] | null {
  const role = roleName(roles, object);
  if (last === 'step' && object !== null) {
    if (role === 'optimizer' || role === 'scaler' || role === 'engine') {
      return [UPDATE];
    }
    return role === 'scheduler' ? [side('optimizer')] : null;
  }
  if (last === 'update' && role === 'scaler') {
    return [side('optimizer')];
  }
  const takesGradients = argumentsOf(node.lastChild, code).some(({ value }) =>
    /grad/.test(code.textOf(value).slice(0, 200)),
  );
  if (last === 'update' && role === 'optimizer' && takesGradients) {
    return [UPDATE];
  }
  const isTreeMap = last === 'tree_map' || (last === 'map' && callee.includes('tree'));
  return isTreeMap && takesGradients ? [{ ...UPDATE, certainty: 'likely' }] : null;
}

function deedsOfModel({ node, code, roles, last, object }: Call): readonly Deed[] | null {
  const called = roles.of(node.firstChild);
  const names = dottedNames(node.firstChild, code);
  const isSelf = names.length === 1 && names[0] === 'self';
  if (isSelf || called?.role === 'model' || called?.role === 'engine') {
    return [{ ...FORWARD, certainty: called?.isShown === false ? 'likely' : 'sure' }];
  }
  if (called?.role === 'criterion') {
    return [LOSS];
  }
  const isModel = ['model', 'engine'].includes(roleName(roles, object) ?? '');
  if (
    object !== null &&
    (last === 'apply_fn' || (isModel && /^(forward|apply|training_step|generate)$/.test(last)))
  ) {
    return [FORWARD];
  }
  return null;
}

function deedsOfData({ node, code, roles, callee, last, object }: Call): readonly Deed[] | null {
  const first = argumentsOf(node.lastChild, code)[0]?.value ?? null;
  if (last === 'next' && object === null) {
    return [BATCH];
  }
  if (last === '__next__' || BATCH_CALL.test(last)) {
    return [{ ...BATCH, certainty: BATCH_CALL.test(last) ? 'likely' : 'sure' }];
  }
  const role = roleName(roles, object);
  if (last === 'next' && (role === 'loader' || role === 'iterator')) {
    return [BATCH];
  }
  if (last === 'cuda' || last === 'to') {
    const isModel = role === 'model' || role === 'criterion' || object === null;
    return isModel || !goesToDevice(last, first, code) ? null : [COPY];
  }
  return COPY_CALL.test(last) || (last === 'copy_' && callee.length > 1)
    ? [{ ...COPY, certainty: COPY_CALL.test(last) ? 'sure' : 'likely' }]
    : null;
}

function goesToDevice(method: string, argument: SyntaxNode | null, code: PythonCode): boolean {
  return (
    method === 'cuda' || (argument !== null && DEVICE.test(code.textOf(argument).slice(0, 200)))
  );
}

function deedsAround({ roles, callee, last, object }: Call): readonly Deed[] | null {
  if (last === 'save' || last === 'save_file') {
    const isCheckpoint = callee.some((name) =>
      /torch|ckpt|checkpoint|manager|fabric|accelerator|saver|dcp|model|xm/i.test(name),
    );
    return isCheckpoint ? [SAVE] : null;
  }
  if (last === 'dump' && callee.some((name) => /pickle|joblib/.test(name))) {
    return [{ ...SAVE, certainty: 'likely' }];
  }
  if (LOSS_CALL.test(last)) {
    return [{ ...LOSS, certainty: /cross_entropy|_loss$/.test(last) ? 'sure' : 'likely' }];
  }
  if (VALIDATION_CALL.test(last) && last !== 'eval') {
    return [{ phase: 'validation', certainty: 'likely', weight: 2 }];
  }
  if (STEP_ELSEWHERE.test(last)) {
    return stepElsewhere();
  }
  const isLog =
    object !== null &&
    LOG_METHOD.test(last) &&
    (['logger', 'accelerator'].includes(roleName(roles, object) ?? '') ||
      callee.includes('self') ||
      LOG_MODULES.includes(callee[0]));
  return isLog ? [LOG] : null;
}

const LOG_MODULES: readonly string[] = [
  'logging',
  'wandb',
  'mlflow',
  'tqdm',
  'loguru',
  'tf',
  'tensorflow',
];

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

function roleName(roles: ValueRoles, node: SyntaxNode | null): ValueRole | null {
  return roles.of(node)?.role ?? null;
}
