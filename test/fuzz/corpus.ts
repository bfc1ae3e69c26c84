import { parquetWriteBuffer } from 'hyparquet-writer';
import { writeAscend } from '../support/ascend-trace.ts';
import { dumpOf } from '../support/flight-dump.ts';
import { generateKineto } from '../support/generate-kineto.ts';
import { perfettoBytes, smallRocprofTrace } from '../support/perfetto-trace.ts';
import { writeNcclLines } from '../support/nccl-lines.ts';
import { fixture } from '../support/read-bytes.ts';
import { drawEvents } from '../support/tf-events.ts';
import {
  horovodTimeline,
  jaxTrace,
  oldTensorFlowTrace,
  rayTimeline,
  sageMakerTimeline,
  vizTrace,
} from '../support/trace-flavours.ts';
import { smallProfile, xspaceBytes } from '../support/xplane-file.ts';
import { writeRocprof } from '../support/rocprof-run.ts';
import { writePickle } from '../support/write-pickle.ts';

/** A small file of a format, for mutations. */
export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether its text has tokens of JSON. */
  readonly isText: boolean;
}

const SCALARS = [1, 2, 3, 4].map((step) => ({
  wallTime: 1_763_632_800 + step,
  step,
  tag: 'step_time',
  value: 0.5,
  isTensor: step % 2 === 0,
}));

export function corpus(): readonly Sample[] {
  const texts = [
    'kineto/2020.json',
    'kineto/2024.json',
    'chrome/every-phase.json',
    'chrome/unclosed.json',
    'spans/rank1.spans.jsonl',
    'megatron/two-stages.json',
    'metrics/wandb-history.jsonl',
  ].map((name) => ({ name, bytes: fixture(name), isText: true }));
  const lines = ['metrics/nvidia-smi.csv', 'metrics/scrape.prom', 'metrics/lines.statsd'].map(
    (name) => ({ name, bytes: fixture(name), isText: false }),
  );
  const generated = new TextEncoder().encode(generateKineto({ steps: 1, seed: 1 }));
  const flavours = {
    horovod: horovodTimeline(),
    jax: jaxTrace(),
    ray: rayTimeline(),
    sagemaker: sageMakerTimeline(),
    tensorflow: oldTensorFlowTrace(),
    viztracer: vizTrace(),
  };
  const written = Object.entries(flavours).map(([name, text]) => ({
    name,
    bytes: new TextEncoder().encode(text),
    isText: true,
  }));
  return [
    ...texts,
    ...lines,
    ...written,
    { name: 'kineto, generated', bytes: generated.subarray(0, 30_000), isText: true },
    { name: 'ascend', bytes: new TextEncoder().encode(writeAscend()), isText: true },
    { name: 'events of TensorBoard', bytes: drawEvents(SCALARS), isText: false },
    { name: 'flight recorder', bytes: flightDump(), isText: false },
    { name: 'rocprof', bytes: new TextEncoder().encode(writeRocprof()), isText: true },
    { name: 'nccl', bytes: new TextEncoder().encode(writeNcclLines()), isText: true },
    { name: 'parquet', bytes: parquetTable(), isText: false },
    { name: 'perfetto', bytes: perfettoBytes(smallRocprofTrace()), isText: false },
    { name: 'xplane', bytes: xspaceBytes(smallProfile()), isText: false },
  ];
}

function flightDump(): Uint8Array {
  const operations = Array.from({ length: 20 }, (_, i) => ({
    group: String(i % 2),
    number: i,
    name: i % 5 === 0 ? 'send 0->1' : 'all_reduce',
    state: i < 12 ? ('completed' as const) : ('scheduled' as const),
  }));
  const groups = { 0: [0, 1], 1: [0] };
  return writePickle(dumpOf({ groups, operations, status: { 0: [18, 10] }, frames: true }));
}

function parquetTable(): Uint8Array {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const column = (name: string, of: (row: number) => number) => ({
    name,
    data: rows.map(of),
    type: name === 'start_ts' || name === 'duration' ? ('DOUBLE' as const) : ('INT32' as const),
  });
  const names = ['forward-compute', 'backward-compute', 'forward-send', 'optimizer'];
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        column('rank', (row) => row % 4),
        column('dp_rank', (row) => row % 2),
        column('stage', (row) => (row >> 1) % 2),
        column('step', (row) => row >> 3),
        { name: 'optype', data: rows.map((row) => names[row % 4]), type: 'STRING' },
        column('start_ts', (row) => row / 8),
        column('duration', () => 0.1),
      ],
    }),
  );
}
