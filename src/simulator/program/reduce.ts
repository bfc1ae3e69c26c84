import type { Collectively, RankState } from './rank-state.ts';

const KERNEL = 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)';
const FULL_KERNEL = 'ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)';
/** The host's part of a collective, besides the launch. */
const ENQUEUE_NS = 70_000;

/** Reduces one bucket of the gradients over all ranks, on the stream of the communication. */
export function* reduceBucket(state: RankState): Collectively {
  const { host, plan } = state;
  if (plan.config.ranks === 1) {
    return;
  }
  const width = plan.isFullPrecision ? 4 : 2;
  const elements = Math.round(plan.config.model.parameters / plan.config.communication.buckets);
  const collective = {
    sequence: state.collectives++,
    bucketReadyAt: host.moment.device,
    elements,
    bytes: elements * width,
  };
  host.open('operator', 'record_param_comms', { collective });
  host.spend(ENQUEUE_NS * 0.3);
  host.open('annotation', 'nccl:all_reduce');
  host.spend(ENQUEUE_NS * 0.3);
  const readyAt = host.collectiveBeginsAt();
  const end = yield { readyAt, bytes: collective.bytes };
  host.launchCollective(plan.isFullPrecision ? FULL_KERNEL : KERNEL, readyAt, end, collective);
  host.spend(ENQUEUE_NS * 0.2);
  host.close();
  host.spend(ENQUEUE_NS * 0.2);
  host.close();
}

/** What follows on the compute stream needs the reduced gradients. */
export function finishReductions({ host, plan }: RankState): void {
  if (plan.config.ranks > 1) {
    host.call('cudaStreamWaitEvent', 2_000);
    host.device.waitFor('compute', 'communication');
  }
}
