import { PURPOSES } from '../engine/draws.ts';
import { KERNEL_DEVIATION } from './forward.ts';
import { operatorsOf } from './operators.ts';
import { factorOf, type RankState } from './rank-state.ts';

/** Parameters that one `_foreach` kernel takes. */
const CHUNK = 24e6;
/** Bytes a second of the device's memory, and bytes that a step of the optimizer moves for each parameter. */
const MEMORY_BANDWIDTH = 2e12;
const BYTES_PER_PARAMETER = { SGD: 12, AdamW: 28 } as const;

const OPERATORS = {
  SGD: ['aten::_foreach_mul_', 'aten::_foreach_add_', 'aten::_foreach_add_'],
  AdamW: [
    'aten::_foreach_add_',
    'aten::_foreach_mul_',
    'aten::_foreach_lerp_',
    'aten::_foreach_mul_',
    'aten::_foreach_addcmul_',
    'aten::_foreach_sqrt',
    'aten::_foreach_add_',
    'aten::_foreach_addcdiv_',
  ],
} as const;

const FOREACH_KERNEL =
  'void at::native::(anonymous namespace)::multi_tensor_apply_kernel<at::native::(anonymous namespace)::TensorListMetadata<2>, at::native::(anonymous namespace)::BinaryOpListAlphaFunctor<float, 2, 2, 0>, std::plus<float>, float>(at::native::(anonymous namespace)::TensorListMetadata<2>, at::native::(anonymous namespace)::BinaryOpListAlphaFunctor<float, 2, 2, 0>, std::plus<float>, float)';

const TENSOR_KERNEL =
  'void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>, std::array<char*, 3ul> >(int, at::native::CUDAFunctor_add<float>, std::array<char*, 3ul>)';
/** Weights and biases of an operator with parameters, on average. */
const TENSORS_PER_OPERATOR = 1.5;
/** Of what an operator of the model needs on the host: one without a graph is cheaper. */
const PLAIN_OPERATOR_SHARE = 0.15;
const FILL_NS = 1_500;

/** `optimizer.step()` and `zero_grad()`. */
export function runOptimizer(state: RankState): void {
  const { host, plan } = state;
  const { optimizer, optimizerLoop, model } = plan.config;
  host.frame('torch/optim/optimizer.py', 464, 'wrapper');
  host.open('annotation', `Optimizer.step#${optimizer}.step`);
  host.frame(`torch/optim/${optimizer.toLowerCase()}.py`, 205, 'step');
  host.spend(model.operatorNs * 6);
  OPERATORS[optimizer].forEach((name, row) => {
    if (optimizerLoop === 'foreach') {
      runForeach(state, name, row);
    } else {
      runForLoop(state, name.replace('_foreach_', ''), row);
    }
  });
  host.close();
  host.close();
  host.close();
  host.open('annotation', `Optimizer.zero_grad#${optimizer}.zero_grad`);
  host.spend(model.operatorNs * 2);
  if (optimizerLoop === 'for-loop') {
    forEachTensor(state, 'aten::zero_', FILL_NS, PLAIN_OPERATOR_SHARE);
  }
  host.close();
}

/** What one pass over all parameters takes the device. */
function passNs(state: RankState, row: number): number {
  const { optimizer, model } = state.plan.config;
  const totalNs = ((model.parameters * BYTES_PER_PARAMETER[optimizer]) / MEMORY_BANDWIDTH) * 1e9;
  const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.service, 2_000 + row);
  return (totalNs / OPERATORS[optimizer].length) * noise;
}

function runForeach(state: RankState, name: string, row: number): void {
  const { host, plan } = state;
  const { model } = plan.config;
  const kernels = Math.max(1, Math.ceil(model.parameters / CHUNK));
  host.open('operator', name);
  host.spend(model.operatorNs);
  for (let kernel = 0; kernel < kernels; kernel++) {
    host.launch({
      kind: 'kernel',
      name: FOREACH_KERNEL,
      stream: 'compute',
      durationNs: passNs(state, row) / kernels,
      call: 'cudaLaunchKernel',
    });
  }
  host.spend(model.operatorNs * 0.4);
  host.close();
}

function runForLoop(state: RankState, name: string, row: number): void {
  const tensors = tensorsOf(state);
  forEachTensor(state, name, Math.max(FILL_NS, passNs(state, row) / tensors), PLAIN_OPERATOR_SHARE);
}

function tensorsOf({ plan }: RankState): number {
  const { kind, layers } = plan.config.model;
  const owners = operatorsOf(kind).filter(({ hasParameters }) => hasParameters).length;
  return Math.round(owners * layers * TENSORS_PER_OPERATOR);
}

function forEachTensor(
  state: RankState,
  name: string,
  durationNs: number,
  hostShare: number,
): void {
  const { host, plan } = state;
  const hostNs = plan.config.model.operatorNs * hostShare;
  for (let tensor = tensorsOf(state); tensor > 0; tensor--) {
    host.open('operator', name);
    host.spend(hostNs * 0.7);
    host.launch({
      kind: 'kernel',
      name: TENSOR_KERNEL,
      stream: 'compute',
      durationNs,
      call: 'cudaLaunchKernel',
    });
    host.spend(hostNs * 0.3);
    host.close();
  }
}
