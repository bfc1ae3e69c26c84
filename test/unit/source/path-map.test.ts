import assert from 'node:assert/strict';
import { generalizeAnswer, mapPath } from '../../../src/core/source/path-map.ts';

describe('generalizeAnswer', () => {
  const answers: readonly [recorded: string, local: string, from: string, to: string][] = [
    ['/opt/ml/code/src/train.py', 'src/train.py', '/opt/ml/code', '.'],
    ['/workspace/exp/train.py', 'jobs/gpt/train.py', '/workspace/exp', 'jobs/gpt'],
    ['/workspace/main.py', 'train.py', '/workspace/main.py', 'train.py'],
    ['train.py', 'src/train.py', 'train.py', 'src/train.py'],
    ['C:\\job\\Src\\train.py', 'src/train.py', 'C:\\job', '.'],
  ];
  for (const [recorded, local, from, to] of answers) {
    it(`takes ${recorded} for ${local}`, () => {
      assert.deepEqual(generalizeAnswer(recorded, local), { from, to });
      const found = mapPath(recorded, new Map([[from, to]]))?.to ?? '';
      assert.equal(found.replace(/^\.\//, '').toLowerCase(), local);
    });
  }
});

describe('mapPath', () => {
  it('prefers the file itself, then the longest folder', () => {
    const map = new Map([
      ['/a', 'x'],
      ['/a/b/', 'y/'],
      ['/a/b/c.py', 'z.py'],
    ]);
    assert.equal(mapPath('/a/b/c.py', map)?.to, 'z.py');
    assert.equal(mapPath('/a/b/d.py', map)?.to, 'y/d.py');
    assert.equal(mapPath('/a/d.py', map)?.to, 'x/d.py');
    assert.equal(mapPath('/ab/d.py', map), null);
  });
});
