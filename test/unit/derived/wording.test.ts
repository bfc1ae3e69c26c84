import assert from 'node:assert/strict';
import { shortKernelName } from '../../../src/core/derived/wording.ts';

describe('the short name of a kernel', () => {
  for (const [name, short] of [
    [
      'void cudnn::detail::dgrad_engine<float, 512, 6, 5, 3>(int, int)',
      'cudnn::detail::dgrad_engine',
    ],
    [
      'void at::native::(anonymous namespace)::multi_tensor_apply_kernel<at::native::Meta<2>>(Meta)',
      'at::native::multi_tensor_apply_kernel',
    ],
    [
      'ncclKernel_AllReduce_RING_LL_Sum_float(ncclWorkElem)',
      'ncclKernel_AllReduce_RING_LL_Sum_float',
    ],
    ['volta_sgemm_128x64_nn', 'volta_sgemm_128x64_nn'],
  ]) {
    it(`of ${name}`, () => assert.equal(shortKernelName(name), short));
  }

  it('is never long', () => assert.equal(shortKernelName('k'.repeat(1_000)).length, 60));
});
