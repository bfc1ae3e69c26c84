import assert from 'node:assert/strict';
import { isUserFile, parseFrame } from '../../../src/core/model/python-frame.ts';
import { phaseOfName } from '../../../src/core/derived/phase-names.ts';
import { deriveRank, type RankDerived } from '../../../src/core/derived/rank-derived.ts';
import { PHASES } from '../../../src/core/model/phase.ts';
import type { PhaseIntervals } from '../../../src/core/model/tables.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

describe('phases', () => {
  it('are told by the names that libraries and people give', () => {
    const expected = {
      'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__': 'data',
      data_wait: 'data',
      'next(loader)': 'data',
      copy_batch_to_gpu: 'h2d',
      '## forward ##': 'forward',
      'DistributedDataParallel.forward': 'forward',
      'forward-compute': 'forward',
      'compute loss': 'loss',
      '## backward ##': 'backward',
      'Optimizer.step#AdamW.step': 'optimizer',
      'Optimizer.zero_grad#AdamW.zero_grad': 'optimizer',
      'nccl:all_reduce': 'communication',
      'gloo:all_reduce': 'communication',
      ncclAllReduce: 'communication',
      ncclGroupEnd: 'communication',
      'save checkpoint': 'checkpoint',
      'activation checkpoint': 'none',
      'FSDP::pre_forward (blocks.9._checkpoint_wrapped_module)': 'none',
      log_metrics: 'logging',
      evaluate: 'validation',
      something: 'none',
      validity: 'none',
    };
    for (const [name, phase] of Object.entries(expected)) {
      assert.equal(phaseOfName(name, 'annotation'), phase, name);
    }
    assert.equal(
      phaseOfName('autograd::engine::evaluate_function: AddmmBackward0', 'cpu-op'),
      'backward',
    );
    assert.equal(phaseOfName('aten::cross_entropy_loss', 'cpu-op'), 'loss');
    assert.equal(phaseOfName('aten::nll_loss_backward', 'cpu-op'), 'none');
    assert.equal(phaseOfName('Memcpy HtoD (Pageable -> Device)', 'memcpy'), 'h2d');
    assert.equal(phaseOfName('Memcpy DtoH (Device -> Pinned)', 'memcpy'), 'none');
  });

  it('are told by functions of the user that judge a model', () => {
    for (const [name, phase] of [
      ['train.py(136): validate', 'validation'],
      ['/home/me/run/loop.py(9): evaluate', 'validation'],
      ['train.py(215): estimate_loss', 'validation'],
      ['engine.py(80): val_epoch', 'validation'],
      ['train.py(12): validate_args', 'none'],
      ['train.py(12): evaluated', 'none'],
      ['torch/fx/experimental/symbolic_shapes.py(7): evaluate', 'none'],
      ['/usr/lib/python3/dist-packages/pydantic/main.py(7): validate', 'none'],
    ] as const) {
      assert.equal(phaseOfName(name, 'python'), phase, name);
    }
  });

  it('pass from the host to the kernels that it launched', () => {
    const { derived, trace } = derive([
      { lane: 'main', name: 'forward', category: 'annotation', start: 0, duration: 10 },
      {
        lane: 'main',
        name: 'cudaLaunchKernel',
        category: 'runtime',
        start: 2,
        duration: 1,
        correlation: 9,
      },
      {
        lane: 'stream 7',
        name: 'gemm',
        category: 'kernel',
        start: 20,
        duration: 5,
        correlation: 9,
      },
    ]);
    const kernel = trace.spans.correlation!.lastIndexOf(9);
    assert.equal(PHASES[derived.phases.own[kernel]], 'forward');
    assert.equal(trace.strings[trace.spans.name[derived.partner[kernel]]], 'cudaLaunchKernel');
  });

  it('know the thread of the autograd engine, and what its kernels are', () => {
    const backward = { lane: 'thread 2', category: 'cpu-op' } as const;
    const { derived } = derive([
      { lane: 'main', name: 'ProfilerStep#0', category: 'annotation', start: 0, duration: 1e7 },
      {
        lane: 'main',
        name: 'enumerate(DataLoader)#x.__next__',
        category: 'annotation',
        start: 0,
        duration: 1e6,
      },
      { lane: 'main', name: 'aten::conv2d', category: 'cpu-op', start: 2e6, duration: 1e6 },
      { ...backward, name: 'ConvolutionBackward0', start: 5e6, duration: 2e6 },
      { ...backward, name: 'AddmmBackward0', start: 7.5e6, duration: 1e6 },
      {
        lane: 'thread 2',
        name: 'cudaLaunchKernel',
        category: 'runtime',
        start: 5.5e6,
        duration: 1e5,
        correlation: 4,
      },
      {
        lane: 'stream 7',
        name: 'dgrad',
        category: 'kernel',
        start: 6e6,
        duration: 1e6,
        correlation: 4,
      },
    ]);
    assert.deepEqual(listPhases(derived.hostPhases), ['data 0-1', 'forward 1-5', 'backward 5-8.5']);
    assert.deepEqual(listPhases(derived.devicePhases), ['backward 6-7']);
  });

  it('of the host are those of the innermost span that has one', () => {
    const [rank] = drawRun([
      `
      main      F---------O--
      main       S-D--S--
    `,
    ]).ranks;
    assert.deepEqual(listPhases(deriveRank(rank).hostPhases), [
      'forward 0-3',
      'data 3-6',
      'forward 6-10',
      'optimizer 10-13',
    ]);
  });
});

describe('places', () => {
  it("are the user's frames around a span, before those of libraries", () => {
    const { derived, trace } = derive([
      { lane: 'main', name: 'train.py(84): <module>', category: 'python', start: 0, duration: 100 },
      {
        lane: 'main',
        name: '/home/me/model.py(20): forward',
        category: 'python',
        start: 1,
        duration: 90,
      },
      {
        lane: 'main',
        name: 'torch/nn/modules/module.py(1): _call_impl',
        category: 'python',
        start: 2,
        duration: 80,
      },
      { lane: 'main', name: 'my block', category: 'annotation', start: 3, duration: 70 },
      {
        lane: 'main',
        name: 'cudaLaunchKernel',
        category: 'runtime',
        start: 5,
        duration: 1,
        correlation: 3,
      },
      {
        lane: 'stream 7',
        name: 'gemm',
        category: 'kernel',
        start: 20,
        duration: 5,
        correlation: 3,
      },
    ]);
    const { locations, annotations } = derived.sourceOf(trace.spans.correlation!.lastIndexOf(3));
    assert.deepEqual(
      locations.map(({ file, line, how }) => `${file}:${line} ${how}`),
      ['/home/me/model.py:20 stack', 'train.py:84 stack'],
    );
    assert.deepEqual(annotations, ['my block']);
  });

  it('are recorded lines first, and the frames of a stack in text', () => {
    const { derived, trace } = derive([
      {
        lane: 'main',
        name: 'forward',
        category: 'recorded',
        start: 0,
        duration: 9,
        file: 'a.py',
        line: 1,
      },
      {
        lane: 'main',
        name: 'aten::mm',
        category: 'cpu-op',
        start: 10,
        duration: 9,
        stack: '/x/site-packages/torch/m.py(9): f;b.py(2): g',
      },
    ]);
    assert.deepEqual(derived.sourceOf(0).locations, [{ file: 'a.py', line: 1, how: 'recorded' }]);
    assert.deepEqual(derived.sourceOf(1).locations, [
      { file: 'b.py', line: 2, how: 'stack', function: 'g' },
    ]);
    assert.equal(trace.spans.length, 2);
  });

  it('of the autograd thread are those of the loop at that time', () => {
    const { derived, trace } = derive([
      { lane: 'main', name: 'ProfilerStep#0', category: 'annotation', start: 0, duration: 100 },
      { lane: 'main', name: 'train.py(50): step', category: 'python', start: 0, duration: 90 },
      { lane: 'thread 2', name: 'AddmmBackward0', category: 'cpu-op', start: 30, duration: 10 },
    ]);
    assert.equal(derived.sourceOf(trace.spans.length - 1).locations[0].line, 50);
  });

  it('tell frames of the user from those of libraries', () => {
    assert.deepEqual(parseFrame('a b/train.py(61): main'), {
      file: 'a b/train.py',
      line: 61,
      function: 'main',
    });
    for (const name of [
      '<built-in method item of Tensor object at 0x7f>',
      'nn.Module: Linear_0',
      'x.py(0): f',
      'train.py',
    ]) {
      assert.equal(parseFrame(name), null);
    }
    for (const file of ['train.py', 'src/model.py', '/home/me/train.py', 'C:\\me\\train.py']) {
      assert.ok(isUserFile(file), file);
    }
    for (const file of [
      'torch/nn/functional.py',
      'threading.py',
      '/usr/lib/python3.11/queue.py',
      '/v/site-packages/x/y.py',
      '<frozen runpy>',
      'multiprocessing/queues.py',
    ]) {
      assert.ok(!isUserFile(file), file);
    }
  });
});

function derive(specs: readonly SpanSpec[]): { derived: RankDerived; trace: Trace } {
  const trace = buildTrace(specs);
  return { trace, derived: deriveRank({ rank: 0, file: 'drawn', trace }) };
}

/** In milliseconds. */
function listPhases({ length, start, end, phase }: PhaseIntervals): string[] {
  return Array.from({ length }, (_, i) => `${PHASES[phase[i]]} ${start[i] / 1e6}-${end[i] / 1e6}`);
}
