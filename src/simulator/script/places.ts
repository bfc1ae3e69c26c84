import { lineOf } from './train-script.ts';

/** Lines of `train.py` that files name. */
export const LINES = {
  decode: lineOf('def decode('),
  augment: lineOf('def augment('),
  getItem: lineOf('def __getitem__('),
  /** The frame of the loop began before the profiler did: it shows where the profiler was started. */
  loopFrame: lineOf('$START'),
  module: lineOf('    train(Trainer('),
  loop: lineOf('for step, batch in'),
  trainStep: lineOf('def train_step('),
  microBatch: lineOf('def train_micro_batch('),
  toDevice: lineOf('def to_device('),
  h2d: lineOf('PART("h2d")'),
  forward: lineOf('PART("forward")'),
  loss: lineOf('PART("loss")'),
  backward: lineOf('PART("backward")'),
  optimizer: lineOf('PART("optimizer")'),
  forwardFunction: lineOf('def forward('),
  recordCollectives: lineOf('$START'),
  workers: lineOf('num_workers='),
} as const;

/** A function of `train.py`, its span and the statement in it that costs. */
export interface Place {
  readonly name: string;
  readonly definition: number;
  readonly span: number;
  readonly statement: number;
}

function place(name: string, span: string | null, statement: string): Place {
  const definition = lineOf(`def ${name}(`);
  return {
    name,
    definition,
    span: span === null ? definition : lineOf(`PART("${span}")`),
    statement: lineOf(statement),
  };
}

export const PLACES = {
  checkActivations: place('check_activations', null, 'images.abs().max().item()'),
  freeMemory: place('free_memory', null, 'torch.cuda.empty_cache()'),
  sideBranch: place('run_side_branch', null, 'torch.cuda.current_stream().wait_stream'),
  inspect: place('inspect', null, 'f"{layer}: '),
  reduceGradients: place('reduce_gradients', null, 'dist.all_reduce('),
  readLoss: place('read_loss', 'loss.item', 'return self.loss.item()'),
  summarize: place('summarize', 'summarize', 'return sum(sorted('),
  reportProgress: place('report_progress', 'report progress', 'print(json.dumps('),
  log: place('log_metrics', 'logging', 'add_histogram('),
  checkpoint: place('save_checkpoint', 'checkpoint', 'torch.save('),
  validate: place('validate', 'validation', 'for images in loader'),
  collectGarbage: place('collect_garbage', 'gc.collect', '            gc.collect()'),
} as const;
