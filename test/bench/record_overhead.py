"""What the recorder costs a training step; prints JSON. Takes the folder of the recorder and one to record into.

The time of the process's own thread is taken, as what else the machine does is not the recorder's. Steps with and
without the recorder take turns; a median says more here than a mean, and half the width between quartiles, over the
root of the number, how sure it is.
"""

import json
import math
import platform
import random
import statistics
import sys
import time

sys.path.insert(0, sys.argv[1])
import training_sleuth as sleuth  # noqa: E402

STEP_NS = 20_000_000
PAIRS = 300
ROUNDS = 15
SPANS = ("h2d", "forward", "loss", "backward", "optimizer", "log")


def empty_step(batches):
    """What a recorded step asks of the recorder, without the work."""
    next(batches)
    with sleuth.step(samples=8):
        for name in SPANS:
            with sleuth.span(name):
                pass


def median_ns(calls, act):
    times = []
    for _ in range(ROUNDS):
        begin = time.thread_time_ns()
        for _ in range(calls):
            act()
        times.append((time.thread_time_ns() - begin) / calls)
    return statistics.median(times)


def one_span():
    with sleuth.span("forward"):
        pass


def make_parts():
    """The parts of a step that takes about STEP_NS: of a model, if torch is there, else of arithmetic."""
    try:
        import torch
    except ImportError:
        total = [0]

        def part(size):
            total[0] = sum(range(size))

        return "arithmetic", lambda size: [lambda: part(size // len(SPANS))] * len(SPANS)
    torch.set_num_threads(1)
    model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    state = {}

    def parts_of(size):
        host = torch.randn(max(1, size // 4_000), 256)
        return [
            lambda: state.update(inputs=host.to("cpu", copy=True)),
            lambda: state.update(outputs=model(state["inputs"])),
            lambda: state.update(loss=state["outputs"].square().mean()),
            lambda: (optimizer.zero_grad(), state["loss"].backward()),
            optimizer.step,
            lambda: None,
        ]

    return f"a model of torch {torch.__version__}", parts_of


def thread_time(act):
    begin = time.thread_time_ns()
    act()
    return time.thread_time_ns() - begin


def sized_parts(parts_of):
    size = 1_000_000
    for _ in range(8):
        parts = parts_of(size)
        took = statistics.median(thread_time(lambda: [part() for part in parts]) for _ in range(5))
        if 0.9 * STEP_NS < took < 1.1 * STEP_NS:
            break
        size = max(1, int(size * STEP_NS / took))
    return parts


def compare(parts):
    """Medians of a step without the recorder, and of what the recorder adds, with its standard error."""
    batches = iter(sleuth.loader(range(10**9)))

    def plain():
        for part in parts:
            part()

    def recorded():
        next(batches)
        with sleuth.step(samples=8):
            for name, part in zip(SPANS, parts):
                with sleuth.span(name):
                    part()

    turns = random.Random(1)
    alone, added = [], []
    for _ in range(PAIRS):
        ways = [plain, recorded]
        if turns.random() < 0.5:
            ways.reverse()
        took = {way: thread_time(way) for way in ways}
        alone.append(took[plain])
        added.append(took[recorded] - took[plain])
    first, _, third = statistics.quantiles(added, n=4)
    return statistics.median(alone), statistics.median(added), (third - first) / 2 / math.sqrt(PAIRS)


def main():
    sleuth.start(run="overhead", directory=sys.argv[2])
    work, parts_of = make_parts()
    batches = iter(sleuth.loader(range(10**9)))
    span_ns = median_ns(2_000, one_span)
    calls_ns = median_ns(300, lambda: empty_step(batches))
    step_ns, added_ns, error_ns = compare(sized_parts(parts_of))
    sleuth.stop()
    print(json.dumps({
        "python": platform.python_version(), "work": work, "spans": len(SPANS) + 1, "spanNs": span_ns,
        "callsNs": calls_ns, "stepNs": step_ns, "addedNs": added_ns, "errorNs": error_ns}))


main()
