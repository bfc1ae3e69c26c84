import { assert } from '../../base/assert.ts';

export const SCRIPT_FILE = 'train.py';

const SCRIPT = `"""The training script that a simulated run stands for. It was simulated, not run: no number comes from it."""

import gc
import json
import sys

import torch
import torch.distributed as dist
from PIL import Image
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler
$IMPORT

from network import build_model, warp

ARGS = json.loads(sys.argv[1])


class Images(Dataset):
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = self.decode(self.files[index])
        return self.augment(image)

    $SPAN_OF_FUNCTION("decode")
    def decode(self, file):
        image = Image.open(file).convert("RGB")
        return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)

    $SPAN_OF_FUNCTION("augment")
    def augment(self, image):
        image = image.float() / 255
        return warp(image)


class Trainer:
    def __init__(self, device, group):
        self.device = device
        self.model = build_model(ARGS["model"]).to(device)
        if ARGS["compile"]:
            self.model = torch.compile(self.model)
        if dist.is_initialized() and ARGS["overlap"]:
            self.model = DistributedDataParallel(self.model, process_group=group)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = getattr(torch.optim, ARGS["optimizer"])(self.model.parameters(), lr=1e-3)
        self.side_stream = torch.cuda.Stream()
        self.history = []

    def to_device(self, batch):
        with $PART("h2d"):
            return [part.to(self.device, non_blocking=ARGS["pin_memory"]) for part in batch]

    def train_step(self, batch):
        images, labels = self.to_device(batch)
        for micro in range(ARGS["micro_batches"]):
            self.train_micro_batch(images, labels, is_last=micro == ARGS["micro_batches"] - 1)
        with $PART("optimizer"):
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)

    def train_micro_batch(self, images, labels, is_last):
        self.model.require_backward_grad_sync = is_last or ARGS["sync_every_micro_batch"]
        with $PART("forward"):
            outputs = self.forward(images)
        with $PART("loss"):
            loss = self.criterion(outputs, labels)
        with $PART("backward"):
            loss.backward()
        if is_last and not ARGS["overlap"]:
            self.reduce_gradients()
        self.loss = loss.detach()

    def forward(self, images):
        if ARGS["dtype"] == "float32":
            torch.backends.cuda.matmul.allow_tf32 = False
        for layer in self.model.layers:
            images = layer(images)
            if ARGS["check_activations"]:
                self.check_activations(images)
            if ARGS["empty_cache"]:
                self.free_memory()
            if ARGS["side_branch"]:
                self.run_side_branch(layer, images)
            if ARGS["inspect"]:
                self.inspect(layer, images)
        return images

    def check_activations(self, images):
        if images.abs().max().item() > 1e4:
            raise FloatingPointError("the activations explode")

    def free_memory(self):
        torch.cuda.empty_cache()

    def run_side_branch(self, layer, images):
        self.side_stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.side_stream):
            layer.branch(images)
        torch.cuda.current_stream().wait_stream(self.side_stream)

    def inspect(self, layer, images):
        self.history.append(f"{layer}: {images.shape} {images.dtype}")

    def reduce_gradients(self):
        for parameter in self.model.parameters():
            dist.all_reduce(parameter.grad, op=dist.ReduceOp.AVG)

    def read_loss(self):
        with $PART("loss.item"):
            return self.loss.item()

    def summarize(self, value):
        with $PART("summarize"):
            self.history.append(value)
            return sum(sorted(self.history)[-1000:])

    def report_progress(self, step, value):
        with $PART("report progress"):
            print(json.dumps({"step": step, "loss": value, "history": self.history}), flush=True)

    def log_metrics(self, step):
        with $PART("logging"):
            for name, parameter in self.model.named_parameters():
                ARGS["writer"].add_histogram(name, parameter, step)

    def save_checkpoint(self, step):
        with $PART("checkpoint"):
            torch.save(self.model.state_dict(), f"step-{step}.pt")

    def validate(self, loader):
        with $PART("validation"), torch.no_grad():
            for images in loader:
                self.criterion(self.forward(images), None).item()

    def collect_garbage(self):
        with $PART("gc.collect"):
            gc.collect()


def train(trainer, dataset, validation):
    loader = DataLoader(
        dataset,
        batch_size=ARGS["batch_size"],
        sampler=DistributedSampler(dataset),
        num_workers=ARGS["workers"],
        pin_memory=ARGS["pin_memory"],
    )
    $START
    for step, batch in enumerate($LOOP):
        trainer.train_step(batch)
        if is_due(step, "read_loss_every"):
            value = trainer.read_loss()
            if ARGS["summarize"]:
                trainer.summarize(value)
            if ARGS["report_progress"]:
                trainer.report_progress(step, value)
        if is_due(step, "log_every"):
            trainer.log_metrics(step)
        if is_due(step, "checkpoint_every"):
            trainer.save_checkpoint(step)
        if is_due(step, "validate_every"):
            trainer.validate(validation)
        if is_due(step, "collect_garbage_every"):
            trainer.collect_garbage()
        $END_OF_STEP


def is_due(step, setting):
    return ARGS[setting] > 0 and (step + 1) % ARGS[setting] == 0


if __name__ == "__main__":
    dist.init_process_group("nccl")
    train(Trainer(torch.device("cuda"), dist.group.WORLD), Images(ARGS["files"]), ARGS["validation"])
`;

const WORDS: Record<'kineto' | 'spans', Record<string, string>> = {
  kineto: {
    IMPORT: 'from torch.profiler import profile, record_function',
    SPAN_OF_FUNCTION: '# part of the pipeline: ',
    PART: 'record_function',
    START: 'profiler = profile(with_stack=ARGS["stacks"]).__enter__()',
    LOOP: 'loader',
    END_OF_STEP: 'profiler.step()',
  },
  spans: {
    IMPORT: 'import training_sleuth as sleuth',
    SPAN_OF_FUNCTION: '@sleuth.span',
    PART: 'sleuth.span',
    START: 'sleuth.start(run=ARGS["run"]); sleuth.record_collectives(trainer.model)',
    LOOP: 'sleuth.steps(loader)',
    END_OF_STEP: 'sleuth.counter("steps", step + 1)',
  },
};

/** The script whose lines the files of simulated runs name; the same lines in both formats. */
export function trainScript(format: 'kineto' | 'spans'): string {
  const words = WORDS[format];
  return SCRIPT.replace(/\$([A-Z_]+)/g, (_, word: string) => words[word] ?? '');
}

const LINES = SCRIPT.split('\n');

/** Line of the only place that has this text; from 1. */
export function lineOf(text: string): number {
  const line = LINES.findIndex((candidate) => candidate.includes(text));
  assert(line >= 0, `the script has no ${text}`);
  assert(!LINES.some((other, i) => i > line && other.includes(text)), `the script repeats ${text}`);
  return line + 1;
}
