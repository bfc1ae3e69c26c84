import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from '../../../src/core/formats/registry.ts';
import { recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import { perfettoBytes, smallRocprofTrace } from '../../support/perfetto-trace.ts';
import { fixture } from '../../support/read-bytes.ts';
import {
  horovodTimeline,
  jaxTrace,
  oldTensorFlowTrace,
  rayTimeline,
  sageMakerTimeline,
  vizTrace,
} from '../../support/trace-flavours.ts';
import { smallProfile, xspaceBytes } from '../../support/xplane-file.ts';

const FOLDER = join(import.meta.dirname, '../../../src/core/formats');

describe('the registry of formats', () => {
  it('lists every format of the folder', () => {
    const files = readdirSync(FOLDER)
      .filter((name) =>
        /: Format = \{/.test(name.endsWith('.ts') ? readFileSync(join(FOLDER, name), 'utf8') : ''),
      )
      .map((name) => name.replace(/\.ts$/, ''));
    assert.deepEqual(
      FORMATS.map((format) => format.id),
      files.sort(),
    );
  });

  const cases: readonly (readonly [path: string, id: string])[] = [
    ['kineto/2020.json', 'kineto'],
    ['kineto/2024.json', 'kineto'],
    ['chrome/unclosed.json', 'horovod'],
    ['chrome/every-phase.json', 'chrome'],
    ['megatron/two-stages.json', 'megatron'],
    ['spans/rank1.spans.jsonl', 'spans'],
  ];
  for (const [path, id] of cases) {
    it(`knows ${path} as ${id} by its content`, () => {
      assert.equal(recognizeFormat({ bytes: fixture(path), isWhole: true })?.format.id, id);
    });
  }

  it('knows what other tools than PyTorch write', () => {
    const samples: readonly (readonly [id: string, content: string | Uint8Array])[] = [
      ['horovod', horovodTimeline()],
      ['perfetto', perfettoBytes(smallRocprofTrace())],
      ['ray', rayTimeline()],
      ['sagemaker', sageMakerTimeline()],
      ['tensorflow', jaxTrace()],
      ['tensorflow', oldTensorFlowTrace()],
      ['viztracer', vizTrace()],
      ['xplane', xspaceBytes(smallProfile())],
    ];
    for (const [id, content] of samples) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      assert.equal(recognizeFormat({ bytes, isWhole: true })?.format.id, id);
    }
  });

  it('tells the rank of a world that is larger than the first bytes', () => {
    const text = `{"schemaVersion": 1, "distributedInfo": {"backend": "nccl", "rank": 9999, "world_size": 20000, "pg_config": [{"ranks": [${'1, '.repeat(30_000)}`;
    const head = { bytes: new TextEncoder().encode(text).subarray(0, 65_536), isWhole: false };
    assert.deepEqual(recognizeFormat(head)?.format.identify(head), {
      rank: 9999,
      worldSize: 20_000,
      runName: null,
    });
  });

  it('tells the rank from the first bytes', () => {
    const identify = (path: string) => {
      const head = { bytes: fixture(path), isWhole: true };
      return recognizeFormat(head)?.format.identify(head);
    };
    assert.deepEqual(identify('kineto/2024.json'), { rank: 3, worldSize: 8, runName: null });
    assert.deepEqual(identify('kineto/2020.json'), { rank: null, worldSize: null, runName: null });
    assert.deepEqual(identify('spans/rank1.spans.jsonl'), {
      rank: 1,
      worldSize: 2,
      runName: 'resnet-aug',
    });
  });
});
