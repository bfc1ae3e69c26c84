"""Trains a small transformer to tell noisy signals apart, with one trouble planted, and records it.

    PYTHONPATH=../../recorder python3 train.py --trouble checkpoint

Each trouble is code that a training could hold by mistake; none is a sleep. README.md names them.
With WORLD_SIZE above 1 (``torchrun`` sets it) the ranks share the work by DistributedDataParallel.
"""

import argparse
import gc
import json
import math
import os
import random
import tempfile
import zlib
from contextlib import nullcontext

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler

import training_sleuth as sleuth

TROUBLES = ("none", "slow-augment", "no-workers", "slow-worker", "long-shard", "slow-loader-rank", "uneven-lengths",
            "checkpoint", "collect-garbage", "logging", "validation", "growing-statistics", "micro-batches",
            "large-gradients", "late-reduction")
CLASSES = 8
FRAMES = 96
HOP = 64
WINDOW = 256
BINS = 64
OVERSAMPLING = 32
WEIGHTS = [1 / 21] * 21
WIDTH = 64
VOCABULARY = 60_000
MICRO_BATCHES = 4


class Signals(Dataset):
    """Compressed signals of one tone each in noise; the class is its pitch."""

    def __init__(self, args: argparse.Namespace, length: int, rank: int, world_size: int) -> None:
        generator = torch.Generator().manual_seed(args.seed)
        self.trouble = args.trouble
        self.workers = args.workers
        self.labels = torch.randint(CLASSES, (length,), generator=generator).tolist()
        self.signals = []
        for index, label in enumerate(self.labels):
            frames = FRAMES * self.length_factor(index, args.batch_size * world_size, world_size)
            samples = draw_signal(label, frames * HOP * OVERSAMPLING, generator)
            if self.is_text(index, args.batch_size):
                packed = " ".join(map(str, samples.tolist())).encode()
            else:
                packed = zlib.compress(samples.numpy().tobytes(), 1)
            self.signals.append(packed)

    def length_factor(self, index: int, batch: int, world_size: int) -> float:
        """``long-shard``: rank 1 has the long signals. ``uneven-lengths``: each batch of a rank its own length."""
        rank = index % world_size
        if self.trouble == "long-shard":
            return 2 if rank == 1 else 1
        if self.trouble == "uneven-lengths":
            return random.Random(f"{index // batch} {rank}").choice((1, 2, 3))
        return 1

    def is_text(self, index: int, batch: int) -> bool:
        """``slow-worker``: of as many batches as there are workers one is text: one worker gets all of those."""
        return self.trouble == "slow-worker" and index // batch % self.workers == self.workers - 1

    def __len__(self) -> int:
        return len(self.signals)

    def __getitem__(self, index: int) -> "tuple[Tensor, int]":
        return self.augment(self.decode(self.signals[index])), self.labels[index]

    @sleuth.span("decode", phase="data")
    def decode(self, packed: bytes) -> Tensor:
        if packed[:1] in b"-0123456789":
            signal = parse_text(packed)
        else:
            signal = torch.frombuffer(bytearray(zlib.decompress(packed)), dtype=torch.int16).float()
        signal = F.avg_pool1d(signal[None], OVERSAMPLING)[0]
        spectrum = torch.stft(signal, WINDOW, HOP, window=torch.hann_window(WINDOW), return_complex=True)
        return spectrum.abs()[:BINS, 1:].clamp(1).log().T

    @sleuth.span("augment", phase="data")
    def augment(self, spectrum: Tensor) -> Tensor:
        gain = random.uniform(0.8, 1.2)
        if self.trouble == "slow-augment":
            return torch.tensor(smooth_by_value(spectrum.tolist(), gain))
        return spectrum * gain + torch.randn_like(spectrum) * 0.1


def draw_signal(label: int, length: int, generator: torch.Generator) -> Tensor:
    phase = float(torch.rand((), generator=generator)) * 2 * math.pi
    tone = torch.sin(torch.arange(length) * (0.1 + 0.15 * label) / OVERSAMPLING + phase)
    return ((tone + torch.randn(length, generator=generator)) * 4000).clamp(-32000, 32000).short()


def smooth_by_value(rows: "list[list[float]]", gain: float) -> "list[list[float]]":
    """A weighted mean of each value and those beside it, in plain Python."""
    reach = len(WEIGHTS) // 2
    smooth = []
    for row in rows:
        padded = row[:1] * reach + row + row[-1:] * reach
        smooth.append([
            sum(weight * value for weight, value in zip(WEIGHTS, padded[i:i + len(WEIGHTS)])) * gain
            for i in range(len(row))])
    return smooth


def parse_text(packed: bytes) -> Tensor:
    """One character at a time."""
    values, value, sign = [], 0, 1
    for character in packed:
        if character == 32:
            values.append(sign * value)
            value, sign = 0, 1
        elif character == 45:
            sign = -1
        else:
            value = value * 10 + character - 48
    values.append(sign * value)
    return torch.tensor(values, dtype=torch.float32)


class Tagger(nn.Module):
    """A transformer; with ``large-gradients`` also a table of words, of which a batch uses a few."""

    def __init__(self, trouble: str) -> None:
        super().__init__()
        self.project = nn.Linear(BINS, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 2 * WIDTH, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(WIDTH, CLASSES)
        self.words = nn.Embedding(VOCABULARY, WIDTH) if trouble in ("large-gradients", "micro-batches") else None

    def forward(self, spectra: Tensor) -> Tensor:
        features = self.project(spectra)
        if self.words is not None:
            features = features + self.words((spectra[:, :, 0].abs() * 1000).long() % VOCABULARY)
        self.features = self.encoder(features)
        return self.head(self.features.mean(1))


def train(args: argparse.Namespace) -> None:
    rank, world_size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    trouble = args.trouble
    if world_size > 1:
        dist.init_process_group("gloo")
    torch.manual_seed(args.seed)
    random.seed(args.seed + rank)

    micro_batches = MICRO_BATCHES if trouble == "micro-batches" else 1
    dataset = Signals(args, args.steps * micro_batches * args.batch_size * world_size, rank, world_size)
    is_alone = trouble == "no-workers" or (trouble == "slow-loader-rank" and rank == 1)
    loader = DataLoader(
        dataset, args.batch_size, sampler=DistributedSampler(dataset, world_size, rank, shuffle=False),
        num_workers=0 if is_alone else args.workers, drop_last=True)
    model = Tagger(trouble)
    sleuth.start(run=args.run or trouble, directory=args.directory, config=vars(args))
    wrapped = model
    if world_size > 1 and trouble != "late-reduction":
        wrapped = DistributedDataParallel(model, bucket_cap_mb=1)
        sleuth.record_collectives(wrapped)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(wrapped.parameters(), lr=0.01, momentum=0.9)
    service = Service(args, model, optimizer)

    with record_profile(args.profile, rank):
        for number, (spectra, labels) in enumerate(sleuth.loader(loader)):
            micro = number % micro_batches
            with sleuth.span("forward", micro=micro if micro_batches > 1 else None):
                outputs = wrapped(spectra)
            with sleuth.span("loss"):
                loss = criterion(outputs, labels) / micro_batches
            with sleuth.span("backward", micro=micro if micro_batches > 1 else None):
                loss.backward()
            if micro < micro_batches - 1:
                continue
            if trouble == "late-reduction":
                reduce_gradients(model)
            with sleuth.span("optimizer"):
                optimizer.step()
                optimizer.zero_grad()
            service.serve(number // micro_batches, rank)
            sleuth.end_step(samples=args.batch_size * micro_batches)
    sleuth.stop()
    if world_size > 1:
        dist.destroy_process_group()


def reduce_gradients(model: nn.Module) -> None:
    """Each gradient by itself, and none before backward has ended."""
    for parameter in model.parameters():
        with sleuth.span("all_reduce", phase="communication", bytes=parameter.grad.numel() * 4, group="default"):
            dist.all_reduce(parameter.grad)
        parameter.grad /= dist.get_world_size()


class Service:
    """What the loop does besides training."""

    def __init__(self, args: argparse.Namespace, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        self.trouble, self.model, self.optimizer = args.trouble, model, optimizer
        self.folder = tempfile.TemporaryDirectory(prefix="planted-troubles-")
        self.features: "list[Tensor]" = []
        if self.trouble == "checkpoint":
            self.pretrained = torch.randn(VOCABULARY * 4, WIDTH)
        if self.trouble == "collect-garbage":
            self.index = [{"number": number, "name": [f"signal {number}"]} for number in range(60_000)]
        if self.trouble == "validation":
            held_out = Signals(args, 12 * args.batch_size, 0, 1)
            self.validation = DataLoader(held_out, args.batch_size)

    def serve(self, step: int, rank: int) -> None:
        if self.trouble == "checkpoint" and step % 10 == 9 and rank == 0:
            with sleuth.span("save", phase="checkpoint"):
                self.save()
        elif self.trouble == "collect-garbage":
            with sleuth.span("gc.collect"):
                gc.collect()
        elif self.trouble == "logging" and rank == 0:
            with sleuth.span("histograms", phase="logging"):
                self.log_histograms(step)
        elif self.trouble == "validation" and step % 8 == 7:
            with sleuth.span("validate", phase="validation"):
                self.validate()
        elif self.trouble == "growing-statistics":
            with sleuth.span("statistics"):
                self.features.append(self.model.features.detach())
                sleuth.counter("spread_of_features", self.spread_of_features())

    def save(self) -> None:
        """Also the table that never changes, and waits for the disk."""
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "table": self.pretrained}
        with open(os.path.join(self.folder.name, "checkpoint.pt"), "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())

    def log_histograms(self, step: int) -> None:
        """All parameters, in every step, written through to the disk."""
        histograms = {name: count_values(parameter) for name, parameter in self.model.named_parameters()}
        with open(os.path.join(self.folder.name, "histograms.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **histograms}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def validate(self) -> None:
        self.model.eval()
        with torch.no_grad():
            for spectra, labels in self.validation:
                F.cross_entropy(self.model(spectra), labels)
        self.model.train()

    def spread_of_features(self) -> float:
        """Of all steps so far, from the first, in each step."""
        return torch.cat(self.features).std(0).mean().item()


def count_values(parameter: Tensor) -> "list[int]":
    counts = [0] * 32
    for value in parameter.detach().flatten().tolist():
        counts[max(0, min(31, int(value * 16) + 16))] += 1
    return counts


def record_profile(directory: "str | None", rank: int):
    """A trace of this PyTorch's own profiler beside the spans: Kineto's where there is one, else the older export."""
    if directory is None:
        return nullcontext()
    if torch.profiler.kineto_available():
        return torch.profiler.profile(
            with_stack=True, on_trace_ready=torch.profiler.tensorboard_trace_handler(directory, f"rank{rank}"))
    return LegacyProfile(os.path.join(directory, f"rank{rank}.pt.trace.json"))


class LegacyProfile(torch.autograd.profiler.profile):
    def __init__(self, path: str) -> None:
        super().__init__(use_kineto=False)
        self.path = path

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        self.export_chrome_trace(self.path)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trouble", choices=TROUBLES, default="none")
    parser.add_argument("--run", help="name of the recorded run; by default that of the trouble")
    parser.add_argument("--directory", default="runs", help="where runs are recorded")
    parser.add_argument("--steps", type=int, default=72)
    parser.add_argument("--batch-size", type=int, default=8, help="of each rank")
    parser.add_argument("--workers", type=int, default=1, help="processes that load data ahead of each rank")
    parser.add_argument("--profile", metavar="DIR", help="also record a trace of PyTorch's profiler into this folder")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    train(parse_arguments())
