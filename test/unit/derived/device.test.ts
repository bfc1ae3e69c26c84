import assert from 'node:assert/strict';
import { deriveRank, type RankDerived } from '../../../src/core/derived/rank-derived.ts';
import { DEVICE_CLASSES } from '../../../src/core/model/tables.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const END = 400;

describe('the work of a device', () => {
  it('puts every instant of a step in one class or in one gap', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 100; round++) {
      const specs = randomWork(random);
      const { busy, gaps } = derive([STEP, ...specs]);
      const cells = Array.from({ length: END }, () => '');
      for (let i = 0; i < busy.length; i++) {
        for (let at = busy.start[i]; at < Math.min(END, busy.end[i]); at++) {
          assert.equal(cells[at], '');
          cells[at] = DEVICE_CLASSES[busy.kind[i]];
        }
      }
      for (let i = 0; i < gaps.length; i++) {
        for (let at = gaps.start[i]; at < gaps.end[i]; at++) {
          assert.equal(cells[at], '');
          cells[at] = 'idle';
        }
      }
      assert.deepEqual(cells, expectedCells(specs));
    }
  });

  it('is told by its category, not by having a stream', () => {
    const { busy } = derive([
      STEP,
      { lane: 'stream 7', name: 'gemm', category: 'kernel', start: 0, duration: 10 },
      { lane: 'stream 7', name: 'aten::mm', category: 'cpu-op', start: 20, duration: 10 },
      {
        lane: 'annotations 7',
        name: 'forward',
        category: 'device-annotation',
        start: 0,
        duration: 300,
      },
    ]);
    assert.deepEqual([[...busy.start], [...busy.end]], [[0], [10]]);
  });

  it('includes what a span file records of it, by its phase', () => {
    const { busy, breakdown } = derive([
      { lane: 'main', name: 'step', category: 'step', start: 0, duration: 100, step: 0 },
      {
        lane: 'stream 0',
        name: 'forward',
        category: 'recorded',
        phase: 'forward',
        start: 0,
        duration: 40,
        step: 0,
      },
      {
        lane: 'stream 0',
        name: 'to device',
        category: 'recorded',
        phase: 'h2d',
        start: 50,
        duration: 20,
        step: 0,
      },
    ]);
    assert.deepEqual([...busy.kind], [0, 2]);
    assert.equal(breakdown?.exposedCopyPercent, 20);
  });
});

const STEP: SpanSpec = {
  lane: 'main',
  name: 'ProfilerStep#0',
  category: 'annotation',
  start: 0,
  duration: END,
};

const NAMES = { compute: 'gemm', communication: 'ncclDevKernel_AllReduce', copy: 'Memcpy DtoD' };

function derive(specs: readonly SpanSpec[]): RankDerived {
  return deriveRank({ rank: 0, file: 'drawn', trace: buildTrace(specs) });
}

function randomWork(random: () => number): SpanSpec[] {
  return Array.from({ length: 25 }, (_, i): SpanSpec => {
    const kind = DEVICE_CLASSES[Math.floor(random() * 3)];
    return {
      lane: `stream ${i % 4}`,
      name: NAMES[kind],
      category: kind === 'copy' ? 'memcpy' : 'kernel',
      start: Math.floor(random() * (END + 40)),
      duration: 1 + Math.floor(random() * 25),
    };
  });
}

function expectedCells(specs: readonly SpanSpec[]): string[] {
  return Array.from({ length: END }, (_, at) => {
    const running = specs.filter(({ start, duration }) => at >= start && at < start + duration);
    return (
      DEVICE_CLASSES.find((kind) => running.some(({ name }) => name === NAMES[kind])) ?? 'idle'
    );
  });
}
