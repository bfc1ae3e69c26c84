import { PURPOSES } from '../engine/draws.ts';
import { LINES } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { factorOf, type RankState } from './rank-state.ts';

const COPY_LATENCY_NS = 8_000;

/** The batch to the device: inputs and labels. */
export function copyBatch(state: RankState): void {
  const { host, plan } = state;
  const { batchBytes } = plan.config.loader;
  host.frame(SCRIPT_FILE, LINES.toDevice, 'to_device');
  host.open('section', 'h2d', { phase: 'h2d', line: LINES.h2d });
  [batchBytes, 2_048].forEach((bytes, part) => copyTensor(state, bytes, part));
  host.close();
  host.close();
}

function copyTensor(state: RankState, bytes: number, part: number): void {
  const { host, plan } = state;
  const noise = factorOf(state, 0.03, PURPOSES.service, 1_000 + part);
  const job = {
    kind: 'copy',
    name: plan.isPinned ? 'Memcpy HtoD (Pinned -> Device)' : 'Memcpy HtoD (Pageable -> Device)',
    stream: 'compute',
    durationNs: ((bytes / plan.copyBandwidth) * 1e9 + COPY_LATENCY_NS / 4) * noise,
    bytes,
    call: 'cudaMemcpyAsync',
  } as const;
  for (const name of ['aten::to', 'aten::_to_copy', 'aten::copy_']) {
    host.open('operator', name);
    host.spend(6_000);
  }
  if (plan.isPinned) {
    host.launch(job);
  } else {
    host.launchAndWait(job);
    host.synchronize('cudaStreamSynchronize', 'compute');
  }
  host.spend(COPY_LATENCY_NS);
  host.close();
  host.close();
  host.close();
}
