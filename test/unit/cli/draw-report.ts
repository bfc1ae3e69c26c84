import type {
  BaselineReport,
  Breakdown,
  Finding,
  RankReport,
  Report,
} from '../../../src/core/model/report.ts';

/** A report of one balanced rank, with what a test says otherwise. */
export function drawReport(changes: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'training-sleuth', version: '0.0.0' },
    run: {
      name: 'resnet',
      files: ['/runs/resnet/rank0.json'],
      formats: ['kineto'],
      ranks: [0],
      worldSize: 2,
      steps: { total: 12, analyzed: 10, warmup: 2, first: 2, last: 11, how: 'profiler' },
    },
    health: {
      level: 'ok',
      notes: [],
      events: { read: 12_345, kept: 12_345, repaired: 0, dropped: 0, clipped: 0 },
      missingRanks: [],
      missingSteps: [],
      overlaps: 0,
      overhead: { percent: 0, kinds: [] },
      messages: [],
      absent: [],
      clock: { method: '', uncertaintyNs: null },
      problems: [],
    },
    stepTime: { p50Ns: 312e6, p95Ns: 480e6, p99Ns: 500e6, meanNs: 330e6, count: 10 },
    verdict: { kind: 'balanced', text: 'Nothing holds the run back.', sharePercent: 0 },
    layers: null,
    ranks: [drawRank(0)],
    whatIf: null,
    findings: [],
    lines: [],
    failures: [],
    ...changes,
  };
}

export function drawRank(rank: number, changes: Partial<RankReport> = {}): RankReport {
  return {
    rank,
    device: { name: 'NVIDIA H100', count: 1 },
    stepTime: null,
    breakdown: drawBreakdown(),
    deviceWindow: null,
    phases: [],
    ...changes,
  };
}

export function drawBreakdown(changes: Partial<Breakdown> = {}): Breakdown {
  return {
    computePercent: 60,
    exposedCommunicationPercent: 5,
    exposedCopyPercent: 0,
    idlePercent: 35,
    idleCauses: {
      data: 30,
      host: 5,
      sync: 0,
      launch: 0,
      communication: 0,
      copy: 0,
      checkpoint: 0,
      profiler: 0,
      unexplained: 0,
    },
    ...changes,
  };
}

export function drawFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: 'data-stall',
    title: 'The device waits 30 % of the step for data',
    pattern: 'pipeline-stall',
    layer: 'data',
    severity: 'warning',
    confidence: 'high',
    ranks: [0],
    steps: [2, 3],
    savingPercent: 30,
    savingNsPerStep: 93.6e6,
    savingHow: 'the median wait for the loader.',
    threshold: { name: 'minSharePercent', value: 10, measured: 30 },
    evidence: [],
    location: { file: 'train.py', line: 41, how: 'recorded' },
    annotations: [],
    why: 'The loader takes longer for a batch than the device for a step.',
    advice: [{ text: 'Use more workers.', link: 'https://pytorch.org/docs/stable/data.html' }],
    ...changes,
  };
}

export function drawBaseline(changes: Partial<BaselineReport> = {}): BaselineReport {
  return {
    name: 'last-good',
    files: ['/runs/last-good/rank0.json'],
    standing: 'slower',
    text: '12 % slower than last-good. The median step takes 312 ms, in the baseline 279 ms.',
    how: 'median',
    stepNs: 279e6,
    deltaNs: 33e6,
    deltaPercent: 11.8,
    pValue: 1e-5,
    parts: [{ part: 'data', baselineNs: 10e6, runNs: 43e6, deltaNs: 33e6 }],
    differences: [],
    ...changes,
  };
}
