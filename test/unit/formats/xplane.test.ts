import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { PHASES } from '../../../src/core/model/phase.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { findSpan, readBytes, viewSpans } from '../../support/read-bytes.ts';
import { smallProfile, type XPlane, xspaceBytes } from '../../support/xplane-file.ts';

const SMALL = xspaceBytes(smallProfile());

function read(planes: readonly XPlane[]): Promise<Trace> {
  return readBytes(xspaceBytes(planes));
}

function host(...events: NonNullable<XPlane['lines']>[number]['events']): XPlane {
  return { name: '/host:CPU', lines: [{ id: 1, name: 'python', timestampNs: 0, events }] };
}

function device(name: string, ...events: NonNullable<XPlane['lines']>[number]['events']): XPlane {
  return { name: '/device:TPU:3', lines: [{ id: 1, name, timestampNs: 0, events }] };
}

describe('xplane', () => {
  it('reads streams, derived lines, threads, steps and calls', async () => {
    const trace = await readBytes(SMALL);
    assert.equal(trace.meta.format, 'xplane');
    assert.deepEqual(trace.counts, { read: 14, kept: 14, repaired: 0, dropped: 0, clipped: 0 });
    assert.deepEqual(trace.problems, []);
    assert.equal(trace.meta.hasStacks, true);
    assert.deepEqual(
      viewSpans(trace).map(({ lane, name, category, start, duration }) => [
        lane,
        name.slice(0, 32),
        category,
        start,
        duration,
      ]),
      [
        ['python', 'train', 'step', 0, 9_000],
        ['python', 'train.py(29): train_step', 'python', 900, 7_000],
        ['python', 'pjit.py:303 cache_miss', 'python', 950, 6_000],
        ['python', 'cuLaunchKernel', 'runtime', 1_000, 500],
        ['python', 'train', 'step', 10_000, 9_000],
        ['python', 'cuLaunchKernel', 'runtime', 11_000, 500],
        ['Steps', '0', 'device-annotation', 2_000, 4_001],
        ['XLA Ops', 'fusion.1', 'device-annotation', 2_000, 4_001],
        ['Stream #16(Compute)', 'fusion_1', 'kernel', 2_000, 4_001],
        ['Stream #16(Compute)', 'fusion_1', 'kernel', 12_000, 4_001],
        ['Stream #17(MemcpyH2D)', 'Memcpy HtoD (Pageable -> Device)', 'memcpy', 12_000, 1_000],
        ['Stream #17(MemcpyH2D)', 'ncclDevKernel_AllReduce_Sum_f32_', 'kernel', 14_000, 2_000],
      ].map(([lane, name, ...rest]) => [lane, String(name).slice(0, 32), ...rest]),
    );
  });

  it('knows the device, the clock, launches, lines of code, phases and numbers of steps', async () => {
    const { meta, spans, strings, lanes, counters, instants } = await readBytes(SMALL);
    assert.deepEqual(meta.devices, [
      { index: 0, name: 'Nvidia', memoryBytes: 85_000_000_000, computeCapability: 9 },
    ]);
    // The start of the profile, that of the line, and what its first event is after it.
    assert.equal(meta.originNs, 1_771_595_660_000_000_000n + 918_620n + 1_000n);
    const kernels = [...spans.category.keys()].filter(
      (row) => SPAN_CATEGORIES[spans.category[row]] === 'kernel',
    );
    assert.deepEqual(
      kernels.map((row) => [
        spans.correlation?.[row],
        PHASES[spans.recordedPhase?.[row] ?? 0],
        strings[spans.file?.[row] ?? 0],
        spans.line?.[row],
        lanes[spans.lane[row]].device,
      ]),
      [
        [7, 'forward', 'model.py', 12, 0],
        [8, 'backward', '', 0, 0],
        [0, 'communication', '', 0, 0],
      ],
    );
    assert.deepEqual(
      [...spans.step!].filter((step) => step > 0),
      [1, 2],
    );
    assert.equal(instants.length, 2);
    assert.deepEqual(
      [...counters.series].map((row, i) => [strings[row], counters.value[i]]),
      [['memory allocated, GPU_0_bfc', 4_096]],
    );
  });

  it('tells marks of the script from those of the compiler and of libraries', async () => {
    const events = ['load batch', 'step', 'dot_fusion', 'Pjit(loss)', 'PJRT_Run', 'ThenRun', 'x'];
    const trace = await read([
      host(
        ...events.map((name, i) => ({
          name,
          offsetPs: i * 1e6,
          durationPs: 1e5,
          ...(name === 'x' ? { stats: { hlo_op: name } } : {}),
        })),
      ),
    ]);
    assert.deepEqual(
      viewSpans(trace).map(({ category }) => category),
      ['annotation', 'annotation', 'cpu-op', 'cpu-op', 'cpu-op', 'cpu-op', 'cpu-op'],
    );
  });

  it('is read alike in pieces of any size, and packed', async () => {
    const whole = await readBytes(SMALL);
    for (const chunkBytes of [1, 7, 100]) {
      assert.deepEqual(await readBytes(SMALL, chunkBytes), whole);
    }
  });

  describe('on a device without streams', () => {
    it('takes operations as the work, what holds others not, and transfers beside as copies', async () => {
      const trace = await read([
        {
          name: '/device:TPU:3',
          lines: [
            {
              id: 1,
              name: 'XLA Ops',
              timestampNs: 0,
              events: [
                { name: '%while.2 = (s32[]) while(%tuple.1)', offsetPs: 0, durationPs: 9e6 },
                {
                  name: '%fusion.5 = f32[8]{0} fusion(f32[8] %all-reduce.7), calls=%c',
                  displayName: 'fusion.5',
                  offsetPs: 0,
                  durationPs: 4e6,
                  metadataStats: { hlo_category: 'loop fusion', source: '/home/me/net.py:31' },
                },
                {
                  name: '%all-reduce.7 = f32[8]{0} all-reduce(%p)',
                  offsetPs: 5e6,
                  durationPs: 3e6,
                },
                {
                  name: 'fusion.9',
                  offsetPs: 8e6,
                  durationPs: 1e6,
                  metadataStats: { hlo_category: 'all-gather fusion' },
                },
              ],
            },
            {
              id: 2,
              name: 'Async XLA Ops',
              timestampNs: 0,
              events: [{ name: 'copy-start.1', offsetPs: 1e6, durationPs: 2e6 }],
            },
            {
              id: 3,
              name: 'XLA Modules',
              timestampNs: 0,
              events: [{ name: 'jit_step(17)', offsetPs: 0, durationPs: 9e6 }],
            },
          ],
        },
      ]);
      const rows = viewSpans(trace).map(({ name, category }, row) => [
        name,
        category,
        PHASES[trace.spans.recordedPhase?.[row] ?? 0],
      ]);
      assert.deepEqual(rows.sort(), [
        ['all-reduce.7', 'kernel', 'communication'],
        ['copy-start.1', 'memcpy', 'none'],
        ['fusion.5', 'kernel', 'none'],
        ['fusion.9', 'kernel', 'communication'],
        ['jit_step(17)', 'device-annotation', 'none'],
        ['while.2', 'device-annotation', 'none'],
      ]);
      assert.equal(trace.lanes.filter((lane) => lane.device === 3).length, 2);
      const fusion = findSpan(trace, 'fusion.5');
      assert.equal(trace.strings[trace.spans.file![fusion]], '/home/me/net.py');
      assert.equal(trace.spans.line![fusion], 31);
      const { report } = analyzeRun({ name: 'tpu', ranks: [{ rank: 0, file: 'a', trace }] });
      // Neither the loop nor the module count again.
      const { computeNs, communicationNs, copyNs, idleNs, spanNs } = report.ranks[0].deviceWindow!;
      assert.deepEqual(
        [computeNs, communicationNs, copyNs, idleNs, spanNs],
        [4_000, 4_000, 2_000, 1_000, 9_000],
      );
    });

    it('takes the steps of one device where the host marks none', async () => {
      const steps = [4, 5, 6].map((number, i) => ({
        name: String(number),
        offsetPs: i * 1e9,
        durationPs: 9e8,
      }));
      const trace = await read([
        device('Steps', ...steps),
        { ...device('Steps', ...steps), name: '/device:TPU:4' },
      ]);
      assert.deepEqual(
        viewSpans(trace).map(({ category }) => category),
        [...Array<string>(3).fill('step'), ...Array<string>(3).fill('device-annotation')],
      );
      assert.deepEqual([...trace.spans.step!], [5, 6, 7, 0, 0, 0]);
    });
  });

  describe('times', () => {
    it('since 1970 are exact to the nanosecond, rounded once, and what adjoins stays so', async () => {
      const lines = [
        {
          id: 1,
          name: 'a',
          timestampNs: 1_771_595_660_705_918_623n,
          events: [
            { name: 'a', offsetPs: 400, durationPs: 1_400 },
            { name: 'b', offsetPs: 1_800, durationPs: 700 },
            { name: 'c', offsetPs: 2_500, durationPs: 1e15 },
          ],
        },
      ];
      const trace = await read([{ name: '/host:CPU', lines }]);
      assert.equal(trace.meta.originNs, 1_771_595_660_705_918_623n);
      assert.deepEqual(
        viewSpans(trace).map(({ start, duration }) => [start, duration]),
        [
          [0, 2],
          [2, 1],
          [3, 1e12],
        ],
      );
    });

    it('that cannot be are dropped, and told', async () => {
      const trace = await read([
        host(
          { name: 'good', offsetPs: 0, durationPs: 1_000 },
          { name: 'far', offsetPs: 2n ** 62n, durationPs: 1_000 },
          { name: 'back', offsetPs: 0, durationPs: -1_000_000 },
        ),
      ]);
      assert.deepEqual(
        viewSpans(trace).map(({ name }) => name),
        ['good'],
      );
      assert.deepEqual(
        trace.problems.map(({ kind, reason }) => [kind, reason]),
        Array(2).fill(['dropped', 'the time of this event is impossible']),
      );
    });
  });
});
