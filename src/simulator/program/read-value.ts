import type { Host } from '../engine/host.ts';

/** `tensor.item()`: copies one value to the host, and waits for it. */
export function readValue(host: Host): void {
  host.open('frame', '<built-in method item of Tensor object at 0x7f3c2a1b5d60>');
  host.open('operator', 'aten::item');
  host.spend(2_000);
  host.open('operator', 'aten::_local_scalar_dense');
  host.spend(3_000);
  host.launch({
    kind: 'copy',
    name: 'Memcpy DtoH (Device -> Pageable)',
    stream: 'compute',
    durationNs: 1_600,
    bytes: 4,
    call: 'cudaMemcpyAsync',
  });
  host.synchronize('cudaStreamSynchronize', 'compute');
  host.spend(4_000);
  host.close();
  host.close();
  host.close();
}
