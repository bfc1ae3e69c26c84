"""Trains on signals that are smoothed in plain Python while the training process waits for them."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

import training_sleuth as sleuth

STEPS = 40
BATCH = 8
LENGTH = 1024
PASSES = 20
WIDTH = 2048


class Signals(Dataset):
    def __len__(self) -> int:
        return STEPS * BATCH

    def __getitem__(self, index: int) -> "tuple[Tensor, int]":
        values = [(index * 31 + place * 17) % 97 / 97 for place in range(LENGTH + 4)]
        for _ in range(PASSES):
            smooth = [sum(values[place:place + 5]) / 5 for place in range(LENGTH)]
            values = smooth + smooth[:4]
        return torch.tensor(values[:LENGTH]), index % 4


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    loader = DataLoader(Signals(), batch_size=BATCH, num_workers=0)
    model = nn.Sequential(
        nn.Linear(LENGTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    sleuth.start(run="slow-loader")
    for signals, labels in sleuth.loader(loader):
        with sleuth.span("forward"):
            loss = nn.functional.cross_entropy(model(signals), labels)
        with sleuth.span("backward"):
            loss.backward()
        with sleuth.span("optimizer"):
            optimizer.step()
            optimizer.zero_grad()
        sleuth.end_step(samples=BATCH)
    sleuth.stop()


if __name__ == "__main__":
    main()
