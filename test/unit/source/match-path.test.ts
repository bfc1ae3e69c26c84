import assert from 'node:assert/strict';
import { fileNameOf, matchPath } from '../../../src/core/source/match-path.ts';

describe('matchPath', () => {
  const candidates = ['/ws/a/train.py', '/ws/b/train.py', '/ws/b/data.py'];

  it('takes the file with the longest common end', () => {
    assert.deepEqual(matchPath('/cluster/home/me/b/train.py', candidates), {
      sharedSegments: 2,
      best: ['/ws/b/train.py'],
    });
  });

  it('returns ties in the order given', () => {
    assert.deepEqual(matchPath('train.py', candidates), {
      sharedSegments: 1,
      best: ['/ws/a/train.py', '/ws/b/train.py'],
    });
  });

  it('compares whole segments', () => {
    assert.deepEqual(matchPath('pretrain.py', candidates), { sharedSegments: 0, best: [] });
    assert.deepEqual(matchPath('/x/bb/train.py', ['/ws/b/train.py']).sharedSegments, 1);
  });

  it('knows the separators of both worlds, and Windows without case', () => {
    assert.deepEqual(matchPath('C:\\Users\\Me\\B\\Train.py', candidates), {
      sharedSegments: 2,
      best: ['/ws/b/train.py'],
    });
    assert.deepEqual(matchPath('b/train.py', ['d:\\ws\\b\\train.py']).sharedSegments, 2);
    assert.deepEqual(matchPath('/b/Train.py', candidates).best, []);
  });

  it('overlooks dots and doubled separators', () => {
    assert.equal(matchPath('./b//./train.py', candidates).best[0], '/ws/b/train.py');
  });

  it('finds nothing for an empty path', () => {
    assert.deepEqual(matchPath('', candidates), { sharedSegments: 0, best: [] });
  });
});

describe('fileNameOf', () => {
  it('takes the last segment of either world', () => {
    assert.equal(fileNameOf('/a/b.py'), 'b.py');
    assert.equal(fileNameOf('C:\\a\\b.py'), 'b.py');
    assert.equal(fileNameOf(''), '');
  });
});
