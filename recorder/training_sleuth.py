"""Records what a training loop spends its time on, for Training Sleuth.

    import training_sleuth as sleuth

    sleuth.start(run="resnet-aug", directory="runs", config={"lr": 0.1})
    for images, labels in sleuth.steps(train_loader):
        with sleuth.span("forward"):
            outputs = model(images)
        ...

With Lightning, ``Trainer(callbacks=[sleuth.lightning_callback()])``; with the Hugging Face Trainer,
``Trainer(..., callbacks=[sleuth.trainer_callback()])``. Both start and stop the recording themselves.

Each process writes its own file into ``<directory>/<run>/``: ``rank0.spans.jsonl`` for a rank and
``rank0.worker1.spans.jsonl`` for a DataLoader worker of it that opens spans. One JSON object a line,
the header first; whole lines are appended about once a second, so only the last one can be cut.

``ts`` and ``dur`` are integer nanoseconds. ``ts`` counts from the moment of ``start``; the header's
``startUnixNs`` is the wall clock at that moment, so ``startUnixNs + ts`` is the Unix time of a span on
every rank. A worker's file shares the ``ts`` and ``startUnixNs`` of its rank. The first time a source
file is named, a line of the type ``source`` says which text of it ran: its git blob id and, where it is
in a repository, the commit. Both are computed from files; nothing is executed. The last line of a file
that was closed is of the type ``end``.

Nothing here raises into the training loop: the first failure is logged and ends the recording.
Without ``start`` every function does nothing. Python 3.8 or later, standard library only; what needs
``torch`` is used if the script has imported it.

Environment: SLEUTH_RUN, SLEUTH_DIR and SLEUTH_HOST are the defaults of the run's name, the directory
and the host's name in the header.
"""

from __future__ import annotations

import atexit
import functools
import glob
import hashlib
import importlib
import inspect
import itertools
import json
import linecache
import logging
import math
import multiprocessing
import multiprocessing.util
import os
import socket
import sys
import threading
import time
import weakref
from collections import deque
from types import FrameType
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, TypeVar

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "PHASES", "Recorder", "counter", "end_step", "event", "lightning_callback", "loader", "profile",
    "record_collectives", "span", "start", "step", "steps", "stop", "trainer_callback",
]

PHASES = ("data", "h2d", "forward", "loss", "backward", "optimizer", "communication", "checkpoint", "logging",
          "validation", "other")

_SCHEMA = 1
_FLUSH_AFTER_NS = 1_000_000_000
_DEVICE_PHASES = frozenset(("h2d", "forward", "loss", "backward", "optimizer"))
_CLOSE_WAIT_S = 1.0
_MAX_DECORATOR_LINES = 20
_MAX_SOURCE_BYTES = 4 << 20
_MAX_SPAN_HEADS = 10_000
_PARENT_VARIABLE = "TRAINING_SLEUTH_PARENT"
_OWN_FILE = (lambda: None).__code__.co_filename
_LOADED_UNIX_NS = time.time_ns()

# Of launchers: the rank of a process, how many there are, and the rank on its machine.
_RANK_VARIABLES = (
    ("RANK", ("WORLD_SIZE",), "LOCAL_RANK"),
    ("HOROVOD_RANK", ("HOROVOD_SIZE",), "HOROVOD_LOCAL_RANK"),
    ("OMPI_COMM_WORLD_RANK", ("OMPI_COMM_WORLD_SIZE",), "OMPI_COMM_WORLD_LOCAL_RANK"),
    ("MV2_COMM_WORLD_RANK", ("MV2_COMM_WORLD_SIZE",), "MV2_COMM_WORLD_LOCAL_RANK"),
    ("PMI_RANK", ("PMI_SIZE",), "MPI_LOCALRANKID"),
    ("PALS_RANKID", ("PALS_NRANKS",), "PALS_LOCAL_RANKID"),
    # SLURM_NTASKS is also there in a batch script that starts one process by itself.
    ("SLURM_PROCID", ("SLURM_STEP_NUM_TASKS",), "SLURM_LOCALID"),
)

_log = logging.getLogger("training_sleuth")
_now_ns = time.perf_counter_ns
_PHASE_SET = frozenset(PHASES)
_recorder: Recorder | None = None
_host_process_groups: list[Any] = []

_Item = TypeVar("_Item")
_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Place(NamedTuple):
    """A line of the user's code; None where no such line is known."""

    file: str | None
    line: int | None


def start(
    run: str | None = None,
    directory: str | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    rank: int | None = None,
    world_size: int | None = None,
    first_step: int = 0,
    sample_every: int = 1,
    profile_steps: Iterable[int] | None = None,
    once: bool = False,
) -> Recorder:
    """Starts recording this process into ``<directory>/<run>/rank<rank>.spans.jsonl``, replacing that file.

    Call it after ``init_process_group`` and before the first DataLoader worker starts. Rank and world
    size come from ``torch.distributed``, else from the environment of the launcher (torchrun, Horovod,
    Open MPI, MVAPICH, MPICH, PALS, Slurm), else they are 0 and 1. ``first_step`` is the number of the
    first step, for a training that resumes. With ``sample_every=n`` only steps whose number is a
    multiple of n have spans, alike on all ranks; of the others the times of the steps are kept.
    ``profile_steps`` are steps for ``profile``. With ``once`` a recording that is under way goes on.
    """
    global _recorder
    if once and _recorder is not None:
        return _recorder
    stop()
    run = run or os.environ.get("SLEUTH_RUN") or _script_name()
    directory = os.path.abspath(os.path.join(directory or os.environ.get("SLEUTH_DIR") or "runs", run))
    own_rank, own_world_size, local_rank = _find_rank()
    rank = own_rank if rank is None else rank
    zero_ns, start_unix_ns = _read_clocks()
    paths = _Paths(os.getcwd(), os.path.dirname(_script_path() or ""))
    header = {
        "type": "run", "schema": _SCHEMA, "run": run, "rank": rank,
        "worldSize": own_world_size if world_size is None else world_size,
        "pid": os.getpid(), "host": os.environ.get("SLEUTH_HOST") or socket.gethostname(),
        "startUnixNs": start_unix_ns, "clock": "perf_counter",
        "script": paths.shorten(_script_path() or ""), "device": None, "config": dict(config or {}),
    }
    if local_rank is not None:
        header["localRank"] = local_rank
    if sample_every > 1:
        header["sampleEvery"] = sample_every
    lines = _LineFile(os.path.join(directory, f"rank{rank}.spans.jsonl"), header, replace=True)
    _recorder = Recorder(lines, zero_ns, paths, next_step=first_step, sample_every=sample_every)
    if profile_steps is not None:
        _recorder.begin_profile(profile_steps)
    os.environ[_PARENT_VARIABLE] = _encode({
        "pid": os.getpid(), "directory": directory, "zeroNs": zero_ns, "roots": paths.roots, "header": header,
    })
    return _recorder


def stop() -> None:
    """Writes what is left and ends the recording; it also happens by itself when the process ends."""
    global _recorder
    recorder, _recorder = _recorder, None
    os.environ.pop(_PARENT_VARIABLE, None)
    if recorder is not None:
        recorder.close()


def steps(batches: Iterable[_Item], *, epoch: int | None = None, samples: int | None = None) -> Iterator[_Item]:
    """Iterates over batches, one optimizer step each: times the wait for the batch and the whole step.

    A step lasts from asking for its batch to asking for the next one, or to leaving the loop.
    ``samples`` is the size of a batch; by default it is read off the batch's first tensor.
    """
    for batch in _timed_batches(batches, "loader", "data"):
        try:
            yield batch
        finally:
            end_step(samples=_count_samples(batch) if samples is None else samples, epoch=epoch)


def loader(batches: Iterable[_Item], *, name: str = "loader", phase: str = "data") -> _TimedLoader:
    """Wraps a loader so that each ``next()`` is a span ``next(<name>)`` at the line of the ``for``.

    With the phase ``data`` the first wait after a step's end begins the next step; for a loader of
    another purpose say another phase, such as ``validation``.
    """
    return _TimedLoader(batches, name, phase)


def step(*, samples: int | None = None, epoch: int | None = None) -> _Step:
    """One optimizer step, as a context: ``with sleuth.step(samples=64):``.

    It begins at the context, or at the wait for its first batch if that came through ``loader``.
    """
    return _Step(samples, epoch)


def end_step(*, samples: int | None = None, epoch: int | None = None) -> None:
    """Marks the end of an optimizer step, where a context does not fit.

    The step began at its first wait in ``loader``, else at the end of the step before.
    """
    recorder = _active()
    if recorder is not None:
        recorder.end_step(samples, epoch)


def span(name: str, phase: str | None = None, *, micro: int | None = None, **attrs: Any) -> _Span:
    """A named interval, as a context or a decorator, at the line that opens it (of the ``def`` if decorated).

    ``phase`` is one of PHASES; by default the name, if that is one, else ``other``. ``micro`` is the
    number of the micro-batch where gradients accumulate. Once the script uses CUDA, spans of the
    phases that compute also get their device time, on the lane ``device``.
    """
    return _Span(name, phase or (name if name in _PHASE_SET else "other"), micro, attrs or None)


def profile(steps: Iterable[int]) -> _Profile:
    """Records these steps with ``torch.profiler`` as well: ``with sleuth.profile(steps=range(10, 15)):``.

    Put it around the training loop, or give ``profile_steps`` to ``start``. Numbers are those of the
    steps that ``steps``, ``step`` or ``end_step`` count. One step before is the profiler's warm-up. Each
    run of steps becomes ``steps<first>-<last>.rank<rank>.pt.trace.json`` beside the span file, with
    operators, kernels, shapes and call stacks; spans are annotations in it. Times of profiled steps are
    longer than usual. Does nothing without ``start`` or without torch.
    """
    return _Profile(steps)


def lightning_callback(**options: Any) -> Any:
    """A callback for a Lightning Trainer: ``Trainer(callbacks=[sleuth.lightning_callback()])``.

    ``options`` are those of ``start``, which is called as fitting begins unless a recording runs. Records
    the wait for each batch and its copy to the device, forward (at the ``def training_step``),
    backward, optimizer, validation, checkpoints and logging. A step is an optimizer step; the batches
    it accumulates are numbered as ``micro``. Wants Lightning 2.0 or later.
    """
    return _make_callback(_LightningHooks, ("lightning.pytorch", "pytorch_lightning"), "Callback", options)


def trainer_callback(**options: Any) -> Any:
    """A callback for the Hugging Face Trainer: ``Trainer(..., callbacks=[sleuth.trainer_callback()])``.

    ``options`` are those of ``start``, which is called as training begins unless a recording runs. Records
    the wait for each batch, forward (with the loss that the model computes), backward, optimizer,
    evaluation, checkpoints and logging. Forward and backward are told apart by hooks of the model; of a
    compiled model, which is left alone, both are in one span ``forward_backward``. What a
    ``compute_loss`` of your own does after the model is part of ``backward``.
    """
    return _make_callback(_TrainerHooks, ("transformers",), "TrainerCallback", options)


def counter(name: str, value: float) -> None:
    """Records a value at this moment; put the unit into the name, as in ``gpu_memory_bytes``."""
    recorder = _active()
    if recorder is not None:
        recorder.write({"type": "counter", "name": name, "ts": recorder.ts(_now_ns()), "value": value})


def event(name: str, **attrs: Any) -> None:
    """Records that something happened at this moment, at the caller's line."""
    recorder = _active()
    if recorder is not None:
        place = recorder.paths.caller(sys._getframe(1))
        line = {"type": "event", "name": name, "ts": recorder.ts(_now_ns()), "file": place.file, "line": place.line}
        recorder.write({**line, "attrs": attrs} if attrs else line)


def record_collectives(model: Any, *, group: str = "default") -> None:
    """Records each gradient bucket that DistributedDataParallel reduces, as a span ``all_reduce``.

    A span lasts from the bucket being ready on this rank to its reduction being done, and carries
    ``{"bytes", "seq", "group"}``; ``seq`` counts up alike on all ranks of the group, which is how ranks
    are matched. Takes the model's communication hook and averages as DDP does without one. Does
    nothing for a model that is not distributed.
    """
    recorder = _active()
    if recorder is None or not hasattr(model, "register_comm_hook"):
        return
    all_reduce = sys.modules["torch"].distributed.all_reduce
    process_group = model.process_group
    if not any(parameter.is_cuda for parameter in model.parameters()):
        # A thread of Gloo takes the GIL to let go of the hook's callback. If the last to let go of the
        # group is the model, it joins that thread while it holds the GIL, and neither ends (seen with
        # PyTorch 1.13). Python lets go of a group without the GIL; it must do so before it shuts down.
        if not _host_process_groups:
            _at_process_end(_host_process_groups.clear)
        _host_process_groups.append(process_group)
    sequence = itertools.count()
    place = recorder.paths.caller(sys._getframe(1))

    # DDP checks the annotations of its hook and does not understand postponed ones.
    def reduce_bucket(_state, bucket):  # type: ignore[no-untyped-def]
        buffer = bucket.buffer()
        timer = _CollectiveTimer(buffer, place, {
            "bytes": buffer.numel() * buffer.element_size(), "seq": next(sequence), "group": group,
        })
        buffer.div_(process_group.size())
        reduction = all_reduce(buffer, group=process_group, async_op=True).get_future()

        def finish(reduced):  # type: ignore[no-untyped-def]
            timer.end()
            return reduced.value()[0]

        return reduction.then(finish)

    try:
        model.register_comm_hook(None, reduce_bucket)
    except Exception as error:
        _log.warning("collectives are not recorded: %s", error)


class Recorder:
    """What ``start`` returns: the recording of one process."""

    def __init__(self, lines: _LineFile, zero_ns: int, paths: _Paths, *, next_step: int | None,
                 lane: str | None = None, sample_every: int = 1) -> None:
        self.paths = paths
        self._lines = lines
        self._zero_ns = zero_ns
        self._lane = lane
        self._next_step = next_step
        self._sample_every = max(1, sample_every)
        self._step_begin_ns: int | None = None
        self._step_end_ns = zero_ns
        self._device = _DeviceSpans(self)
        self._span_heads: dict[Any, str] = {}
        self._main_thread = threading.main_thread().ident
        self._profiling: _Profiling | None = None
        self.reductions: weakref.WeakSet[_CollectiveTimer] = weakref.WeakSet()
        self.record_function: Any = None
        self.is_sampling = True
        self.has_device = False
        self._first_step = next_step
        lines.recorder = self
        self.look_for_device()
        self._choose_step()
        paths.tell_sources(self.write)
        _at_process_end(self.close)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def path(self) -> str:
        """The file of this process."""
        return self._lines.path

    @property
    def current_step(self) -> int | None:
        """The number of the step under way; None in a DataLoader worker, which runs ahead of the steps."""
        return self._next_step

    def close(self) -> None:
        """Writes what is left; what is recorded later is dropped."""
        self.end_profile()
        self._device.collect(wait_s=_CLOSE_WAIT_S)
        deadline = time.monotonic() + _CLOSE_WAIT_S
        while self.reductions and time.monotonic() < deadline:
            time.sleep(0.001)
        self._lines.append_line({"type": "end", "ts": self.ts(_now_ns())})
        self._lines.close()

    def ts(self, at_ns: int) -> int:
        """The ``ts`` of a reading of ``time.perf_counter_ns``."""
        return at_ns - self._zero_ns

    def write(self, line: Mapping[str, Any]) -> None:
        self._lines.append_line(line)

    def begin_step(self, at_ns: int) -> None:
        if self._step_begin_ns is None:
            self._step_begin_ns = at_ns
            if self._next_step == self._first_step:
                self.look_for_device()

    def end_step(self, samples: int | None, epoch: int | None, at_ns: int | None = None) -> None:
        """Ends the step under way, now or at a moment before."""
        if self._next_step is None:
            return
        end_ns = _now_ns() if at_ns is None else at_ns
        begin_ns = self._step_end_ns if self._step_begin_ns is None else self._step_begin_ns
        ended = (self._next_step, begin_ns, end_ns - begin_ns, samples, epoch, self.is_sampling)
        self._lines.append(ended, end_ns)
        self._next_step += 1
        self._step_begin_ns, self._step_end_ns = None, end_ns
        if self.has_device:
            self._device.collect()
        self._choose_step()

    def look_for_device(self) -> None:
        """Asked now and then: a script may turn to CUDA at any time."""
        self.has_device = self.has_device or self._device.is_there()

    def begin_profile(self, steps: Iterable[int]) -> None:
        self.end_profile()
        if self._next_step is not None:
            self._profiling = _Profiling(steps, self._lines.path)
            self._choose_step()

    def end_profile(self) -> None:
        profiling, self._profiling, self.record_function = self._profiling, None, None
        if profiling is not None:
            profiling.end()

    def _choose_step(self) -> None:
        """Whether the step that begins gets spans, and is profiled."""
        step = self._next_step
        if step is None:
            return
        self.is_sampling = step % self._sample_every == 0
        if self._profiling is not None:
            self.record_function = self._profiling.begin_step(step)
            self.is_sampling = self.is_sampling or self.record_function is not None

    def open(self, name: str, phase: str, place: _Place, *, lane: str | None = None, micro: int | None = None,
             attrs: Mapping[str, Any] | None = None) -> _Span | None:
        """Begins a span now, on the lane of the calling thread unless another is named; None if none is sampled."""
        if not self.is_sampling:
            return None
        opened = _Span(name, phase, micro, attrs)
        self.begin(opened, place, lane)
        return opened

    def begin(self, opened: _Span, place: _Place, lane: str | None = None) -> None:
        opened.place = place
        opened.step = self._next_step
        opened.lane = lane or self._lane or (
            "main" if threading.get_ident() == self._main_thread else threading.current_thread().name)
        if self.record_function is not None:
            opened.annotation = _enter_annotation(self.record_function, opened.name)
        if self.has_device and opened.phase in _DEVICE_PHASES:
            opened.device_begin = self._device.mark()
        opened.begin_ns = _now_ns()

    def finish(self, opened: _Span | None, end_ns: int | None = None) -> None:
        """Ends a span, now or at a moment before, once."""
        if opened is None:
            return
        if end_ns is None:
            end_ns = _now_ns()
        if opened.device_begin is not None:
            self._device.add(opened, self._device.mark(), lane="device")
        if opened.annotation is not None:
            _exit_annotation(opened)
        if opened.attrs:
            # What is in them may change, or hold the memory of a device.
            opened.attrs = _encode_value(opened.attrs)
        opened.duration_ns = end_ns - opened.begin_ns
        self._lines.append(opened, end_ns)

    def drop(self, opened: _Span | None) -> None:
        """Ends a span that is not to be written."""
        if opened is not None and opened.annotation is not None:
            _exit_annotation(opened)

    def finish_on_device(self, opened: _Span) -> None:
        """Ends, where the device's stream now stands, a span that is timed by the device alone."""
        self._device.add(opened, self._device.mark(), lane=opened.lane)

    def mark_device(self) -> _DeviceMark | None:
        return self._device.mark()

    def write_device_span(self, opened: _Span, begin_ns: int, duration_ns: int, lane: str, now_ns: int) -> None:
        copy = _Span(opened.name, opened.phase, opened.micro, opened.attrs)
        copy.place, copy.step, copy.lane = opened.place, opened.step, lane
        copy.begin_ns, copy.duration_ns = begin_ns, duration_ns
        if copy.attrs and not isinstance(copy.attrs, str):
            copy.attrs = _encode_value(copy.attrs)
        self._lines.append(copy, now_ns)

    def encode(self, ended: _Span | tuple[Any, ...]) -> str:
        """The line of a span or a step; made when lines are written, as within a training step caches are cold."""
        if isinstance(ended, tuple):
            step, begin_ns, duration_ns, samples, epoch, is_sampled = ended
            text = f'{{"type":"step","step":{step},"ts":{begin_ns - self._zero_ns},"dur":{duration_ns}'
            if samples is not None:
                text += f',"samples":{_encode_value(samples)}'
            if epoch is not None:
                text += f',"epoch":{_encode_value(epoch)}'
            return text + ("}\n" if is_sampled else ',"sampled":false}\n')
        key = (ended.name, ended.phase, ended.place, ended.lane, ended.micro)
        head = self._span_heads.get(key)
        if head is None:
            head = self._make_head(*key)
        text = f'{head}"ts":{ended.begin_ns - self._zero_ns},"dur":{ended.duration_ns}'
        if ended.step is not None:
            text += f',"step":{ended.step}'
        return text + f',"attrs":{ended.attrs}}}\n' if ended.attrs else text + "}\n"

    def _make_head(self, name: str, phase: str, place: _Place, lane: str, micro: int | None) -> str:
        """What the lines of alike spans begin with; kept, as encoding it takes most of the time."""
        fields: dict[str, Any] = {"type": "span", "name": name, "phase": phase}
        if place.file is not None:
            fields["file"], fields["line"] = place
        fields["lane"] = lane
        if micro is not None:
            fields["micro"] = micro
        if len(self._span_heads) >= _MAX_SPAN_HEADS:
            self._span_heads = {}
        head = self._span_heads[(name, phase, place, lane, micro)] = _encode_value(fields)[:-1] + ","
        return head

    def forget(self) -> None:
        """Lets go of everything without writing: it belongs to the process that this one was forked from."""
        self._lines.forget()
        self._device.forget()
        self._profiling = self.record_function = None
        self.reductions.clear()


class _Span:
    """The context and decorator that ``span`` returns. ``begin_ns`` is a reading of ``time.perf_counter_ns``."""

    __slots__ = ("name", "phase", "micro", "attrs", "place", "lane", "step", "begin_ns", "duration_ns",
                 "device_begin", "annotation", "_recorder")

    def __init__(self, name: str, phase: str, micro: int | None, attrs: Mapping[str, Any] | None) -> None:
        self.name, self.phase, self.micro, self.attrs = name, phase, micro, attrs
        self.device_begin: _DeviceMark | None = None
        self.annotation: Any = None
        self._recorder: Recorder | None = None

    def __enter__(self) -> None:
        recorder = _recorder or _active()
        if recorder is not None and recorder.is_sampling:
            self._recorder = recorder
            recorder.begin(self, recorder.paths.caller(sys._getframe(1)))

    def __exit__(self, *_error: object) -> None:
        recorder = self._recorder
        if recorder is not None:
            recorder.finish(self)

    def __call__(self, function: _Function) -> _Function:
        name, phase, micro, attrs = self.name, self.phase, self.micro, self.attrs

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            recorder = _recorder or _active()
            if recorder is None:
                return function(*args, **kwargs)
            opened = recorder.open(name, phase, recorder.paths.definition(function), micro=micro, attrs=attrs)
            try:
                return function(*args, **kwargs)
            finally:
                recorder.finish(opened)

        return timed  # type: ignore[return-value]


def _enter_annotation(record_function: Any, name: str) -> Any:
    """Shows the span in the trace of the profiler, too."""
    try:
        annotation = record_function(name)
        annotation.__enter__()
        return annotation
    except Exception:
        return None


def _exit_annotation(opened: _Span) -> None:
    annotation, opened.annotation = opened.annotation, None
    try:
        annotation.__exit__(None, None, None)
    except Exception:
        pass


class _Profile:
    """The context that ``profile`` returns."""

    def __init__(self, steps: Iterable[int]) -> None:
        self._steps = steps
        self._recorder: Recorder | None = None

    def __enter__(self) -> None:
        self._recorder = _active()
        if self._recorder is not None:
            self._recorder.begin_profile(self._steps)

    def __exit__(self, *_error: object) -> None:
        if self._recorder is not None:
            self._recorder.end_profile()


class _Profiling:
    """Runs ``torch.profiler`` over the steps that were asked for, one trace for each run of them."""

    def __init__(self, steps: Iterable[int], span_file: str) -> None:
        self._stem = span_file[:-len(".spans.jsonl")]
        self._ranges = deque(_step_ranges(steps))
        self._profiler: Any = None
        self._mark: Any = None
        self._name = ""

    def begin_step(self, step: int) -> Any:
        """Called as each step begins; gives what annotates spans while the profiler runs, else None."""
        try:
            self._end_mark()
            if self._profiler is not None:
                self._profiler.step()
                if self._profiler.current_action.name == "NONE":
                    self._stop()
            while self._ranges and self._ranges[0][1] < step:
                self._ranges.popleft()
            if self._profiler is None and self._ranges and step >= self._ranges[0][0] - 1:
                self._start(step, *self._ranges.popleft())
            if self._profiler is None:
                return None
            record_function = sys.modules["torch"].profiler.record_function
            # The profiler's own marks of steps count otherwise, and in some versions from one too few.
            self._mark = record_function(f"ProfilerStep#{step}")
            self._mark.__enter__()
            return record_function
        except Exception as error:
            self._give_up(error)
            return None

    def end(self) -> None:
        self._ranges.clear()
        try:
            self._end_mark()
            self._stop()
        except Exception as error:
            self._give_up(error)

    def _start(self, step: int, first: int, last: int) -> None:
        profiler = importlib.import_module("torch.profiler")
        action = profiler.ProfilerAction

        def schedule(number: int) -> Any:
            at = step + number
            if at < first:
                return action.WARMUP
            return action.NONE if at > last else action.RECORD_AND_SAVE if at == last else action.RECORD

        folder, rank = os.path.split(self._stem)
        self._name = os.path.join(folder, f"steps{max(step, first)}-{last}.{rank}.pt.trace.json")
        started = profiler.profile(schedule=schedule, on_trace_ready=self._write, record_shapes=True, with_stack=True)
        started.record_steps = False
        started.start()
        self._profiler = started

    def _end_mark(self) -> None:
        mark, self._mark = self._mark, None
        if mark is not None:
            mark.__exit__(None, None, None)

    def _stop(self) -> None:
        profiler, self._profiler = self._profiler, None
        if profiler is not None:
            profiler.stop()

    def _write(self, profiler: Any) -> None:
        """Whole or not at all, so that nobody reads half a trace."""
        profiler.export_chrome_trace(self._name + ".part")
        os.replace(self._name + ".part", self._name)

    def _give_up(self, error: Exception) -> None:
        self._ranges.clear()
        self._profiler = self._mark = None
        _log.warning("steps are not profiled: %s", error)


def _step_ranges(steps: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last number of each run of numbers."""
    if isinstance(steps, range) and steps.step == 1:
        return [(steps[0], steps[-1])] if steps else []
    ranges: list[tuple[int, int]] = []
    for step in sorted(set(steps)):
        if ranges and ranges[-1][1] == step - 1:
            ranges[-1] = (ranges[-1][0], step)
        else:
            ranges.append((step, step))
    return ranges


class _Step:
    """The context that ``step`` returns."""

    def __init__(self, samples: int | None, epoch: int | None) -> None:
        self._samples, self._epoch = samples, epoch

    def __enter__(self) -> None:
        recorder = _active()
        if recorder is not None:
            recorder.begin_step(_now_ns())

    def __exit__(self, *_error: object) -> None:
        end_step(samples=self._samples, epoch=self._epoch)


class _TimedLoader:
    """A loader that times its batches and is otherwise the loader that it wraps."""

    def __init__(self, batches: Iterable[Any], name: str, phase: str) -> None:
        self._batches, self._name, self._phase = batches, name, phase

    def __iter__(self) -> Iterator[Any]:
        return _timed_batches(self._batches, self._name, self._phase)

    def __len__(self) -> int:
        return len(self._batches)  # type: ignore[arg-type]

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        return getattr(self._batches, attribute)


def _timed_batches(batches: Iterable[_Item], name: str, phase: str) -> Iterator[_Item]:
    iterator: Iterator[_Item] | None = None
    first, following = f"iter({name})", f"next({name})"
    while True:
        recorder = _recorder or _active()
        if recorder is None:
            iterator = iter(batches) if iterator is None else iterator
            yield from iterator
            return
        place = recorder.paths.caller(sys._getframe(1))
        asked_ns = _now_ns()
        if iterator is None:
            opened = recorder.open(first, phase, place)
            iterator = iter(batches)
            recorder.finish(opened)
        opened = recorder.open(following, phase, place)
        try:
            batch = next(iterator)
        except BaseException as error:
            # There was no batch: a span would count one wait too many.
            recorder.drop(opened)
            if isinstance(error, StopIteration):
                return
            raise
        recorder.finish(opened)
        if phase == "data":
            recorder.begin_step(asked_ns)
        yield batch


class _CollectiveTimer:
    """Times one reduction: by the host for tensors in host memory, by the device's streams for others."""

    def __init__(self, buffer: Any, place: _Place, attrs: Mapping[str, Any]) -> None:
        self._recorder = _active()
        self._on_device = bool(buffer.is_cuda)
        self._opened: _Span | None = None
        if self._recorder is None or not self._recorder.is_sampling:
            return
        self._recorder.reductions.add(self)
        self._opened = _Span("all_reduce", "communication", None, attrs)
        self._recorder.begin(self._opened, place, "communication")
        if self._on_device:
            self._opened.device_begin = self._recorder.mark_device()

    def end(self) -> None:
        """Called when the reduction is done, or, on a device, with the stream that waits for it as the current one."""
        if self._recorder is None or self._opened is None:
            return
        if self._on_device:
            self._recorder.finish_on_device(self._opened)
        else:
            self._recorder.finish(self._opened)


class _DeviceMark(NamedTuple):
    """A point in a device's stream. ``issued_ns`` is the host's clock just before it was put there."""

    event: Any
    issued_ns: int


class _DeviceSpans:
    """Device times of spans, read from pairs of CUDA events once the device has passed them.

    Only the first mark waits for the device, to tie its clock to the host's. From there on each
    span is placed by the one before it: a difference of events is a float of milliseconds, exact
    only over short times.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._pending: deque[tuple[_Span, _DeviceMark, str]] = deque()
        self._lock = threading.RLock()
        self._reference: _DeviceMark | None = None
        self._cuda: Any = None
        self._broken = False

    def is_there(self) -> bool:
        """Whether the script uses CUDA by now."""
        cuda = getattr(sys.modules.get("torch"), "cuda", None)
        try:
            return cuda is not None and bool(cuda.is_initialized())
        except Exception as error:
            self._give_up(error)
            return False

    def mark(self) -> _DeviceMark | None:
        """A mark in the current stream; None if the script does not use CUDA, or captures a graph just now."""
        cuda = self._cuda
        if cuda is None:
            cuda = self._cuda = getattr(sys.modules.get("torch"), "cuda", None)
        if self._broken or cuda is None:
            return None
        try:
            if not cuda.is_initialized() or cuda.is_current_stream_capturing():
                return None
            if self._reference is None:
                self._reference = self._tie_clocks(cuda)
            return self._put_mark(cuda)
        except Exception as error:
            self._give_up(error)
            return None

    def add(self, opened: _Span, end: _DeviceMark | None, *, lane: str) -> None:
        if opened.device_begin is not None and end is not None:
            self._pending.append((opened, end, lane))

    def collect(self, wait_s: float = 0) -> None:
        """Writes the spans that the device has finished; waits for the others no longer than told."""
        deadline = time.monotonic() + wait_s
        with self._lock:
            try:
                while self._pending and not self._broken:
                    opened, end, lane = self._pending[0]
                    if end.event.query():
                        self._pending.popleft()
                        self._write(opened, end, lane)
                    elif time.monotonic() < deadline:
                        time.sleep(0.001)
                    else:
                        return
            except Exception as error:
                self._give_up(error)

    def forget(self) -> None:
        self._lock = threading.RLock()
        self._broken = True
        self._pending.clear()

    def _write(self, opened: _Span, end: _DeviceMark, lane: str) -> None:
        done_by_ns = _now_ns()
        begin, reference = opened.device_begin, self._reference
        assert begin is not None and reference is not None
        duration_ns = max(0, _elapsed_ns(begin.event, end.event))
        begin_ns = reference.issued_ns + _elapsed_ns(reference.event, begin.event)
        # The device cannot have begun before the host asked, nor end after the host saw the end: this
        # keeps two clocks together that drift apart by some microseconds a second.
        begin_ns = max(begin.issued_ns, min(begin_ns, done_by_ns - duration_ns))
        self._reference = _DeviceMark(begin.event, begin_ns)
        self._recorder.write_device_span(opened, begin_ns, duration_ns, lane, done_by_ns)

    def _tie_clocks(self, cuda: Any) -> _DeviceMark:
        mark = self._put_mark(cuda)
        mark.event.synchronize()
        return _DeviceMark(mark.event, _now_ns())

    def _put_mark(self, cuda: Any) -> _DeviceMark:
        event = cuda.Event(enable_timing=True)
        issued_ns = _now_ns()
        event.record()
        return _DeviceMark(event, issued_ns)

    def _give_up(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            self._pending.clear()
            _log.warning("device times are no longer recorded: %s", error)


def _elapsed_ns(begin: Any, end: Any) -> int:
    return int(begin.elapsed_time(end) * 1e6)


def _make_callback(hooks: type, modules: Iterable[str], base_name: str, options: Mapping[str, Any]) -> Any:
    """An instance of the hooks that is also one of the framework's base class, if that is installed."""
    bases: tuple[type, ...] = ()
    for module in sorted(modules, key=lambda name: name not in sys.modules):
        try:
            bases = (getattr(importlib.import_module(module), base_name),)
            break
        except Exception:
            continue
    return type("TrainingSleuthCallback", (hooks, *bases), {"__module__": __name__})(dict(options))


def _rebuild_callback(name: str, options: Mapping[str, Any]) -> Any:
    """For processes that are spawned: a class made on call cannot be found by its name."""
    return globals()[name](**options)


def _hook(function: _Function) -> _Function:
    """A method that a framework calls: the first failure is logged and ends the callback's work."""

    @functools.wraps(function)
    def safe(self: _LoopHooks, *args: Any, **kwargs: Any) -> None:
        if self._is_broken:
            return
        try:
            function(self, *args, **kwargs)
        except Exception as error:
            self._is_broken = True
            _log.warning("the callback of training_sleuth stops: %s", error, exc_info=True)
            self._undo_all()

    return safe  # type: ignore[return-value]


class _LoopHooks:
    """What callbacks share: spans that begin in one call of the framework and end in another.

    A step goes on until the next batch is asked for, so that what is logged, validated and saved after the
    optimizer belongs to it. ``_mark_ns`` is where the last known work ended.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__()
        self._options = options
        self._is_broken = False
        self._is_own = False
        self._open: dict[str, _Span | None] = {}
        self._undo: list[Callable[[], None]] = []
        self._mark_ns = 0
        self._micro = 0
        self._ended: tuple[int | None, int | None] | None = None

    def _begin_loop(self, first_step: int) -> None:
        self._undo_all()
        self._is_own = _active() is None
        if self._is_own:
            start(**{"first_step": first_step, **self._options})
        self._open.clear()
        self._ended, self._micro, self._mark_ns = None, 0, _now_ns()

    def _end_loop(self) -> None:
        self._flush_step()
        self._undo_all()
        if self._is_own:
            stop()

    def _undo_all(self) -> None:
        undo, self._undo = self._undo, []
        for action in reversed(undo):
            try:
                action()
            except Exception as error:
                _log.warning("a hook of training_sleuth is left behind: %s", error)

    def _patch(self, owner: Any, name: str, function: Any) -> None:
        """Puts a function before a method of one object."""
        own = vars(owner)
        if name in own:
            before = own[name]
            self._undo.append(lambda: setattr(owner, name, before))
        else:
            self._undo.append(lambda: delattr(owner, name))
        setattr(owner, name, function)

    def _begin(self, name: str, phase: str, place: _Place | None = None, micro: int | None = None) -> None:
        recorder = _active()
        if recorder is not None:
            place = place or recorder.paths.caller(sys._getframe(1))
            self._open[name] = recorder.open(name, phase, place, micro=micro)

    def _end(self, *names: str) -> None:
        recorder = _active()
        for name in names:
            opened = self._open.pop(name, None)
            if recorder is not None and opened is not None:
                recorder.finish(opened)

    def _since_mark(self, name: str, phase: str) -> None:
        """A span from the mark until now, known only at its end."""
        recorder = _active()
        now_ns = _now_ns()
        if recorder is not None and recorder.is_sampling:
            opened = _Span(name, phase, None, None)
            recorder.begin(opened, recorder.paths.caller(sys._getframe(1)))
            opened.begin_ns = self._mark_ns
            recorder.finish(opened, now_ns)
        self._mark_ns = now_ns

    def _end_step(self, samples: int | None, epoch: int | None) -> None:
        """The optimizer is done; the step ends where the mark is when the next batch is asked for."""
        self._ended, self._micro, self._mark_ns = (samples, epoch), 0, _now_ns()

    def _flush_step(self) -> None:
        ended, self._ended = self._ended, None
        recorder = _active()
        if ended is not None and recorder is not None:
            recorder.end_step(*ended, at_ns=self._mark_ns)


class _TrainerHooks(_LoopHooks):
    """The events of the Hugging Face Trainer."""

    _is_split = False
    _has_predicted = False
    _samples: int | None = None

    def __reduce__(self) -> Any:
        return _rebuild_callback, ("trainer_callback", self._options)

    @_hook
    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._begin_loop(int(state.global_step))
        self._samples = int(args.train_batch_size) * int(args.gradient_accumulation_steps)
        model = kwargs.get("model")
        is_compiled = getattr(args, "torch_compile", False) or hasattr(model, "_orig_mod")
        self._is_split = hasattr(model, "register_forward_pre_hook") and not is_compiled
        if self._is_split:
            self._undo.append(model.register_forward_pre_hook(self._before_forward).remove)
            self._undo.append(model.register_forward_hook(self._after_forward).remove)

    @_hook
    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._flush_step()
        self._mark_ns = _now_ns()

    @_hook
    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._flush_step()
        recorder = _active()
        if recorder is not None:
            recorder.begin_step(self._mark_ns)
        self._since_mark("next(loader)", "data")
        self._begin_micro_batch(args)

    @_hook
    def on_substep_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end("forward_backward", "backward")
        self._micro += 1
        self._begin_micro_batch(args)

    @_hook
    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end("forward_backward", "backward")
        self._begin("optimizer", "optimizer")

    @_hook
    def on_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end("optimizer")

    @_hook
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end("forward_backward", "backward", "optimizer")
        self._end_step(self._samples, max(0, math.ceil(state.epoch or 0) - 1))

    @_hook
    def on_prediction_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._has_predicted = True

    @_hook
    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        # What an evaluation logs is part of it.
        if not self._has_predicted and self._ended is not None:
            self._since_mark("log", "logging")

    @_hook
    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._has_predicted = False
        if self._ended is not None:
            self._since_mark("evaluate", "validation")

    @_hook
    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._ended is not None:
            self._since_mark("save", "checkpoint")

    @_hook
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end_loop()

    def _begin_micro_batch(self, args: Any) -> None:
        if not self._is_split:
            self._begin("forward_backward", "forward", micro=self._micro_of(args))
        self._is_accumulating = args.gradient_accumulation_steps > 1

    def _micro_of(self, args: Any) -> int | None:
        return self._micro if args.gradient_accumulation_steps > 1 else None

    @_hook
    def _before_forward(self, model: Any, _inputs: Any) -> None:
        if model.training:
            # A model that is called twice for a loss is still in its forward pass.
            recorder, backward = _active(), self._open.pop("backward", None)
            if recorder is not None:
                recorder.drop(backward)
            self._begin("forward", "forward", micro=self._micro if self._is_accumulating else None)

    @_hook
    def _after_forward(self, model: Any, _inputs: Any, _outputs: Any) -> None:
        if model.training and "forward" in self._open:
            self._end("forward")
            self._begin("backward", "backward", micro=self._micro if self._is_accumulating else None)


class _LightningHooks(_LoopHooks):
    """The hooks of a Lightning Trainer, and the actions that it tells its profiler."""

    _places: Mapping[str, _Place | None] = {}
    _last_step = 0
    _asked_ns: int | None = None

    def __reduce__(self) -> Any:
        return _rebuild_callback, ("lightning_callback", self._options)

    @_hook
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self._begin_loop(int(trainer.global_step))
        self._last_step = trainer.global_step
        recorder = _active()
        if recorder is None:
            return
        paths, data = recorder.paths, getattr(trainer, "datamodule", None)
        training_step = paths.own_definition(pl_module, "training_step")
        self._places = {
            "data": paths.own_definition(pl_module, "train_dataloader") or paths.own_definition(data, "train_dataloader"),
            "forward": training_step,
            "backward": paths.own_definition(pl_module, "backward") or training_step,
            "optimizer": paths.own_definition(pl_module, "optimizer_step", "configure_optimizers"),
            "validation": paths.own_definition(pl_module, "validation_step"),
        }
        self._follow_profiler(trainer)
        for logger in getattr(trainer, "loggers", ()):
            self._patch(logger, "log_metrics", self._timed(logger.log_metrics, "log", "logging"))

    @_hook
    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, *_args: Any) -> None:
        asked_ns, self._asked_ns = self._asked_ns, None
        recorder = _active()
        if recorder is not None and asked_ns is not None:
            recorder.begin_step(asked_ns)

    @_hook
    def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any, *_args: Any) -> None:
        self._begin("optimizer", "optimizer", self._places.get("optimizer"))

    @_hook
    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, *_args: Any) -> None:
        self._end("optimizer")
        if trainer.global_step != self._last_step or not pl_module.automatic_optimization:
            self._last_step = trainer.global_step
            samples = _count_samples(batch)
            self._end_step(None if samples is None else samples * (self._micro + 1), int(trainer.current_epoch))
        else:
            self._micro += 1

    @_hook
    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        self._begin("validate", "validation", self._places.get("validation"))

    @_hook
    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        self._end("validate")

    @_hook
    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        # The last wait of an epoch finds no batch.
        self._asked_ns = None

    @_hook
    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._mark_ns = _now_ns()
        self._end_loop()

    @_hook
    def on_exception(self, trainer: Any, pl_module: Any, exception: Any) -> None:
        self._end_loop()

    def _follow_profiler(self, trainer: Any) -> None:
        profiler = trainer.profiler
        start_action, stop_action = profiler.start, profiler.stop

        def begin(action_name: str) -> None:
            start_action(action_name)
            self._on_action(trainer, action_name)

        def end(action_name: str) -> None:
            self._on_action_end(action_name)
            stop_action(action_name)

        self._patch(profiler, "start", begin)
        self._patch(profiler, "stop", end)

    @_hook
    def _on_action(self, trainer: Any, action: str) -> None:
        known = _lightning_span(action)
        if known is None or not (trainer.training or known[1] == "checkpoint"):
            return
        name, phase = known
        if phase == "data":
            self._mark_ns = _now_ns()
            self._asked_ns = self._asked_ns or self._mark_ns
            self._flush_step()
        has_micro = phase in ("forward", "backward") and trainer.accumulate_grad_batches > 1
        self._begin(name, phase, self._places.get(phase), self._micro if has_micro else None)

    @_hook
    def _on_action_end(self, action: str) -> None:
        known = _lightning_span(action)
        if known is not None:
            self._end(known[0])

    def _timed(self, function: Callable[..., Any], name: str, phase: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with span(name, phase):
                return function(*args, **kwargs)

        return timed


_LIGHTNING_ACTIONS = {
    "batch_to_device": "h2d", "training_step": "forward", "backward": "backward",
}


def _lightning_span(action: str) -> tuple[str, str] | None:
    """Name and phase of what Lightning tells its profiler, such as ``[Strategy]DDPStrategy.training_step``."""
    name = action.rpartition(".")[2]
    if name == "train_dataloader_next":
        return "next(loader)", "data"
    if name == "save_checkpoint":
        return (name, "checkpoint") if action == name else None
    phase = _LIGHTNING_ACTIONS.get(name) if action.startswith("[Strategy]") else None
    return None if phase is None else (name, phase)


class _LineFile:
    """A file that JSON lines are appended to, whole lines in each write. The first failure ends it."""

    def __init__(self, path: str, header: Mapping[str, Any], *, replace: bool) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._items: deque[str | _Span | tuple[Any, ...]] = deque()
        # Makes the lines of spans and steps.
        self.recorder: Any = None
        self._header: Mapping[str, Any] | None = None
        self._flush_at_ns = _now_ns() + _FLUSH_AFTER_NS
        self._descriptor: int | None = None
        try:
            self._descriptor, is_new = _open_to_append(path, replace)
            self._header = header if is_new else None
        except Exception as error:
            self._fail(error)

    def append_line(self, line: Mapping[str, Any]) -> None:
        if self._descriptor is None:
            return
        try:
            text = _encode(line)
        except Exception as error:
            self._fail(error)
            return
        self.append(text, _now_ns())

    def append(self, item: str | _Span | tuple[Any, ...], now_ns: int) -> None:
        """Takes a line with its end, or a span or step that has ended. Appending to a deque needs no lock."""
        if self._descriptor is None:
            return
        self._items.append(item)
        if now_ns >= self._flush_at_ns:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            self._flush_at_ns = _now_ns() + _FLUSH_AFTER_NS
            items = self._items
            if self._descriptor is None:
                items.clear()
                return
            try:
                lines = []
                if self.recorder is not None:
                    self.recorder.look_for_device()
                if self._header is not None:
                    # Not earlier: a script usually turns to its device after it starts recording.
                    lines.append(_encode({**self._header, "device": _device_name()}))
                    self._header = None
                for _ in range(len(items)):
                    item = items.popleft()
                    lines.append(item if isinstance(item, str) else self.recorder.encode(item))
                _write_all(self._descriptor, "".join(lines).encode())
            except Exception as error:
                self._fail(error)

    def close(self) -> None:
        with self._lock:
            self.flush()
            self._close_descriptor()

    def forget(self) -> None:
        self._lock = threading.RLock()
        self._items = deque()
        self._close_descriptor()

    def _fail(self, error: Exception) -> None:
        _log.warning("recording into %s ends: %s", self.path, error)
        self._close_descriptor()

    def _close_descriptor(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            try:
                os.close(descriptor)
            except OSError:
                pass


def _open_to_append(path: str, replace: bool) -> tuple[int, bool]:
    """The descriptor, and whether the file is new. Replacing also removes the files of the rank's workers."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    if replace:
        descriptor = os.open(path, flags, 0o644)
        try:
            _claim(descriptor)
            os.ftruncate(descriptor, 0)
            for stale in glob.glob(glob.escape(path.replace(".spans.jsonl", "")) + ".worker*.spans.jsonl"):
                os.remove(stale)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor, True
    try:
        return os.open(path, flags | os.O_EXCL, 0o644), True
    except FileExistsError:
        return os.open(path, flags, 0o644), False


def _claim(descriptor: int) -> None:
    """Two processes that both take themselves for rank 0 must not write into one file."""
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError("another process records this rank; call start() after init_process_group, or give it "
                      "rank= and world_size=") from None
    except OSError:
        pass  # Not every file system has locks.


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data):]


_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def _encode(line: Mapping[str, Any]) -> str:
    return _encode_value(line) + "\n"


def _encode_value(value: Any) -> str:
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError):
        return _encoder.encode(_to_plain(value))


def _to_plain(value: Any) -> Any:
    """What JSON can hold of a value: null for NaN and infinities, numbers for scalars of NumPy and torch, else text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_plain(item) for item in value]
    try:
        return _to_plain(value.item())
    except Exception:
        return str(value)


class _Paths:
    """Names the lines of the user's code: files relative to the working or the script's directory."""

    def __init__(self, *roots: str) -> None:
        self.roots = [os.path.abspath(root) for root in roots if root]
        self._short_names: dict[str, str] = {}
        self._own_names: dict[str, str | None] = {_OWN_FILE: None}
        self._places: dict[Any, _Place] = {}
        self._def_lines: dict[Any, int] = {}
        self._commits: dict[str, str | None] = {}
        self._tell_source: Callable[[Mapping[str, Any]], None] | None = None

    def tell_sources(self, write: Callable[[Mapping[str, Any]], None]) -> None:
        """Has a line written for each file of the user, the first time that it is named."""
        self._tell_source = write

    def caller(self, frame: FrameType | None) -> _Place:
        """The innermost line, from a frame on, that is in neither this file nor a library."""
        names = self._own_names
        outside: FrameType | None = None
        while frame is not None:
            path = frame.f_code.co_filename
            try:
                name = names[path]
            except KeyError:
                name = self._name_once(path)
            if name is not None:
                key = (name, frame.f_lineno)
                place = self._places.get(key)
                if place is None:
                    place = self._places[key] = _Place(*key)
                return place
            if outside is None and path != _OWN_FILE:
                outside = frame
            frame = frame.f_back
        return _Place(None, None) if outside is None else _Place(
            self.shorten(outside.f_code.co_filename), outside.f_lineno)

    def definition(self, function: Callable[..., Any]) -> _Place:
        """The line of the function's ``def``."""
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            return self.caller(sys._getframe(1))
        line = self._def_lines.get(code)
        if line is None:
            line = self._def_lines[code] = _find_def_line(code)
        path = code.co_filename
        name = self._own_names[path] if path in self._own_names else self._name_once(path)
        return _Place(name or self.shorten(path), line)

    def own_definition(self, owner: Any, *methods: str) -> _Place | None:
        """The line of the first of the methods that is the user's own code."""
        for method in methods:
            function = inspect.unwrap(getattr(owner, method, None))
            code = getattr(function, "__code__", None)
            if code is not None and code.co_filename != _OWN_FILE and not _is_in_library(code.co_filename):
                return self.definition(function)
        return None

    def shorten(self, path: str) -> str:
        short = self._short_names.get(path)
        if short is None:
            short = self._short_names[path] = self._find_short_name(path)
        return short

    def _find_short_name(self, path: str) -> str:
        if not path or path.startswith("<"):
            return path
        path = os.path.abspath(path)
        for root in self.roots:
            if path.startswith(os.path.join(root, "")):
                path = os.path.relpath(path, root)
                break
        return path.replace(os.sep, "/")

    def _name_once(self, path: str) -> str | None:
        """How a file of the user is named; None for one of a library."""
        name = None if _is_in_library(path) else self.shorten(path)
        self._own_names[path] = name
        if name is not None and self._tell_source is not None:
            blobs = _identify_text(path)
            if blobs is not None:
                line = {"type": "source", "file": name, **blobs}
                commit = self._commit_of(os.path.dirname(os.path.abspath(path)))
                self._tell_source(line if commit is None else {**line, "commit": commit})
        return name

    def _commit_of(self, directory: str) -> str | None:
        if directory not in self._commits:
            try:
                self._commits[directory] = _find_commit(directory)
            except (OSError, ValueError):
                self._commits[directory] = None
        return self._commits[directory]


def _is_in_library(path: str) -> bool:
    standard = os.path.join(os.path.dirname(os.__file__), "")
    return path.startswith((standard, "<frozen")) or "site-packages" in path or "dist-packages" in path


def _identify_text(path: str) -> dict[str, str] | None:
    """The git blob id of a file, and that with line ends as git keeps them, if others; None where it has changed
    since this process began, as what runs is then not what it holds."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mtime_ns > _LOADED_UNIX_NS:
                return None
            text = file.read(_MAX_SOURCE_BYTES + 1)
    except (OSError, ValueError):
        return None
    if len(text) > _MAX_SOURCE_BYTES:
        return None
    plain = text.replace(b"\r\n", b"\n")
    return {"blob": _blob_id(text)} if plain == text else {"blob": _blob_id(text), "blobLf": _blob_id(plain)}


def _blob_id(text: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(text) + text).hexdigest()


def _find_commit(directory: str) -> str | None:
    """What HEAD of the repository around a directory points to, read off its files."""
    while not os.path.exists(os.path.join(directory, ".git")):
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above
    own = os.path.join(directory, ".git")
    if os.path.isfile(own):
        own = os.path.join(directory, _read_line(own).partition("gitdir: ")[2])
    common = own
    if os.path.isfile(os.path.join(own, "commondir")):
        common = os.path.join(own, _read_line(os.path.join(own, "commondir")))
    head = _read_line(os.path.join(own, "HEAD"))
    if not head.startswith("ref: "):
        return _commit_or_none(head)
    ref = head[len("ref: "):]
    for folder in (own, common):
        if os.path.isfile(os.path.join(folder, ref)):
            return _commit_or_none(_read_line(os.path.join(folder, ref)))
    with open(os.path.join(common, "packed-refs"), encoding="utf-8") as refs:
        for line in refs:
            commit, _, name = line.strip().partition(" ")
            if name == ref:
                return _commit_or_none(commit)
    return None


def _read_line(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.readline(4096).strip()


def _commit_or_none(text: str) -> str | None:
    return text if len(text) in (40, 64) and not set(text) - set("0123456789abcdef") else None


def _find_def_line(code: Any) -> int:
    first = int(code.co_firstlineno)
    for line in range(first, first + _MAX_DECORATOR_LINES):
        if linecache.getline(code.co_filename, line).lstrip().startswith(("def ", "async def ")):
            return line
    return first


def _active() -> Recorder | None:
    if _recorder is None:
        _join_parent()
    return _recorder


def _join_parent() -> None:
    """In a DataLoader worker, forked or spawned: records into a file beside that of its rank."""
    global _recorder
    variable = os.environ.get(_PARENT_VARIABLE)
    if variable is None:
        return
    worker = _find_worker()
    process = multiprocessing.parent_process()
    if worker is None or process is None:
        return
    parent = json.loads(variable)
    if process.pid != parent["pid"]:
        return
    header = {**parent["header"], "pid": os.getpid(), "worker": worker}
    path = os.path.join(parent["directory"], f"rank{header['rank']}.worker{worker}.spans.jsonl")
    lines = _LineFile(path, header, replace=False)
    lines.flush()
    _recorder = Recorder(lines, parent["zeroNs"], _Paths(*parent["roots"]), next_step=None, lane=f"worker {worker}")


def _leave_parent() -> None:
    global _recorder
    if _recorder is not None:
        _recorder.forget()
        _recorder = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_parent)


def _at_process_end(close: Callable[[], None]) -> None:
    if multiprocessing.parent_process() is None:
        atexit.register(close)
    else:
        # A child of multiprocessing ends without the functions of atexit.
        multiprocessing.util.Finalize(None, close, exitpriority=0)


def _find_worker() -> int | None:
    data = sys.modules.get("torch.utils.data")
    info = data.get_worker_info() if data is not None else None
    return None if info is None else int(info.id)


def _find_rank() -> tuple[int, int, int | None]:
    """Rank, world size, and the rank on this machine, if that is known."""
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        local_ranks = (_read_integer(local) for _, _, local in _RANK_VARIABLES)
        local_rank = next((value for value in local_ranks if value is not None), None)
        return distributed.get_rank(), distributed.get_world_size(), local_rank
    for variable, sizes, local in _RANK_VARIABLES:
        rank = _read_integer(variable)
        if rank is not None:
            world_size = next((size for size in map(_read_integer, sizes) if size is not None), 1)
            return rank, max(world_size, rank + 1), _read_integer(local)
    return 0, _read_integer("WORLD_SIZE") or 1, None


def _read_integer(variable: str) -> int | None:
    try:
        value = int(os.environ[variable])
    except (KeyError, ValueError):
        return None
    return value if value >= 0 else None


def _read_clocks() -> tuple[int, int]:
    """One moment on ``time.perf_counter_ns`` and as Unix time: the closest of several pairs of readings."""
    best: tuple[int, int, int] | None = None
    for _ in range(10):
        before_ns, unix_ns, after_ns = _now_ns(), time.time_ns(), _now_ns()
        width_ns = after_ns - before_ns
        if best is None or width_ns < best[0]:
            best = (width_ns, before_ns + width_ns // 2, unix_ns)
    assert best is not None
    return best[1], best[2]


def _device_name() -> str | None:
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    try:
        if cuda is None or not cuda.is_initialized():
            return None
        index = cuda.current_device()
        return f"cuda:{index} {cuda.get_device_name(index)}"
    except Exception:
        return None


def _count_samples(batch: Any) -> int | None:
    while isinstance(batch, (list, tuple, dict)) and batch:
        batch = next(iter(batch.values())) if isinstance(batch, dict) else batch[0]
    shape = getattr(batch, "shape", None)
    return int(shape[0]) if shape else None


def _script_path() -> str | None:
    return getattr(sys.modules.get("__main__"), "__file__", None)


def _script_name() -> str:
    return os.path.splitext(os.path.basename(_script_path() or "run"))[0]
