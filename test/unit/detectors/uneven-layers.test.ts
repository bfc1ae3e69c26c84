import assert from 'node:assert/strict';
import { unevenLayers } from '../../../src/core/detectors/uneven-layers.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';

/** Steps of a model of blocks that each launch one kernel of so many milliseconds; each block has a `Linear` inside. */
function modelOf(kernels: readonly number[], className = 'Block'): Run {
  const specs: SpanSpec[] = [];
  const length = 10e6 + kernels.reduce((sum, ms) => sum + ms, 0) * 1e6;
  for (let step = 0; step < 6; step++) {
    let at = step * length;
    const stepSpan = {
      lane: 'main',
      name: `ProfilerStep#${step}`,
      category: 'annotation',
    } as const;
    specs.push({ ...stepSpan, start: at, duration: length });
    kernels.forEach((ms, layer) => {
      const correlation = 1 + step * kernels.length + layer;
      const duration = ms * 1e6;
      const python = { lane: 'main', category: 'python', start: at, duration } as const;
      specs.push(
        { ...python, name: `nn.Module: ${className}_${layer}` },
        { ...python, name: `nn.Module: Linear_${layer}`, duration: duration - 1e5 },
        {
          ...python,
          name: 'cudaLaunchKernel',
          category: 'runtime',
          duration: 1e4,
          correlation,
        },
        {
          lane: 'stream 7',
          name: 'gemm',
          category: 'kernel',
          start: at + 2e4,
          duration: duration - 1e5,
          correlation,
        },
      );
      at += duration;
    });
  }
  return { name: 'drawn', ranks: [{ rank: 0, file: 'rank0', trace: buildTrace(specs) }] };
}

describeDetector(unevenLayers, {
  finds: [
    {
      name: 'a block that takes twice as long as the others, as a note without a saving',
      run: () => modelOf([10.1, 10.1, 20.1, 10.1, 10.1]),
      check: (finding) => {
        assert.deepEqual(finding.threshold, { name: 'ratio', value: 1.5, measured: 2 });
        assert.match(finding.why, /Block_2 take 20\.0 ms a step, those of the 5 modules/);
        assert.match(finding.why, /17 % of them all/);
        assert.equal(finding.evidence[0].name, 'nn.Module: Block_2');
        assert.equal(finding.severity, 'info');
        assert.equal(finding.savingNsPerStep, 0);
      },
    },
  ],
  staysQuiet: [
    { name: 'blocks that are alike', run: () => modelOf([10, 10, 11, 10, 10]) },
    { name: 'too few blocks to compare', run: () => modelOf([10, 30, 10]) },
    {
      name: 'a longer block that is a small part of the model',
      run: () => modelOf([...Array<number>(30).fill(10), 16]),
    },
    {
      name: 'modules of different classes',
      run: () => {
        const { name, ranks } = modelOf([10, 10, 30, 10, 10], 'Only');
        const [rank] = ranks;
        const strings = rank.trace.strings.map((text) =>
          text.replace(/^nn\.Module: (Only|Linear)_(\d)/, 'nn.Module: $1$2_0'),
        );
        return { name, ranks: [{ ...rank, trace: { ...rank.trace, strings } }] };
      },
    },
  ],
});
