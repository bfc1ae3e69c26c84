import { PURPOSES } from '../engine/draws.ts';
import { drawIndex, KERNEL_DEVIATION, operatorNs } from './forward.ts';
import { factorOf, type RankState } from './rank-state.ts';

export const LOSS_KERNELS = {
  forward:
    'void (anonymous namespace)::softmax_warp_forward<float, float, float, 10, true, false>(float*, float const*, int, int, int, bool const*, int, bool)',
  backward:
    'void (anonymous namespace)::softmax_warp_backward<float, float, float, 10, true, false>(float*, float const*, float const*, int, int, int, bool const*)',
} as const;

/** Draws of the loss come after those of all layers. */
export function lossIndex(state: RankState, pass: number): number {
  return drawIndex(state.plan, pass, state.plan.config.model.layers - 1, 15);
}

export function runLoss(state: RankState, pass: number): void {
  const { host, plan } = state;
  const index = lossIndex(state, pass);
  const ns = operatorNs(state, index);
  state.sequence++;
  host.open('frame', 'nn.Module: CrossEntropyLoss_0', {
    frame: { id: 0, parent: null, module: 0 },
  });
  host.open('operator', 'aten::cross_entropy_loss', { sequence: state.sequence });
  host.spend(ns);
  host.launch({
    kind: 'kernel',
    name: LOSS_KERNELS.forward,
    stream: 'compute',
    durationNs:
      plan.config.model.pointwiseKernelNs *
      0.5 *
      factorOf(state, KERNEL_DEVIATION, PURPOSES.kernel, 2 * index),
    call: 'cudaLaunchKernel',
  });
  host.spend(ns * 0.5);
  host.close();
  host.close();
}
