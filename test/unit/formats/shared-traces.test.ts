import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { hasSharedData, itWithShared, sharedFile } from '../../support/shared-data.ts';

interface RawEvent {
  readonly ph?: string;
  readonly cat?: string;
  readonly pid?: unknown;
  readonly tid?: unknown;
  readonly ts?: number | string;
  readonly dur?: number;
  readonly id?: unknown;
}

const SHOWN_PHASES = new Set('XBEbeSFiIRnTpstfCM');

const CATEGORY_OF: Readonly<Record<string, string>> = {
  cpu_op: 'cpu-op',
  Operator: 'cpu-op',
  user_annotation: 'annotation',
  python_function: 'python',
  cuda_runtime: 'runtime',
  cuda_driver: 'runtime',
  Runtime: 'runtime',
  kernel: 'kernel',
  Kernel: 'kernel',
  gpu_memcpy: 'memcpy',
  Memcpy: 'memcpy',
  gpu_memset: 'memset',
  Memset: 'memset',
  gpu_user_annotation: 'device-annotation',
  overhead: 'overhead',
};

function read(path: string): Promise<Trace> {
  return openFile(path).then((source) =>
    readTrace(source, { signal: new AbortController().signal }),
  );
}

/** The events as `JSON.parse` sees them, after what it does not allow is closed. */
function parseEvents(path: string): RawEvent[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  const closed = path.includes('unclosed') ? `${text.trimEnd().replace(/,$/, '')}]` : text;
  const value = JSON.parse(closed) as RawEvent[] | { traceEvents: RawEvent[] };
  return Array.isArray(value) ? value : value.traceEvents;
}

function countUnpairedEnds(events: readonly RawEvent[]): number {
  const open = new Map<string, number>();
  let unpaired = 0;
  const sorted = events
    .filter((event) => 'BEbe'.includes(event.ph ?? '-'))
    .map((event, i) => ({ event, i }))
    .sort((a, b) => Number(a.event.ts) - Number(b.event.ts) || a.i - b.i);
  for (const { event } of sorted) {
    const isThread = event.ph === 'B' || event.ph === 'E';
    const key = JSON.stringify(
      isThread ? [event.pid, event.tid] : [event.pid, event.cat, event.id],
    );
    const depth = (open.get(key) ?? 0) + (event.ph === 'B' || event.ph === 'b' ? 1 : -1);
    unpaired += depth < 0 ? 1 : 0;
    open.set(key, Math.max(0, depth));
  }
  return unpaired;
}

function assertCounts(events: readonly RawEvent[], trace: Trace): void {
  const unknown = events.filter(
    (event) => event.ph !== undefined && !SHOWN_PHASES.has(event.ph),
  ).length;
  const dropped = unknown + countUnpairedEnds(events);
  assert.equal(trace.counts.read, events.length, 'read');
  assert.equal(trace.counts.dropped, dropped, 'dropped');
  assert.equal(trace.counts.kept, events.length - dropped, 'kept');
}

function assertCategories(events: readonly RawEvent[], trace: Trace): void {
  const expected = new Map<string, number>();
  for (const event of events) {
    if (event.ph === 'X' && event.cat !== 'Trace') {
      const category = CATEGORY_OF[event.cat ?? ''] ?? 'other';
      expected.set(category, (expected.get(category) ?? 0) + 1);
    }
  }
  const found = new Map<string, number>();
  for (const category of trace.spans.category) {
    const name = SPAN_CATEGORIES[category];
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  assert.deepEqual([...found].sort(), [...expected].sort());
}

function filesIn(folder: string): string[] {
  return readdirSync(sharedFile(folder) ?? '', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(json|gz)$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

/** By what is in the path: the tool that wrote it. */
const TOOLS: readonly (readonly [name: string, format: string])[] = [
  ['catapult', 'chrome'],
  ['horovod', 'horovod'],
  ['ray', 'ray'],
  ['smdebug', 'sagemaker'],
  ['tf2', 'tensorflow'],
  ['viztracer', 'viztracer'],
];

describe('real traces', () => {
  if (!hasSharedData) {
    it('are read with true counts (skipped: the shared traces are absent)');
    return;
  }

  // The largest is left to the benchmark: parsing it for comparison alone takes seconds.
  const kinetoFiles = [...filesIn('kineto'), ...filesIn('torch-cpu')].filter(
    (path) => path.endsWith('.gz') && !path.includes('single_w0_slow'),
  );
  for (const path of kinetoFiles) {
    itWithShared(
      `${path}: every event is kept, exactly, in its category and in order`,
      [path],
      async ([file]) => {
        const trace = await read(file);
        assert.equal(trace.meta.format, 'kineto');
        const events = parseEvents(file);
        assertCounts(events, trace);
        assert.deepEqual(trace.problems, []);
        assertCategories(events, trace);
        const { spans, lanes, meta } = trace;
        const starts = events
          .filter((event) => event.ph === 'X' && event.cat !== 'Trace' && event.cat !== 'overhead')
          .map((event) => Number(event.ts));
        const firstUs = starts.reduce((first, us) => Math.min(first, us), Infinity);
        const lastUs = starts.reduce((last, us) => Math.max(last, us), -Infinity);
        const shown = [...spans.start.keys()].filter(
          (row) => SPAN_CATEGORIES[spans.category[row]] !== 'overhead',
        );
        const lastNs = shown.reduce((last, row) => Math.max(last, spans.start[row]), 0);
        assert.equal(lastNs, Math.round((lastUs - firstUs) * 1000));
        assert.notEqual(meta.originNs, null);
        let row = 0;
        for (const lane of lanes) {
          assert.equal(lane.first, row);
          for (row++; row < lane.first + lane.count; row++) {
            const gap = spans.start[row] - spans.start[row - 1];
            assert.ok(gap > 0 || (gap === 0 && spans.duration[row] <= spans.duration[row - 1]));
          }
          row = lane.first + lane.count;
        }
        assert.equal(row, spans.length);
      },
    );
  }

  for (const path of filesIn('chrome').filter((name) => !name.includes('system-metrics'))) {
    itWithShared(`${path}: true counts`, [path], async ([file]) => {
      const trace = await read(file);
      assert.equal(trace.meta.format, TOOLS.find(([name]) => path.includes(name))?.[1]);
      assertCounts(parseEvents(file), trace);
      assert.equal(trace.problems.length, trace.counts.dropped);
      const { report } = analyzeRun({ name: path, ranks: [{ rank: 0, file, trace }] });
      assert.equal(report.verdict.kind, 'inconclusive');
      assert.deepEqual([report.findings, report.failures], [[], []]);
    });
  }

  // Too large for the comparisons above; the counts are.
  const onlyCounted = [...filesIn('ascend'), ...filesIn('torch-cpu')].filter(
    (path) => path.endsWith('trace_view.json.gz') || /single_w0_slow.*\.gz$/.test(path),
  );
  for (const path of onlyCounted) {
    itWithShared(`${path}: true counts`, [path], async ([file]) => {
      assertCounts(parseEvents(file), await read(file));
    });
  }

  itWithShared(
    'a zip archive: the counts of the same events as gzip',
    ['chrome/catapult/simple_trace_zip.zip', 'chrome/catapult/simple_trace_gz.gz'],
    async ([zip, gz]) => {
      const trace = await read(zip);
      assertCounts(parseEvents(gz), trace);
      assert.deepEqual(trace.spans, (await read(gz)).spans);
    },
  );

  itWithShared(
    'the ranks of DLRM are told apart',
    filesIn('kineto/dlrm-8-ranks'),
    async (files) => {
      const ranks: (number | null)[] = [];
      for (const file of files) {
        ranks.push((await read(file)).meta.rank);
      }
      assert.deepEqual(ranks, [0, 1, 2, 3, 4, 5, 6, 7]);
    },
  );

  const foreign: readonly (readonly [path: string, text: RegExp])[] = [
    ['not-a-timeline/pytorch-execution-trace.json.gz', /PyTorch execution trace/],
    ['torch-cpu/train.py', /not JSON/],
  ];
  for (const [path, text] of foreign) {
    itWithShared(`${path} is named, not shown`, [path], async ([file]) => {
      const { problems, spans } = await read(file);
      assert.equal(spans.length, 0);
      assert.deepEqual(
        problems.map((problem) => problem.kind),
        ['unreadable'],
      );
      assert.match(problems[0].reason, text);
      assert.match(problems[0].reason, /(Open|Export|Unpack|Write it again)/);
    });
  }
});
