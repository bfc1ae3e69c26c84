import { PURPOSES } from '../engine/draws.ts';
import { KERNEL_DEVIATION } from './forward.ts';
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

const KERNEL =
  'void at::native::(anonymous namespace)::multi_tensor_apply_kernel<at::native::(anonymous namespace)::TensorListMetadata<2>, at::native::(anonymous namespace)::BinaryOpListAlphaFunctor<float, 2, 2, 0>, std::plus<float>, float>(at::native::(anonymous namespace)::TensorListMetadata<2>, at::native::(anonymous namespace)::BinaryOpListAlphaFunctor<float, 2, 2, 0>, std::plus<float>, float)';

/** `optimizer.step()` and `zero_grad(set_to_none=True)`. */
export function runOptimizer(state: RankState): void {
  const { host, plan } = state;
  const { optimizer, model } = plan.config;
  const operators = OPERATORS[optimizer];
  const kernels = Math.max(1, Math.ceil(model.parameters / CHUNK));
  const totalNs = ((model.parameters * BYTES_PER_PARAMETER[optimizer]) / MEMORY_BANDWIDTH) * 1e9;
  host.frame('torch/optim/optimizer.py', 464, 'wrapper');
  host.open('annotation', `Optimizer.step#${optimizer}.step`);
  host.frame(`torch/optim/${optimizer.toLowerCase()}.py`, 205, 'step');
  host.spend(model.operatorNs * 6);
  operators.forEach((name, row) => {
    host.open('operator', name);
    host.spend(model.operatorNs);
    const noise = factorOf(state, KERNEL_DEVIATION, PURPOSES.service, 2_000 + row);
    for (let kernel = 0; kernel < kernels; kernel++) {
      host.launch({
        kind: 'kernel',
        name: KERNEL,
        stream: 'compute',
        durationNs: (totalNs / operators.length / kernels) * noise,
        call: 'cudaLaunchKernel',
      });
    }
    host.spend(model.operatorNs * 0.4);
    host.close();
  });
  host.close();
  host.close();
  host.close();
  host.open('annotation', `Optimizer.zero_grad#${optimizer}.zero_grad`);
  host.spend(model.operatorNs * 2);
  host.close();
}
