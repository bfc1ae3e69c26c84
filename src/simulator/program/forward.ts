import { PURPOSES } from '../engine/draws.ts';
import { PLACES, type Place } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { MODEL_CLASS, type Operator, operatorsOf } from './operators.ts';
import type { Plan } from './plan.ts';
import { readValue } from './read-value.ts';
import { factorOf, lagOf, type RankState } from './rank-state.ts';

const HOST_DEVIATION = 0.06;
export const KERNEL_DEVIATION = 0.015;
/** No kernel is shorter. */
const SHORTEST_KERNEL_NS = 1_800;
/** Operators of a layer that numbers are drawn for. */
const MOST_OPERATORS = 16;
const MODULE_FILE = 'torch/nn/modules/module.py';

/** What a kernel of the operator takes on the device, before noise. */
export function kernelNs(plan: Plan, operator: Operator): number {
  const { model } = plan.config;
  return operator.kind === 'matrix'
    ? model.matrixKernelNs * operator.scale * plan.matrixFactor
    : model.pointwiseKernelNs * operator.scale;
}

/** Numbers the operators of a step, for the draws. */
export function drawIndex(plan: Plan, pass: number, layer: number, operator: number): number {
  return (pass * plan.config.model.layers + layer) * MOST_OPERATORS + operator;
}

/** What the host needs for an operator, besides its launches. */
export function operatorNs(state: RankState, index: number): number {
  const { model } = state.plan.config;
  return model.operatorNs * factorOf(state, HOST_DEVIATION, PURPOSES.operator, index);
}

/** The model on a batch; `pass` numbers the calls of a step. Gradients follow where `pass` is one of training. */
export function runForward(state: RankState, pass: number): void {
  const { host, plan } = state;
  const { model } = plan.config;
  const operators = operatorsOf(model.kind);
  const lag = computeLag(state, operators);
  host.frame(MODULE_FILE, 1735, '_wrapped_call_impl');
  host.frame(MODULE_FILE, 1743, '_call_impl');
  host.open('frame', `nn.Module: ${MODEL_CLASS[model.kind]}_0`, moduleOf(0));
  beginSide(state);
  for (let layer = 0; layer < model.layers; layer++) {
    operators.forEach((operator, position) =>
      runOperator(state, operator, drawIndex(plan, pass, layer, position), { layer, lag }),
    );
    runPlanted(state, layer);
  }
  endSide(state);
  host.close();
  host.close();
  host.close();
}

interface Where {
  readonly layer: number;
  /** What the device takes longer, for each nanosecond of a matrix kernel. */
  readonly lag: number;
}

function runOperator(
  state: RankState,
  operator: Operator,
  index: number,
  { layer, lag }: Where,
): void {
  const { host, plan } = state;
  const parts = operator.kind === 'pointwise' ? plan.parts : 1;
  const hostNs = operatorNs(state, index);
  const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.kernel, 2 * index);
  const slower = operator.kind === 'matrix' ? 1 + lag : 1;
  const durationNs = kernelNs(plan, operator) * noise * slower;
  if (operator.module !== '') {
    host.open('frame', `nn.Module: ${operator.module}_${layer}`, moduleOf(layer));
  }
  if (plan.pythonPerOperatorNs > 0) {
    inPlace(state, PLACES.inspect, () => host.spend(plan.pythonPerOperatorNs));
  }
  host.spend(hostNs * 0.3);
  state.sequence++;
  for (let part = 0; part < parts; part++) {
    host.open('operator', operator.name, { sequence: state.sequence });
    host.spend(hostNs * 0.2);
    host.open('operator', operator.inner, { sequence: state.sequence });
    host.spend(hostNs * 0.3);
    host.launch({
      kind: 'kernel',
      name: nameOf(operator, plan),
      stream: 'compute',
      durationNs: Math.max(SHORTEST_KERNEL_NS, durationNs / parts),
      call: 'cudaLaunchKernel',
    });
    host.spend(hostNs * 0.15);
    host.close();
    host.spend(hostNs * 0.05);
    host.close();
  }
  if (operator.module !== '') {
    host.close();
  }
}

function nameOf({ kernels }: Operator, { isFullPrecision }: Plan): string {
  return isFullPrecision ? (kernels.fullForward ?? kernels.forward) : kernels.forward;
}

function moduleOf(module: number) {
  return { frame: { id: 0, parent: null, module } };
}

/** A function of the script, with its frame and, where files tell of it, its span. */
export function inPlace(state: RankState, place: Place, body: () => void): void {
  const { host } = state;
  host.frame(SCRIPT_FILE, place.definition, place.name);
  body();
  host.close();
}

function computeLag(state: RankState, operators: readonly Operator[]): number {
  const extra = lagOf(state, 'compute');
  if (extra === 0) {
    return 0;
  }
  const { layers } = state.plan.config.model;
  const matrix = operators
    .filter(({ kind }) => kind === 'matrix')
    .reduce((sum, operator) => sum + kernelNs(state.plan, operator), 0);
  return extra / (matrix * layers * state.plan.config.microBatches);
}

function runPlanted(state: RankState, layer: number): void {
  const { plan } = state;
  if (plan.items !== null && isSpread(plan.items.perStep, plan, layer)) {
    const { thinkNs } = plan.items;
    inPlace(state, PLACES.checkActivations, () => {
      readValue(state.host);
      state.host.spend(thinkNs);
    });
  }
  if (plan.churn !== null) {
    churn(state, layer, plan.churn);
  }
  if (plan.side !== null) {
    runSide(state, layer, plan.side);
  }
}

/** Whether one of `count` events, spread evenly over the layers, falls on this one. */
function isSpread(count: number, { config }: Plan, layer: number): boolean {
  const { layers } = config.model;
  return Math.floor((count * (layer + 1)) / layers) > Math.floor((count * layer) / layers);
}

function churn(
  state: RankState,
  layer: number,
  { perStep, callNs }: { readonly perStep: number; readonly callNs: number },
): void {
  const { host, plan } = state;
  if (!isSpread(perStep, plan, layer)) {
    return;
  }
  inPlace(state, PLACES.freeMemory, () => {
    host.call('cudaFree', Math.max(0, host.device.idleAt - host.now) + callNs);
  });
  host.open('operator', 'aten::empty');
  host.call('cudaMalloc', callNs);
  host.close();
}

function beginSide({ host, plan }: RankState): void {
  if (plan.side !== null) {
    host.call('cudaStreamWaitEvent', 2_000);
    host.device.waitFor('side', 'compute');
  }
}

function runSide(
  state: RankState,
  layer: number,
  { share, isSerial }: { readonly share: number; readonly isSerial: boolean },
): void {
  const { host, plan } = state;
  const operators = operatorsOf(plan.config.model.kind);
  const layerNs = operators.reduce((sum, operator) => sum + kernelNs(plan, operator), 0);
  const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.service, layer);
  inPlace(state, PLACES.sideBranch, () => {
    if (isSerial) {
      host.call('cudaStreamWaitEvent', 2_000);
      host.device.waitFor('side', 'compute');
    }
    host.open('operator', 'aten::linear');
    host.launch({
      kind: 'kernel',
      name: operators.find(({ kind }) => kind === 'matrix')?.kernels.forward ?? '',
      stream: 'side',
      durationNs: layerNs * share * noise,
      call: 'cudaLaunchKernel',
    });
    host.spend(plan.config.model.operatorNs / 2);
    host.close();
    if (isSerial) {
      endSide(state);
    }
  });
}

function endSide({ host, plan }: RankState): void {
  if (plan.side !== null) {
    host.call('cudaStreamWaitEvent', 2_000);
    host.device.waitFor('compute', 'side');
  }
}
