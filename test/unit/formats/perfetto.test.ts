import assert from 'node:assert/strict';
import { PHASES } from '../../../src/core/model/phase.ts';
import {
  annotation,
  CLEARED,
  event,
  NEEDS_STATE,
  type Packet,
  perfettoBytes,
  readPackets,
  slice,
  smallRocprofTrace,
  track,
} from '../../support/perfetto-trace.ts';
import { readBytes, listSpans, viewSpans } from '../../support/read-bytes.ts';

const SMALL = perfettoBytes(smallRocprofTrace());

describe('perfetto', () => {
  it('reads what rocprofv3 writes: streams of the device, calls, marks that are steps', async () => {
    const trace = await readBytes(SMALL);
    const ms = 1_000_000;
    assert.equal(trace.meta.format, 'perfetto');
    assert.deepEqual(trace.counts, { read: 17, kept: 17, repaired: 0, dropped: 0, clipped: 0 });
    assert.deepEqual(trace.problems, []);
    assert.deepEqual(listSpans(trace), [
      ['THREAD 1 (4711)', 'step 0', 'step', 0, 9 * ms],
      ['THREAD 1 (4711)', 'hipModuleLaunchKernel', 'runtime', ms, ms],
      ['THREAD 1 (4711)', 'step 1', 'step', 10 * ms, 9 * ms],
      ['THREAD 1 (4711)', 'hipModuleLaunchKernel', 'runtime', 11 * ms, ms],
      ['COMPUTE AGENT [4] STREAM [1] (GPU)', 'Cijk_Ailk_Bljk', 'kernel', 3 * ms, 5 * ms],
      ['COMPUTE AGENT [4] STREAM [1] (GPU)', 'Cijk_Ailk_Bljk', 'kernel', 13 * ms, 5 * ms],
      ['COPY to AGENT [4] STREAM [1] (GPU)', 'MEMORY_COPY_HOST_TO_DEVICE', 'memcpy', 2 * ms, ms],
      ['COPY to AGENT [4] STREAM [1] (GPU)', 'MEMORY_COPY_HOST_TO_DEVICE', 'memcpy', 12 * ms, ms],
    ]);
    const { spans, lanes, counters, strings, flows, meta } = trace;
    assert.deepEqual(
      lanes.map(({ kind, device, processId }) => [kind, device, processId]),
      [
        ['thread', null, '4700'],
        ['stream', 4, '4700'],
        ['stream', 4, '4700'],
      ],
    );
    assert.deepEqual([...spans.correlation!], [0, 20, 0, 21, 20, 21, 0, 0]);
    assert.deepEqual([...spans.step!], [1, 0, 2, 0, 0, 0, 0, 0]);
    assert.deepEqual(
      [strings[counters.series[0]], counters.value[0]],
      ['COPY BYTES to AGENT [4] (GPU)', 2_048],
    );
    assert.deepEqual([...flows.part], [0, 1, 0, 1]);
    assert.equal(meta.originNs, 1_771_595_660_705_918_623n);
  });

  it('is read alike in pieces of any size', async () => {
    const whole = await readBytes(SMALL);
    for (const chunkBytes of [1, 7, 100]) {
      assert.deepEqual(await readBytes(SMALL, chunkBytes), whole);
    }
  });

  it('copies to the host are of the device that they come from', async () => {
    const { lanes } = await readPackets([
      track(5, 'COPY to AGENT [0] STREAM [1] (CPU)'),
      ...slice(
        5,
        'MEMORY_COPY_DEVICE_TO_HOST',
        'memory_copy',
        [1, 2],
        [[4, annotation('src_agent', 'GPU-4')]],
      ),
    ]);
    assert.deepEqual([lanes[0].kind, lanes[0].device], ['stream', 4]);
  });

  it('marks calls of RCCL as communication', async () => {
    const { spans } = await readPackets([
      track(1, 'THREAD 1 (5)'),
      ...slice(1, 'ncclAllReduce', 'rccl_api', [1, 2]),
    ]);
    assert.equal(PHASES[spans.recordedPhase![0]], 'communication');
  });

  describe('names that a writer numbers', () => {
    const intern = (name: string): Packet => [
      [
        12,
        [
          [
            1,
            [
              [1, 1],
              [2, 'kernel_dispatch'],
            ],
          ],
          [
            2,
            [
              [1, 2n ** 60n],
              [2, name],
            ],
          ],
          [
            3,
            [
              [1, 3],
              [2, 'corr_id'],
            ],
          ],
          [
            4,
            [
              [1, 4],
              [2, 'src/net.py'],
              [4, 17],
            ],
          ],
        ],
      ],
    ];
    const numbered = (time: number, sequence: number, more: Packet = []): Packet[] => [
      event(1, time, 5, {
        sequence,
        more: [[13, NEEDS_STATE], ...more],
        fields: [
          [3, 1],
          [10, 2n ** 60n],
          [
            4,
            [
              [1, 3],
              [3, 77],
            ],
          ],
          [34, 4],
        ],
      }),
      event(2, time + 10, 5, { sequence }),
    ];

    it('are of that writer alone, until it begins anew', async () => {
      const trace = await readPackets([
        track(5, 'GPU 2'),
        [
          [10, 1],
          [13, CLEARED],
        ],
        [
          [10, 2],
          [13, CLEARED],
        ],
        ...numbered(100, 1, intern('first')),
        ...numbered(200, 2, intern('second')),
        ...numbered(300, 1),
        [
          [10, 1],
          [13, CLEARED],
        ],
        ...numbered(400, 1),
      ]);
      const { spans, strings } = trace;
      assert.deepEqual(
        viewSpans(trace)
          .sort((a, b) => a.start - b.start)
          .map(({ name, category }) => [name, category]),
        [
          ['first', 'kernel'],
          ['second', 'kernel'],
          ['first', 'kernel'],
          ['', 'other'],
        ],
      );
      const rows = [...spans.start.keys()].sort((a, b) => spans.start[a] - spans.start[b]);
      assert.deepEqual(
        rows.map((row) => [spans.correlation?.[row], strings[spans.file![row]], spans.line![row]]),
        [
          [77, 'src/net.py', 17],
          [77, 'src/net.py', 17],
          [77, 'src/net.py', 17],
          [0, '', 0],
        ],
      );
    });

    it('are lost with the packets before, and the events with them, which is told', async () => {
      const { counts, problems } = await readPackets([
        [
          [10, 1],
          [13, CLEARED],
        ],
        ...numbered(100, 1, intern('kept')),
        [
          [10, 1],
          [42, 1],
        ],
        ...numbered(200, 1),
      ]);
      // The end refers to nothing; without its begin it goes as well.
      assert.deepEqual([counts.kept, counts.dropped], [2, 2]);
      assert.match(problems[0].reason, /packets were lost/);
      assert.match(problems[1].reason, /no begin/);
    });
  });

  it('pairs what one thread begins and another ends, and clips what never ends', async () => {
    const trace = await readPackets([
      track(1, 'requests'),
      event(1, 100, 1, { sequence: 1, fields: [[23, 'a']] }),
      event(1, 150, 1, { sequence: 2, fields: [[23, 'b']] }),
      event(2, 200, 1, { sequence: 3 }),
      event(2, 260, 1, { sequence: 1 }),
      event(1, 300, 1, { sequence: 1, fields: [[23, 'open']] }),
      event(3, 400, 1, { fields: [[23, 'moment']] }),
      ...slice(1, 'last', '', [500, 600]),
    ]);
    assert.deepEqual(
      viewSpans(trace).map(({ name, start, duration }) => [name, start, duration]),
      [
        ['a', 0, 160],
        ['b', 50, 50],
        ['open', 200, 300],
        ['last', 400, 100],
      ],
    );
    assert.equal(trace.counts.clipped, 1);
    assert.equal(trace.instants.length, 1);
  });
});
