"""Trains a small network to tell ten kinds of stripes apart, and records what each step spends its time on.

    PYTHONPATH=../../recorder python3 train.py --run my-run

With WORLD_SIZE above 1 (``torchrun`` sets it) the ranks share the work by DistributedDataParallel.
"""

import argparse
import math
import os
import random
import tempfile
import time
import zlib
from contextlib import nullcontext

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler

import training_sleuth as sleuth

CLASSES = 10
SIZE = 128
LARGE_SCALE = 20
LINEAR = [(value / 255) ** 2.2 for value in range(256)]


class Stripes(Dataset):
    """Compressed images of stripes; the class is their direction.

    With ``large_every=k`` the first image of every k-th batch of each rank is stored ``LARGE_SCALE``
    times as wide and high, like the odd camera original in a folder of thumbnails.
    """

    def __init__(self, args: argparse.Namespace, world_size: int, is_slow_rank: bool) -> None:
        generator = torch.Generator().manual_seed(args.seed)
        batch = args.batch_size * world_size
        length = args.steps * batch
        self.fast = args.fast_transforms
        self.is_slow_rank = is_slow_rank
        self.labels = torch.randint(CLASSES, (length,), generator=generator).tolist()
        self.images = []
        for index, label in enumerate(self.labels):
            is_large = args.large_every and index // batch % args.large_every == args.large_every - 1
            scale = LARGE_SCALE if is_large and index % batch < world_size else 1
            self.images.append((scale, zlib.compress(draw_stripes(label, scale, generator), 1)))

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> "tuple[Tensor, int]":
        scale, encoded = self.images[index]
        image = self.decode(encoded, scale)
        return self.augment(image, repeat=self.is_slow_rank and index % 3 == 0), self.labels[index]

    @sleuth.span("decode", phase="data")
    def decode(self, encoded: bytes, scale: int) -> Tensor:
        pixels = torch.frombuffer(bytearray(zlib.decompress(encoded)), dtype=torch.uint8)
        image = pixels.view(SIZE * scale, SIZE * scale)
        if scale == 1:
            return (image.float() / 255) ** 2.2
        if self.fast:
            return F.avg_pool2d((image.float()[None] / 255) ** 2.2, scale)[0]
        return shrink_by_pixel(image, scale)

    @sleuth.span("augment", phase="data")
    def augment(self, image: Tensor, *, repeat: bool) -> Tensor:
        shift_y, shift_x = random.randrange(-4, 5), random.randrange(-4, 5)
        if self.fast:
            contrast = random.uniform(0.7, 1.3)
            return (image.roll((shift_y, shift_x), (0, 1)) * contrast + torch.randn(SIZE, SIZE) * 0.1)[None]
        if repeat:
            warp_by_pixel(image, shift_y, shift_x)
        return warp_by_pixel(image, shift_y, shift_x)


def draw_stripes(label: int, scale: int, generator: torch.Generator) -> bytes:
    size = SIZE * scale
    angle = math.pi * label / CLASSES
    phase = float(torch.rand((), generator=generator)) * 2 * math.pi
    y, x = torch.meshgrid(torch.arange(size) / scale, torch.arange(size) / scale, indexing="ij")
    wave = torch.sin((x * math.cos(angle) + y * math.sin(angle)) * 0.5 + phase)
    noise = torch.randn(SIZE, SIZE, generator=generator).repeat_interleave(scale, 0).repeat_interleave(scale, 1)
    return bytes(((wave + noise) * 32 + 128).clamp(0, 255).byte().flatten().tolist())


def shrink_by_pixel(image: Tensor, scale: int) -> Tensor:
    """Averages each square of pixels in linear light: what a large image costs."""
    shrunk = []
    for y in range(0, SIZE * scale, scale):
        rows = image[y:y + scale].tolist()
        sums = [sum(LINEAR[row[x + i]] for row in rows for i in range(scale)) for x in range(0, SIZE * scale, scale)]
        shrunk.append([total / scale ** 2 for total in sums])
    return torch.tensor(shrunk)


def warp_by_pixel(image: Tensor, shift_y: int, shift_x: int) -> Tensor:
    """Shifts, changes the contrast and adds noise, one pixel at a time: the slow line that this sample is about."""
    rows = image.tolist()
    contrast = random.uniform(0.7, 1.3)
    warped = []
    for y in range(SIZE):
        row = rows[(y - shift_y) % SIZE]
        warped.append([row[(x - shift_x) % SIZE] * contrast + random.gauss(0, 0.1) for x in range(SIZE)])
    return torch.tensor([warped])


def build_model(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, width, 5, padding=2), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1), nn.BatchNorm2d(2 * width), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, CLASSES))


def train(args: argparse.Namespace) -> None:
    rank, world_size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = choose_device()
    if world_size > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    torch.manual_seed(args.seed)
    random.seed(args.seed + rank)

    dataset = Stripes(args, world_size, is_slow_rank=args.straggler == rank)
    sampler = DistributedSampler(dataset, world_size, rank, shuffle=False)
    loader = DataLoader(dataset, args.batch_size, sampler=sampler, num_workers=args.workers, drop_last=True)
    model = build_model(args.width).to(device)
    sleuth.start(run=args.run, directory=args.directory, config=vars(args))
    if world_size > 1:
        model = DistributedDataParallel(model, broadcast_buffers=False)
        sleuth.record_collectives(model)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

    with record_profile(args.profile, rank) as profile:
        for number, (images, labels) in enumerate(sleuth.steps(loader, epoch=0)):
            with sleuth.span("h2d"):
                images, labels = images.to(device), labels.to(device)
            with sleuth.span("forward"):
                outputs = model(images)
            with sleuth.span("loss"):
                loss = criterion(outputs, labels)
            with sleuth.span("backward"):
                optimizer.zero_grad()
                loss.backward()
            with sleuth.span("optimizer"):
                optimizer.step()
            if (number + 1) % args.log_every == 0:
                with sleuth.span("log", phase="logging"):
                    report(rank, number, loss, outputs, labels)
            if (number + 1) % args.checkpoint_every == 0 and rank == 0:
                with sleuth.span("save", phase="checkpoint"):
                    save(model, optimizer)
                sleuth.event("checkpoint", step=number)
            if profile is not None:
                profile.step()
    sleuth.stop()
    if world_size > 1:
        dist.destroy_process_group()


def choose_device() -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    return torch.device("cuda", torch.cuda.current_device())


def report(rank: int, number: int, loss: Tensor, outputs: Tensor, labels: Tensor) -> None:
    accuracy = (outputs.argmax(1) == labels).float().mean().item()
    sleuth.counter("loss", loss.item())
    sleuth.counter("accuracy_percent", 100 * accuracy)
    if rank == 0:
        print(f"step {number + 1}: loss {loss.item():.3f}, accuracy {accuracy:.0%}", flush=True)


def save(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    path = os.path.join(tempfile.gettempdir(), "image-classification.pt")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "time": time.time()}, path)


def record_profile(directory: "str | None", rank: int):
    """A torch.profiler trace of three steps beside the spans, where this build of PyTorch can record one."""
    if directory is None or not torch.profiler.kineto_available():
        return nullcontext()
    return torch.profiler.profile(
        schedule=torch.profiler.schedule(wait=8, warmup=2, active=3, repeat=1), with_stack=True, record_shapes=True,
        on_trace_ready=torch.profiler.tensorboard_trace_handler(directory, f"rank{rank}", use_gzip=True))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="run", help="name of the recorded run")
    parser.add_argument("--directory", default="runs", help="where runs are recorded")
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=16, help="of each rank")
    parser.add_argument("--width", type=int, default=8, help="channels of the first layer")
    parser.add_argument("--workers", type=int, default=0, help="processes that load data ahead of each rank")
    parser.add_argument("--fast-transforms", action="store_true", help="transform whole images, not pixel by pixel")
    parser.add_argument("--large-every", type=int, default=0, metavar="K", help="a large image in every K-th batch")
    parser.add_argument("--straggler", type=int, metavar="RANK",
                        help="simulate a slower CPU: this rank augments every third image twice")
    parser.add_argument("--log-every", type=int, default=8)
    parser.add_argument("--checkpoint-every", type=int, default=32)
    parser.add_argument("--profile", metavar="DIR", help="also record a torch.profiler trace into this folder")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    train(parse_arguments())
