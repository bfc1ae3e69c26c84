import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random.ts';

const BASE_NS = '1763700000000000000';
const HOST = 4242;
const MAIN = 4242;
const AUTOGRAD = 4300;
const COMPUTE_STREAM = 7;
const NCCL_STREAM = 20;

export interface SimulationOptions {
  readonly ranks: number;
  readonly steps: number;
  readonly seed: number;
  /** Name of an operator of every step; to try what text can do. */
  readonly operatorName?: string;
  /** The script that the stack names; `train.py` unless given. */
  readonly script?: string;
}

/**
 * Writes the traces of a made-up job whose loader is slow, every 8th batch the more:
 * loader, copy, forward, loss, backward on the autograd thread, reductions on their own stream, optimizer.
 */
export function simulateGpuRun(folder: string, options: SimulationOptions): void {
  mkdirSync(folder, { recursive: true });
  for (let rank = 0; rank < options.ranks; rank++) {
    const text = new RankSimulation(rank, options).write();
    writeFileSync(join(folder, `rank${rank}.pt.trace.json`), text);
  }
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

/** One rank; times in microseconds. */
class RankSimulation {
  readonly #events: object[] = [];
  readonly #random: () => number;
  #correlation = 1;
  #hostUs = 1_000;
  #deviceUs = 1_000;

  constructor(
    private readonly rank: number,
    private readonly options: SimulationOptions,
  ) {
    this.#random = seededRandom(options.seed + rank);
  }

  write(): string {
    const begin = this.#hostUs;
    for (let step = 0; step < this.options.steps; step++) {
      this.#step(step);
    }
    this.#add(
      'python_function',
      `${this.options.script ?? 'train.py'}(41): train`,
      MAIN,
      { from: begin, to: this.#hostUs },
      {
        'Python id': 1,
        'Python parent id': null,
      },
    );
    return JSON.stringify({
      schemaVersion: 1,
      deviceProperties: [
        { id: 0, name: 'Simulated H100', totalGlobalMem: 8e10, computeMajor: 9, computeMinor: 0 },
      ],
      distributedInfo: { backend: 'nccl', rank: this.rank, world_size: this.options.ranks },
      traceEvents: this.#events,
      baseTimeNanoseconds: Number(BASE_NS),
    });
  }

  #step(step: number): void {
    const from = this.#hostUs;
    const slow = step % 8 === 5 ? 2.6 : 1;
    const loaderUs = (19_000 + 2_000 * this.#random()) * slow * (this.rank === 2 ? 1.15 : 1);
    this.#host(
      'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__',
      loaderUs,
      'user_annotation',
    );
    this.#launch('Memcpy HtoD (Pinned -> Device)', 60, 600, 'gpu_memcpy');
    this.#annotated('forward', () => {
      for (let layer = 0; layer < 24; layer++) {
        this.#operator(this.options.operatorName ?? 'aten::conv2d', 110, 170);
      }
    });
    this.#annotated('loss', () => this.#operator('aten::cross_entropy_loss', 90, 60));
    this.#backward();
    this.#annotated('Optimizer.step#SGD.step', () =>
      this.#operator('aten::_foreach_add_', 300, 900),
    );
    this.#add('cuda_runtime', 'cudaDeviceSynchronize', MAIN, {
      from: this.#hostUs,
      to: this.#deviceUs,
    });
    this.#hostUs = Math.max(this.#hostUs, this.#deviceUs) + 40;
    this.#add('user_annotation', `ProfilerStep#${step}`, MAIN, { from, to: this.#hostUs });
    this.#hostUs += 5;
  }

  #backward(): void {
    const from = this.#hostUs;
    for (let layer = 0; layer < 24; layer++) {
      const start = this.#hostUs;
      this.#operator(
        'autograd::engine::evaluate_function: ConvolutionBackward0',
        140,
        330,
        AUTOGRAD,
      );
      if (layer % 6 === 5) {
        this.#reduce(start);
      }
    }
    this.#add('user_annotation', 'backward', MAIN, { from, to: this.#hostUs });
  }

  #reduce(launchedAt: number): void {
    const from = Math.max(launchedAt, this.#deviceUs - 300);
    const length = 900 + 200 * this.#random();
    this.#kernel(
      'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
      { from, to: from + length },
      NCCL_STREAM,
      'kernel',
    );
    this.#deviceUs = Math.max(this.#deviceUs, from + length - 500);
  }

  #annotated(name: string, body: () => void): void {
    const from = this.#hostUs;
    body();
    this.#add('user_annotation', name, MAIN, { from, to: this.#hostUs });
  }

  #operator(name: string, hostUs: number, deviceUs: number, thread = MAIN): void {
    const from = this.#hostUs;
    this.#launch(
      `void ${name.split('::').at(-1) ?? name}_kernel<float>(float const*)`,
      hostUs,
      deviceUs,
      'kernel',
      thread,
    );
    this.#add('cpu_op', name, thread, { from, to: this.#hostUs });
  }

  #host(name: string, lengthUs: number, category: string): void {
    this.#add(category, name, MAIN, { from: this.#hostUs, to: this.#hostUs + lengthUs });
    this.#hostUs += lengthUs;
  }

  #launch(name: string, hostUs: number, deviceUs: number, category: string, thread = MAIN): void {
    const at = this.#hostUs + hostUs / 3;
    const correlation = this.#correlation;
    this.#add(
      'cuda_runtime',
      'cudaLaunchKernel',
      thread,
      { from: at, to: at + 6 },
      { correlation },
    );
    const from = Math.max(at + 8, this.#deviceUs + 1);
    const length = deviceUs * (0.9 + 0.2 * this.#random());
    this.#kernel(name, { from, to: from + length }, COMPUTE_STREAM, category);
    this.#deviceUs = from + length;
    this.#hostUs += hostUs;
  }

  #kernel(name: string, interval: Interval, stream: number, category: string): void {
    const correlation = this.#correlation++;
    this.#events.push({
      ...timing(category, name, interval),
      pid: 0,
      tid: stream,
      args: { correlation, device: 0, stream },
    });
  }

  #add(
    category: string,
    name: string,
    thread: number,
    interval: Interval,
    args: object = {},
  ): void {
    this.#events.push({ ...timing(category, name, interval), pid: HOST, tid: thread, args });
  }
}

function timing(category: string, name: string, { from, to }: Interval): object {
  return {
    ph: 'X',
    cat: category,
    name,
    ts: Number(from.toFixed(3)),
    dur: Number((to - from).toFixed(3)),
  };
}
