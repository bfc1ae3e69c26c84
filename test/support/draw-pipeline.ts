import type { RunFile, RunGroup, Run } from '../../src/core/model/run.ts';
import { assembleRun } from '../../src/core/runs/assemble-run.ts';
import { readText } from './read-bytes.ts';

type Direction = 'forward' | 'backward';

/** A job with pipeline parallelism and the schedule 1F1B (one forward, one backward); times in nanoseconds. */
export interface PipelineSpec {
  readonly stages: number;
  readonly dataRanks: number;
  readonly microBatches: number;
  readonly steps: number;
  readonly computeNs: (
    direction: Direction,
    place: { readonly stage: number; readonly dataRank: number; readonly step: number },
  ) => number;
  /** What each send, receive and collective takes. */
  readonly communicationNs: number;
  readonly optimizerNs: number;
}

interface Drawn {
  readonly name: string;
  readonly stage: number;
  readonly dataRank: number;
  readonly step: number;
  readonly sequence: number;
  readonly start: number;
  readonly end: number;
}

const STREAMS = ['compute', 'pp-comm', 'tp-comm', 'dp-comm', 'misc'];

/** The run as the Chrome timeline that Megatron-LM's timers are turned into. */
export async function drawPipeline(spec: PipelineSpec): Promise<Run> {
  const trace = await readText(writePipeline(spec));
  const file: RunFile = {
    path: 'timeline.json',
    format: trace.meta.format,
    rank: null,
    worldSize: null,
    runName: null,
    sizeBytes: 0,
    modifiedMs: 0,
  };
  const group: RunGroup = { id: 'drawn', name: 'drawn', folder: '', files: [file] };
  return assembleRun(group, [{ file, trace }]);
}

export function writePipeline(spec: PipelineSpec): string {
  const events: object[] = [];
  const tidOf = ({ stage, dataRank }: Pick<Drawn, 'stage' | 'dataRank'>, stream: string): number =>
    (stage * spec.dataRanks + dataRank) * STREAMS.length + STREAMS.indexOf(stream);
  for (const op of drawSteps(spec)) {
    const { name, dataRank, start, end, step, sequence } = op;
    events.push({
      name,
      cat: name,
      pid: dataRank,
      tid: tidOf(op, streamOf(name)),
      ts: start / 1e3,
      dur: (end - start) / 1e3,
      ph: 'X',
      args: { step, model_chunk: 0, mb_id: sequence, seq_id: sequence },
    });
  }
  for (let dataRank = 0; dataRank < spec.dataRanks; dataRank++) {
    for (let stage = 0; stage < spec.stages; stage++) {
      for (const stream of STREAMS) {
        const args = { name: `PP rank ${stage}, TP rank 0, ${stream}` };
        const tid = tidOf({ stage, dataRank }, stream);
        events.push({ name: 'thread_name', pid: dataRank, tid, ph: 'M', args });
      }
    }
    const args = { name: `DP rank [${dataRank}]` };
    events.push({ name: 'process_name', pid: dataRank, ph: 'M', args });
  }
  return `[${events.map((event) => JSON.stringify(event)).join(',\n')}]`;
}

function streamOf(name: string): string {
  const isP2p = /send|recv/.test(name);
  return isP2p ? 'pp-comm' : /compute|^optimizer$/.test(name) ? 'compute' : 'dp-comm';
}

function drawSteps(spec: PipelineSpec): Drawn[] {
  const drawn: Drawn[] = [];
  let start = 0;
  for (let step = 0; step < spec.steps; step++) {
    const ops = drawStep(spec, step, start);
    drawn.push(...ops);
    start = Math.max(...ops.map(({ end }) => end)) + spec.communicationNs;
  }
  return drawn;
}

function drawStep(spec: PipelineSpec, step: number, start: number): Drawn[] {
  const { stages, dataRanks, communicationNs } = spec;
  const ops: Drawn[] = [];
  const ends: number[][] = [];
  for (let dataRank = 0; dataRank < dataRanks; dataRank++) {
    for (let stage = 0; stage < stages; stage++) {
      const end = start + communicationNs;
      const place = { stage, dataRank, step, sequence: 0 };
      ops.push({ name: 'params-all-gather', ...place, start, end });
    }
    const drawn = drawMicroBatches(spec, { dataRank, step }, start + communicationNs);
    ops.push(...drawn);
    ends.push(
      Array.from({ length: stages }, (_, stage) =>
        Math.max(...drawn.filter((op) => op.stage === stage).map(({ end }) => end)),
      ),
    );
  }
  const synced = Array.from(
    { length: stages },
    (_, stage) => Math.max(...ends.map((end) => end[stage])) + communicationNs,
  );
  const clipped = Math.max(...synced) + communicationNs;
  for (let dataRank = 0; dataRank < dataRanks; dataRank++) {
    synced.forEach((end, stage) => {
      const place = { stage, dataRank, step, sequence: 0 };
      const from = clipped - communicationNs;
      const until = clipped + spec.optimizerNs;
      ops.push(
        { name: 'grads-reduce-scatter', ...place, start: end - communicationNs, end },
        { name: 'optimizer-clip-main-grad', ...place, start: from, end: clipped },
        { name: 'optimizer', ...place, start: clipped, end: until },
      );
    });
  }
  return ops;
}

/** Runs what can run until all has run: each stage in its order, each micro-batch through the stages. */
function drawMicroBatches(
  { stages, microBatches, computeNs, communicationNs }: PipelineSpec,
  place: { readonly dataRank: number; readonly step: number },
  start: number,
): Drawn[] {
  const ops: Drawn[] = [];
  const orders = Array.from({ length: stages }, (_, stage) => orderOf(stage, stages, microBatches));
  const free = orders.map(() => start);
  const done = new Map<string, number>();
  const endOf = (direction: Direction, stage: number, batch: number): number | undefined =>
    done.get(`${direction} ${stage} ${batch}`);
  const add = (
    name: string,
    stage: number,
    sequence: number,
    from: number,
    until: number,
  ): void => {
    ops.push({ name, stage, sequence, start: from, end: until, ...place });
  };
  for (let left = 2 * stages * microBatches; left > 0;) {
    orders.forEach((order, stage) => {
      const next = order.at(0);
      if (next === undefined) {
        return;
      }
      const [direction, batch] = next;
      const from = stage + (direction === 'forward' ? -1 : 1);
      const isFirst = from < 0 || from >= stages;
      const sent = isFirst ? start : endOf(direction, from, batch);
      if (sent === undefined) {
        return;
      }
      let ready = free[stage];
      if (!isFirst) {
        // The receiver takes the next batch once it has computed the last.
        const from0 = Math.max(sent, endOf(direction, stage, batch - 1) ?? start);
        const until = from0 + communicationNs;
        add(`${direction}-send`, from, batch, from0, until);
        add(`${direction}-recv`, stage, batch, from0, until);
        ready = Math.max(ready, until);
      }
      const until = ready + computeNs(direction, { stage, ...place });
      add(`${direction}-compute`, stage, batch, ready, until);
      done.set(`${direction} ${stage} ${batch}`, until);
      free[stage] = until;
      order.shift();
      left--;
    });
  }
  return ops;
}

function orderOf(stage: number, stages: number, microBatches: number): [Direction, number][] {
  const ahead = Math.min(stages - stage - 1, microBatches);
  const order: [Direction, number][] = [];
  for (let batch = 0; batch < ahead; batch++) {
    order.push(['forward', batch]);
  }
  for (let batch = 0; batch < microBatches; batch++) {
    if (batch + ahead < microBatches) {
      order.push(['forward', batch + ahead]);
    }
    order.push(['backward', batch]);
  }
  return order;
}
