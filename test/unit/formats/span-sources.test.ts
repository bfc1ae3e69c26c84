import assert from 'node:assert/strict';
import { findMissingSteps } from '../../../src/core/derived/missing-steps.ts';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { mergeTraces } from '../../../src/core/runs/merge-traces.ts';
import { readText } from '../../support/read-bytes.ts';

const HEADER = '{"type":"run","schema":1,"run":"r","rank":0,"worldSize":1,"startUnixNs":1}';
const BLOB = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const COMMIT = 'c'.repeat(40);

describe('what a span file tells of its recording', () => {
  it('keeps which text of each file ran', async () => {
    const { meta } = await read(
      `{"type":"source","file":"train.py","blob":"${BLOB}","commit":"${COMMIT}"}`,
      `{"type":"source","file":"lib/a.py","blob":"${OTHER}","blobLf":"${BLOB}"}`,
      `{"type":"source","file":"train.py","blob":"${OTHER}"}`,
    );
    assert.deepEqual(meta.sources, [
      { file: 'train.py', blob: BLOB, commit: COMMIT },
      { file: 'lib/a.py', blob: OTHER, blobLf: BLOB },
    ]);
  });

  it('takes no id that is none', async () => {
    const { meta, counts } = await read(
      '{"type":"source","file":"train.py","blob":"--upload-pack=x"}',
      `{"type":"source","file":"","blob":"${BLOB}"}`,
      `{"type":"source","file":"a.py","blob":"${BLOB}","commit":"HEAD"}`,
    );
    assert.deepEqual(meta.sources, [{ file: 'a.py', blob: BLOB }]);
    assert.equal(counts.dropped, 0);
  });

  it('says nothing where the recorder did not', async () => {
    assert.equal('sources' in (await read()).meta, false);
  });

  it('joins what a loader worker names', async () => {
    const rank = await read(`{"type":"source","file":"train.py","blob":"${BLOB}"}`);
    const worker = await read(
      `{"type":"source","file":"train.py","blob":"${OTHER}"}`,
      `{"type":"source","file":"data.py","blob":"${OTHER}"}`,
    );
    assert.deepEqual(mergeTraces(rank, worker, 'w').meta.sources, [
      { file: 'train.py', blob: BLOB },
      { file: 'data.py', blob: OTHER },
    ]);
  });
});

describe('steps without spans', () => {
  it('are timed, and neither analyzed nor missing', async () => {
    const trace = await read(
      ...Array.from({ length: 30 }, (_, n) => [
        ...(n % 3 === 0
          ? [
              `{"type":"span","name":"forward","phase":"forward","step":${n},"ts":${n * 100},"dur":80,"lane":"main"}`,
            ]
          : []),
        `{"type":"step","step":${n},"ts":${n * 100},"dur":100${n % 3 === 0 ? '' : ',"sampled":false'}}`,
      ]).flat(),
    );
    const { steps } = deriveRank({ rank: 0, file: 'r', trace });
    assert.deepEqual(
      [...steps.number],
      Array.from({ length: 10 }, (_, n) => 3 * n),
    );
    assert.equal(steps.how, 'recorded');
    assert.deepEqual(findMissingSteps(steps), []);
    assert.equal([...trace.spans.step!].filter((step) => step > 0).length, 40);
    assert.deepEqual(trace.meta.epochs, [{ epoch: null, steps: 30, samples: null }]);
  });
});

async function read(...lines: readonly string[]): Promise<Trace> {
  const span = '{"type":"counter","name":"x","ts":0,"value":1}';
  return await readText([HEADER, span, ...lines, ''].join('\n'));
}
