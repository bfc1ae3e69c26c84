import assert from 'node:assert/strict';
import { readableName, shortNames } from '../../../webview/base/names.ts';

describe('names as people say them', () => {
  it('call the wait for a batch by what the loop writes', () => {
    for (const name of [
      'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__',
      'torch/utils/data/dataloader.py(708): __next__',
      '/venv/lib/torch/utils/data/dataloader.py(521): __next__',
    ]) {
      assert.equal(readableName(name), 'next(loader)');
      assert.deepEqual(shortNames(name), ['next(loader)']);
    }
  });

  it('leave other names as they are, and shorten them to what says most', () => {
    assert.equal(readableName('my_dataloader.py(7): __next__'), 'my_dataloader.py(7): __next__');
    assert.deepEqual(shortNames('train.py(12): forward'), ['forward', 'forward']);
    assert.deepEqual(shortNames('aten::conv2d'), ['conv2d', 'conv2d']);
  });
});
