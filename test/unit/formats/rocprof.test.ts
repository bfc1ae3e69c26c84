import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { computePartner } from '../../../src/core/derived/partner.ts';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';
import { writeRocprof } from '../../support/rocprof-run.ts';
import { itWithShared } from '../../support/shared-data.ts';

describe('rocprof', () => {
  it('gives kernels, copies, calls and markers their lanes, names and times', async () => {
    const trace = await readText(writeRocprof({ steps: 1 }));
    assert.equal(trace.meta.format, 'rocprof');
    assert.deepEqual(
      viewSpans(trace)
        .map(({ name, lane, category, start, duration }) =>
          [name, lane, category, start, duration].join(' | '),
        )
        .sort(),
      [
        'Memcpy HtoD | copies of GPU 1 | memcpy | 10000 | 5000',
        '__amd_rocclr_fillBufferAligned | queue 7 of GPU 1 | memset | 300000 | 50001',
        'hipLaunchKernel | thread 907 | runtime | 20000 | 10000',
        'ncclDevKernel_Generic_1(args) | queue 8 of GPU 1 | kernel | 200000 | 50001',
        'step 3 | thread 907 | annotation | 0 | 900000',
        'void gemm<float>(float*) | queue 7 of GPU 1 | kernel | 100000 | 50001',
      ],
    );
    assert.deepEqual(trace.problems, []);
    assert.deepEqual([trace.counts.read, trace.counts.kept], [6, 6]);
    assert.equal(trace.meta.script, '/work/train.py');
    assert.deepEqual(
      trace.meta.devices.map(({ index, name }) => [index, name]),
      [[1, 'AMD Instinct MI300X']],
    );
    assert.equal(trace.meta.originNs, null);
  });

  it('joins a kernel to the call with its correlation', async () => {
    const trace = await readText(writeRocprof());
    const named = (name: string): number[] =>
      [...trace.spans.name.keys()].filter((row) => trace.strings[trace.spans.name[row]] === name);
    const partner = computePartner(trace);
    assert.deepEqual(
      named('void gemm<float>(float*)').map((row) => partner[row]),
      named('hipLaunchKernel'),
    );
  });

  it('reads the same in chunks, and all that is whole of what is cut anywhere', async () => {
    const text = writeRocprof();
    const whole = await readText(text);
    for (const chunkBytes of [1, 7, 100]) {
      assert.deepEqual(await readText(text, chunkBytes), whole);
    }
    const bytes = new TextEncoder().encode(text);
    let kept = 0;
    for (let length = 200; length < bytes.length; length += 23) {
      const trace = await readBytes(bytes.subarray(0, length));
      assert.ok(trace.counts.kept >= kept);
      assert.equal(trace.problems.at(-1)?.kind, 'cut');
      kept = trace.counts.kept;
    }
    assert.equal(kept, whole.counts.kept);
  });

  it('drops what has no time, repairs what ends early, and survives the rest', async () => {
    const strange = (records: object): string =>
      JSON.stringify({
        'rocprofiler-sdk-tool': [
          {
            strings: 7,
            agents: [{}],
            kernel_symbols: [{ kernel_id: 'x' }],
            buffer_records: records,
          },
        ],
      });
    const trace = await readText(
      strange({
        kernel_dispatch: [
          {},
          { start_timestamp: 'x' },
          { start_timestamp: 5_000, end_timestamp: 1 },
          { start_timestamp: 9e300, end_timestamp: 1 },
        ],
        memory_copy: [{ start_timestamp: 6_000, end_timestamp: 7_000 }],
        hip_api: [{ start_timestamp: 6_000, end_timestamp: 7_000, kind: -1, operation: 1e9 }],
      }),
    );
    assert.deepEqual(
      [trace.counts.read, trace.counts.dropped, trace.counts.repaired, trace.spans.length],
      [6, 3, 1, 3],
    );
    for (const text of [
      `${writeRocprof()}]`,
      `${writeRocprof().slice(0, -1)}}}}}`,
      '{"rocprofiler-sdk-tool":['.padEnd(5_000, '['),
    ]) {
      const { problems, meta } = await readText(text);
      assert.equal(meta.format, 'rocprof');
      assert.equal(problems.at(-1)?.kind, 'cut');
    }
  });

  itWithShared(
    'a real run: every kernel is kept, with its name and exact duration',
    ['rocprof/rocprofv3_results.json.gz'],
    async ([file]) => {
      const trace = await readTrace(await openFile(file), { signal: new AbortController().signal });
      const [tool] = (JSON.parse(gunzipSync(readFileSync(file)).toString()) as Results)[
        'rocprofiler-sdk-tool'
      ];
      const dispatches = tool.buffer_records.kernel_dispatch;
      assert.equal(dispatches.length, 43_915);
      assert.deepEqual(trace.counts, {
        read: 43_915,
        kept: 43_915,
        repaired: 0,
        dropped: 0,
        clipped: 0,
      });
      const names = new Map(
        tool.kernel_symbols.map((symbol) => [symbol.kernel_id, symbol.formatted_kernel_name]),
      );
      const expected = new Map<string, number>();
      for (const { dispatch_info, start_timestamp, end_timestamp } of dispatches) {
        const name = names.get(dispatch_info.kernel_id) ?? '';
        expected.set(name, (expected.get(name) ?? 0) + end_timestamp - start_timestamp);
      }
      const found = new Map<string, number>();
      viewSpans(trace).forEach(({ name, duration }) =>
        found.set(name, (found.get(name) ?? 0) + duration),
      );
      assert.deepEqual([...found].sort(), [...expected].sort());
      const copies = trace.spans.category.filter(
        (category) => SPAN_CATEGORIES[category] === 'memcpy',
      ).length;
      assert.equal(copies, 3_153);
      assert.equal(new Set(trace.lanes.map(({ device }) => device)).size, 1);
      const first = Math.min(...dispatches.map((dispatch) => dispatch.start_timestamp));
      const last = Math.max(...dispatches.map((dispatch) => dispatch.start_timestamp));
      assert.equal(
        trace.spans.start.reduce((most, start) => Math.max(most, start), 0),
        last - first,
      );
    },
  );
});

interface Results {
  readonly 'rocprofiler-sdk-tool': readonly {
    readonly kernel_symbols: readonly { kernel_id: number; formatted_kernel_name: string }[];
    readonly buffer_records: {
      readonly kernel_dispatch: readonly {
        start_timestamp: number;
        end_timestamp: number;
        dispatch_info: { kernel_id: number };
      }[];
    };
  }[];
}
