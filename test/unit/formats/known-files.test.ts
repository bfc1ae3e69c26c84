import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { bytesInChunks } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

const MANY_NODES = Array.from({ length: 4_000 }, (_, id) =>
  JSON.stringify({ id, name: 'aten::mm', rf_id: id, op_schema: '', inputs: [] }),
).join(',');

/** As Python 3 writes a dictionary that begins so, in protocol 4. */
function pickleOf(keys: readonly string[]): Uint8Array {
  const parts = keys.map((key) => Buffer.from([0x8c, key.length, ...Buffer.from(key), 0x94, 0x5d]));
  return Buffer.concat([Buffer.from([0x80, 4, 0x7d, 0x94, 0x28]), ...parts, Buffer.from('u.')]);
}

async function read(content: string | Uint8Array, name = 'file'): Promise<Trace> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const source = { ...bytesInChunks(bytes), name };
  return await readTrace(source, { signal: new AbortController().signal });
}

const KNOWN: readonly (readonly [
  what: string,
  content: string | Uint8Array,
  text: RegExp,
  name?: string,
])[] = [
  [
    'an execution trace of 2023',
    `{"schema": "1.0.1", "pid": 1, "time": "2023-07-12", "start_ts": 1, "nodes": [${MANY_NODES}]}`,
    /execution trace/,
  ],
  [
    'one of Chakra',
    '{"schema": "1.1.1-chakra.0.0.4", "pid": 1, "time": "now", "start_ts": 2, "nodes": [{"id": 1, "name": "a", "ctrl_deps": 1}]}',
    /execution trace/,
  ],
  ['one without its schema', `{"nodes": [${MANY_NODES}]}`, /execution trace/],
  [
    'one that is cut',
    '{"schema": "1.1.0-chakra.0.0.4", "pid": 1, "time": "now", "start_ts": 2, "nodes": [',
    /execution trace/,
  ],
  [
    'one of protocol buffers',
    Uint8Array.from([7, 10, 5, 0x30, 0x2e, 0x30, 0x2e, 0x34, 9, 8, 1]),
    /execution trace/,
    'rank0.et',
  ],
  [
    'a snapshot of memory',
    pickleOf(['segments', 'device', 'address', 'total_size', 'segment_type']),
    /memory_viz/,
  ],
  ['one of traces alone', pickleOf(['device_traces', 'segments']), /memory_viz/],
  [
    'one as JSON',
    '{"segments": [{"device": 0, "total_size": 2097152}], "device_traces": []}',
    /memory_viz/,
  ],
  ['another pickle', pickleOf(['weights', 'optimizer']), /Python pickle, and neither/],
  [
    'a page of pictures',
    '<!DOCTYPE html><html><body><img src="data:image/png;base64,AAAA"></body></html>',
    /web page.*browser/,
  ],
  [
    'a flame graph',
    '<?xml version="1.0" standalone="no"?><svg version="1.1"></svg>',
    /py-spy record --format chrometrace/,
  ],
  [
    'a profile of samples',
    '{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":[],"shared":{"frames":[]}}',
    /speedscope/,
  ],
  [
    'a CPU profile',
    '{"nodes":[{"id":1,"callFrame":{"functionName":"(root)"},"hitCount":0}],"startTime":1}',
    /CPU profile of V8/,
  ],
  [
    'a run of Weights & Biases',
    Buffer.concat([Buffer.from(':W&B'), Buffer.from([0, 1, 2, 3])]),
    /scan_history/,
  ],
  [
    'the state of a Trainer',
    '{"best_metric": null, "epoch": 1.0, "log_history": [{"loss": 2.5, "step": 10}]}',
    /Hugging Face/,
  ],
  [
    'weights',
    Uint8Array.from([1, 2, 3, 0, 0, 200, 201, 255]),
    /weights of a model/,
    'model.safetensors',
  ],
  ['a report of Nsight Compute', Uint8Array.from([78, 86, 82, 0]), /ncu-ui/, 'a.ncu-rep'],
  ['a raw recording', Uint8Array.from([1, 0, 0]), /QdstrmImporter/, 'a.qdstrm'],
];

describe('files that hold no timeline', () => {
  for (const [what, content, text, name] of KNOWN) {
    it(`explains ${what}, and shows nothing`, async () => {
      const { spans, counts, problems } = await read(content, name);
      assert.equal(spans.length, 0);
      assert.equal(counts.kept, 0);
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['unreadable'],
      );
      assert.match(problems[0].reason, text);
      assert.match(problems[0].reason, /(Open|open|Drop|Record|Write|Import)/);
    });
  }

  it('never takes traces that speak of such things for them', async () => {
    const event = '{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":2}';
    for (const member of ['"nodes":[]', '"schema":"1.0.1"', '"segments":[]', '"log_history":[]']) {
      const { counts } = await read(`{${member},"traceEvents":[${event}]}`);
      assert.equal(counts.kept, 1, member);
    }
  });

  itWithShared(
    'explains every part of a real execution trace',
    ['not-a-timeline/pytorch-execution-trace.json.gz'],
    async ([file]) => {
      const whole = gunzipSync(readFileSync(file));
      for (const length of [120, 1_000, 70_000, whole.length]) {
        const { problems, counts } = await read(whole.subarray(0, length));
        assert.match(problems[0].reason, /execution trace/, String(length));
        assert.equal(counts.kept, 0);
      }
    },
  );
});
