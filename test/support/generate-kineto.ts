import { seededRandom } from './seeded-random.ts';

export interface KinetoOptions {
  readonly steps: number;
  readonly seed: number;
  readonly rank?: number;
  readonly worldSize?: number;
}

const OPERATORS = ['aten::conv2d', 'aten::batch_norm', 'aten::relu_', 'aten::add_', 'aten::linear'];

const BASE_NS = '1759300074000000000';

/** A trace in Kineto's layout of 2024: operators that launch kernels, steps, metadata. */
export function generateKineto({ steps, seed, rank = 0, worldSize = 1 }: KinetoOptions): string {
  const random = seededRandom(seed);
  const events: string[] = [];
  let us = 5_000_000_000;
  let id = 1;
  for (let step = 0; step < steps; step++) {
    const stepStart = us;
    for (let i = 0; i < 100; i++) {
      const operator = OPERATORS[Math.floor(random() * OPERATORS.length)];
      const duration = 20 + random() * 50;
      events.push(
        eventText(
          { cat: 'cpu_op', name: operator, pid: 42, tid: 42, ts: us, dur: duration },
          `"External id": ${id},"Record function id": 0, "Ev Idx": ${id}`,
        ),
        eventText(
          { cat: 'cuda_runtime', name: 'cudaLaunchKernel', pid: 42, tid: 42, ts: us + 5, dur: 6 },
          `"External id": ${id}, "cbid": 211, "correlation": ${id}`,
        ),
        eventText(
          {
            cat: 'kernel',
            name: `void ${operator}_kernel(float*)`,
            pid: 0,
            tid: 7,
            ts: us + 30,
            dur: duration * 0.8,
          },
          `"External id": ${id}, "device": 0, "context": 1, "stream": 7, "correlation": ${id}`,
        ),
      );
      id++;
      us += duration + 5;
    }
    events.push(
      eventText(
        {
          cat: 'user_annotation',
          name: `ProfilerStep#${step}`,
          pid: 42,
          tid: 42,
          ts: stepStart,
          dur: us - stepStart,
        },
        `"External id": ${id++}`,
      ),
    );
  }
  return `{
  "schemaVersion": 1,
  "deviceProperties": [{"id": 0, "name": "Test GPU", "totalGlobalMem": 1000, "computeMajor": 8, "computeMinor": 0}],
  "distributedInfo": {"backend": "nccl", "rank": ${rank}, "world_size": ${worldSize}},
  "traceEvents": [
${events.join(',\n')}
  ],
  "traceName": "generated.json",
  "displayTimeUnit": "ms",
  "baseTimeNanoseconds": ${BASE_NS}
}`;
}

interface EventHead {
  readonly cat: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

function eventText({ cat, name, pid, tid, ts, dur }: EventHead, args: string): string {
  return `  {
    "ph": "X", "cat": "${cat}", "name": "${name}", "pid": ${pid}, "tid": ${tid},
    "ts": ${ts.toFixed(3)}, "dur": ${dur.toFixed(3)},
    "args": {
      ${args}
    }
  }`;
}
