import * as z from 'zod';
import type {
  Breakdown,
  DeviceWindow,
  Evidence,
  Finding,
  Health,
  LineCost,
  RankReport,
  Report,
  StepTime,
  WhatIf,
  ReplayCheck,
  BaselineReport,
} from '../core/model/report.ts';
import {
  gapCauseSchema,
  percentilesSchema,
  phaseSchema,
  stepPartSchema,
  sourceLocationSchema,
} from './value-schemas.ts';

/** More bars than this no picture beside the code has. */
const MAX_BINS = 100;

const stepTime = z.object({
  p50Ns: z.number(),
  p95Ns: z.number(),
  p99Ns: z.number(),
  meanNs: z.number(),
  count: z.int(),
}) satisfies z.ZodType<StepTime>;

const breakdown = z.object({
  computePercent: z.number(),
  exposedCommunicationPercent: z.number(),
  exposedCopyPercent: z.number(),
  idlePercent: z.number(),
  idleCauses: z.record(gapCauseSchema, z.number()),
}) satisfies z.ZodType<Breakdown>;

const deviceWindow = z.object({
  spanNs: z.number(),
  computeNs: z.number(),
  communicationNs: z.number(),
  copyNs: z.number(),
  communicationOverlappedNs: z.number(),
  idleNs: z.number(),
}) satisfies z.ZodType<DeviceWindow>;

const rankReport = z.object({
  rank: z.int(),
  device: z.object({ name: z.string(), count: z.int() }).nullable(),
  stepTime: stepTime.nullable(),
  breakdown: breakdown.nullable(),
  deviceWindow: deviceWindow.nullable(),
  phases: z.array(
    z.object({
      phase: phaseSchema,
      totalNs: z.number(),
      perStep: percentilesSchema,
      sharePercent: z.number(),
    }),
  ),
}) satisfies z.ZodType<RankReport>;

export const evidenceSchema = z.object({
  rank: z.int(),
  lane: z.string(),
  name: z.string(),
  startNs: z.number(),
  durationNs: z.number(),
  step: z.int().nullable(),
}) satisfies z.ZodType<Evidence>;

const finding = z.object({
  id: z.string(),
  title: z.string(),
  pattern: z.enum([
    'pipeline-stall',
    'resource-imbalance',
    'hidden-serialization',
    'tail-latency',
    'inefficiency',
    'regression',
    'measurement',
  ]),
  layer: z.enum(['data', 'compute', 'orchestration']),
  severity: z.enum(['error', 'warning', 'info']),
  confidence: z.enum(['high', 'medium', 'low']),
  ranks: z.array(z.int()),
  steps: z.array(z.int()),
  savingPercent: z.number(),
  savingNsPerStep: z.number(),
  savingHow: z.string(),
  savingFrom: z.exactOptional(
    z.object({
      totalNs: z.number(),
      count: z.int(),
      longest: z.array(
        z.object({
          rank: z.int(),
          startNs: z.number(),
          durationNs: z.number(),
          step: z.int().nullable(),
        }),
      ),
      leftOut: z.int(),
    }),
  ),
  whatIf: z.exactOptional(z.object({ stepNs: z.number(), speedup: z.number(), text: z.string() })),
  threshold: z.object({ name: z.string(), value: z.number(), measured: z.number() }),
  evidence: z.array(evidenceSchema),
  location: sourceLocationSchema.nullable(),
  annotations: z.array(z.string()),
  why: z.string(),
  advice: z.array(z.object({ text: z.string(), link: z.exactOptional(z.string()) })),
}) satisfies z.ZodType<Finding>;

const health = z.object({
  level: z.enum(['ok', 'notable', 'poor']),
  notes: z.array(z.object({ id: z.string(), text: z.string(), count: z.number() })),
  events: z.object({
    read: z.number(),
    kept: z.number(),
    repaired: z.number(),
    dropped: z.number(),
    clipped: z.number(),
  }),
  missingRanks: z.array(z.int()),
  missingSteps: z.array(z.int()),
  overlaps: z.int(),
  overhead: z.object({
    percent: z.number(),
    kinds: z.array(z.object({ name: z.string(), count: z.int(), totalNs: z.number() })),
  }),
  messages: z.array(
    z.object({
      file: z.string(),
      level: z.enum(['warning', 'error']),
      text: z.string(),
      count: z.int(),
    }),
  ),
  absent: z.array(z.string()),
  clock: z.object({ method: z.string(), uncertaintyNs: z.number().nullable() }),
  problems: z.array(
    z.object({
      file: z.string(),
      byteOffset: z.number(),
      kind: z.string(),
      reason: z.string(),
      excerpt: z.string(),
    }),
  ),
}) satisfies z.ZodType<Health>;

const lineCost = z.object({
  name: z.string(),
  phase: phaseSchema,
  location: sourceLocationSchema.nullable(),
  perStep: stepTime,
  sharePercent: z.number(),
  byRank: z.array(z.object({ rank: z.int(), p50Ns: z.number(), sharePercent: z.number() })),
  occursIn: z.exactOptional(z.int()),
  call: z.exactOptional(z.string()),
  histogram: z.exactOptional(
    z.object({
      fromNs: z.number(),
      toNs: z.number(),
      counts: z.array(z.int()).max(MAX_BINS),
      above: z.int(),
    }),
  ),
  baseline: z.exactOptional(
    z.object({ meanNs: z.number(), p50Ns: z.number(), deltaPercent: z.number() }).nullable(),
  ),
}) satisfies z.ZodType<LineCost>;

const slowdowns = z.record(z.string(), z.number());

const whatIf = z.object({
  slowdown: z.number(),
  byRank: slowdowns,
  byStage: slowdowns,
  byDataRank: slowdowns,
  byKind: slowdowns,
  mw: z.number().nullable(),
  ms: z.number().nullable(),
  recordedNs: z.number(),
  replayedNs: z.number(),
  idealNs: z.number(),
  steps: z.int(),
}) satisfies z.ZodType<WhatIf>;

const replayCheck = z.object({
  isUsed: z.boolean(),
  reason: z.string().nullable(),
  steps: z.int(),
  recordedNs: z.number().nullable(),
  replayedNs: z.number().nullable(),
  errorPercent: z.number().nullable(),
}) satisfies z.ZodType<ReplayCheck>;

const baseline = z.object({
  name: z.string(),
  files: z.array(z.string()),
  standing: z.enum(['slower', 'faster', 'same', 'too-few-steps', 'no-steps']),
  text: z.string(),
  how: z.enum(['median', 'pace']).nullable(),
  stepNs: z.number().nullable(),
  deltaNs: z.number().nullable(),
  deltaPercent: z.number().nullable(),
  pValue: z.number().nullable(),
  parts: z.array(
    z.object({
      part: stepPartSchema,
      baselineNs: z.number(),
      runNs: z.number(),
      deltaNs: z.number(),
    }),
  ),
  differences: z.array(z.string()),
}) satisfies z.ZodType<BaselineReport>;

export const reportSchema = z.object({
  schemaVersion: z.int(),
  tool: z.object({ name: z.string(), version: z.string() }),
  run: z.object({
    name: z.string(),
    files: z.array(z.string()),
    formats: z.array(z.string()),
    ranks: z.array(z.int()),
    worldSize: z.int().nullable(),
    sources: z.exactOptional(
      z.array(
        z.object({
          file: z.string(),
          blob: z.string(),
          blobLf: z.exactOptional(z.string()),
          commit: z.exactOptional(z.string()),
        }),
      ),
    ),
    steps: z.object({
      total: z.int(),
      analyzed: z.int(),
      warmup: z.int(),
      first: z.int().nullable(),
      last: z.int().nullable(),
      how: z.string(),
    }),
  }),
  health,
  stepTime: stepTime.nullable(),
  verdict: z.object({
    kind: z.enum([
      'data-bound',
      'host-bound',
      'compute-bound',
      'communication-bound',
      'imbalanced',
      'balanced',
      'mixed',
      'hung',
      'inconclusive',
    ]),
    text: z.string(),
    sharePercent: z.number(),
  }),
  layers: z
    .object({
      dataPercent: z.number(),
      computePercent: z.number(),
      orchestrationPercent: z.number(),
    })
    .nullable(),
  ranks: z.array(rankReport),
  whatIf: whatIf.nullable(),
  replay: z.exactOptional(replayCheck),
  baseline: z.exactOptional(baseline.nullable()),
  findings: z.array(finding),
  lines: z.array(lineCost),
  phaseCosts: z.exactOptional(z.array(lineCost)),
  formulas: z.exactOptional(z.record(z.string(), z.string())),
  failures: z.array(z.object({ detector: z.string(), message: z.string() })),
}) satisfies z.ZodType<Report>;
