import { PURPOSES } from '../engine/draws.ts';
import { drawIndex, KERNEL_DEVIATION, kernelNs, operatorNs } from './forward.ts';
import { LOSS_KERNELS, lossIndex } from './loss.ts';
import { type Operator, operatorsOf } from './operators.ts';
import type { Plan } from './plan.ts';
import { factorOf, type Collectively, type RankState } from './rank-state.ts';
import { finishReductions, reduceBucket } from './reduce.ts';

/** Kernels of the backward pass take this many times as long as those of the forward pass, together. */
const BACKWARD_FACTOR = 2;
/** The main thread hands the graph to autograd's own thread, and is told that it has ended. */
const HANDOVER_NS = 40_000;
const ACCUMULATE_NS = 7_000;

/** `loss.backward()`: the main thread waits while autograd's thread launches. `firstSequence`: of the forward pass. */
export function* runBackward(
  state: RankState,
  pass: number,
  firstSequence: number,
  reduces: boolean,
): Collectively {
  const { host, plan } = state;
  host.frame('torch/_tensor.py', 570, 'backward');
  host.frame('torch/autograd/__init__.py', 242, 'backward');
  host.frame('torch/autograd/graph.py', 815, '_engine_run_backward');
  host.open(
    'frame',
    '<built-in method run_backward of torch._C._EngineBase object at 0x7f3c2a1b5d60>',
  );
  host.spend(HANDOVER_NS);
  const overlaps = reduces && plan.overlapsReductions;
  host.thread = 'autograd';
  yield* runGraph(state, pass, firstSequence, overlaps);
  host.thread = 'main';
  host.spend(HANDOVER_NS);
  [1, 2, 3, 4].forEach(() => host.close());
}

function* runGraph(
  state: RankState,
  pass: number,
  firstSequence: number,
  reduces: boolean,
): Collectively {
  const { config } = state.plan;
  const { layers, kind } = config.model;
  const operators = operatorsOf(kind);
  runLossBackward(state, pass, firstSequence + layers * operators.length + 1);
  const { buckets } = config.communication;
  for (let layer = layers - 1; layer >= 0; layer--) {
    for (let position = operators.length - 1; position >= 0; position--) {
      runNode(state, operators[position], {
        index: drawIndex(state.plan, pass, layer, position),
        sequence: firstSequence + layer * operators.length + position + 1,
      });
    }
    const done = layers - layer;
    const bucket = Math.floor((done * buckets) / layers);
    const before = Math.floor(((done - 1) * buckets) / layers);
    for (let i = before; reduces && i < bucket; i++) {
      yield* reduceBucket(state);
    }
  }
  if (reduces) {
    finishReductions(state);
  }
}

function runLossBackward(state: RankState, pass: number, sequence: number): void {
  const index = lossIndex(state, pass);
  runAutogradNode(state, 'LogSoftmaxBackward0', sequence, operatorNs(state, index), () => {
    const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.kernel, 2 * index + 1);
    launch(state, LOSS_KERNELS.backward, state.plan.config.model.pointwiseKernelNs * 0.5 * noise);
  });
}

interface Node {
  readonly index: number;
  readonly sequence: number;
}

function runNode(state: RankState, operator: Operator, { index, sequence }: Node): void {
  const { plan, host } = state;
  const names = namesOf(operator, plan);
  const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.kernel, 2 * index + 1);
  const totalNs = kernelNs(plan, operator) * BACKWARD_FACTOR * noise;
  const parts = operator.kind === 'pointwise' ? plan.parts : 1;
  const hostNs = operatorNs(state, index);
  for (let part = 0; part < parts; part++) {
    runAutogradNode(state, operator.backward, sequence, hostNs, () => {
      for (const name of names) {
        launch(state, name, totalNs / names.length / parts);
      }
    });
  }
  if (operator.hasParameters) {
    host.open('operator', 'autograd::engine::evaluate_function: torch::autograd::AccumulateGrad');
    host.spend(ACCUMULATE_NS / 4);
    host.open('operator', 'torch::autograd::AccumulateGrad');
    host.spend(ACCUMULATE_NS / 2);
    host.close();
    host.spend(ACCUMULATE_NS / 4);
    host.close();
  }
}

function namesOf({ kernels }: Operator, { isFullPrecision }: Plan): readonly string[] {
  return isFullPrecision ? (kernels.fullBackward ?? kernels.backward) : kernels.backward;
}

function runAutogradNode(
  { host }: RankState,
  name: string,
  sequence: number,
  hostNs: number,
  body: () => void,
): void {
  host.open('operator', `autograd::engine::evaluate_function: ${name}`, {
    sequence,
    isBackward: true,
  });
  host.spend(hostNs * 0.2);
  host.open('operator', name, { sequence, isBackward: true });
  host.spend(hostNs * 0.4);
  body();
  host.spend(hostNs * 0.1);
  host.close();
  host.spend(hostNs * 0.1);
  host.close();
}

function launch({ host }: RankState, name: string, durationNs: number): void {
  host.launch({ kind: 'kernel', name, stream: 'compute', durationNs, call: 'cudaLaunchKernel' });
}
