"""Records what a training loop spends its time on, for Training Sleuth.

    import training_sleuth as sleuth

    sleuth.start(run="resnet-aug", directory="runs", config={"lr": 0.1})
    for images, labels in sleuth.steps(train_loader):
        with sleuth.span("forward"):
            outputs = model(images)
        ...

Each process writes its own file into ``<directory>/<run>/``: ``rank0.spans.jsonl`` for a rank and
``rank0.worker1.spans.jsonl`` for a DataLoader worker of it that opens spans. One JSON object a line,
the header first; whole lines are appended about once a second, so only the last one can be cut.

``ts`` and ``dur`` are integer nanoseconds. ``ts`` counts from the moment of ``start``; the header's
``startUnixNs`` is the wall clock at that moment, so ``startUnixNs + ts`` is the Unix time of a span on
every rank. A worker's file shares the ``ts`` and ``startUnixNs`` of its rank.

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

__all__ = [
    "PHASES", "Recorder", "counter", "end_step", "event", "loader", "record_collectives", "span", "start",
    "step", "steps", "stop",
]

PHASES = ("data", "h2d", "forward", "loss", "backward", "optimizer", "communication", "checkpoint", "logging",
          "validation", "other")

_SCHEMA = 1
_FLUSH_AFTER_NS = 1_000_000_000
_DEVICE_PHASES = frozenset(("h2d", "forward", "loss", "backward", "optimizer"))
_CLOSE_WAIT_S = 1.0
_MAX_DECORATOR_LINES = 20
_PARENT_VARIABLE = "TRAINING_SLEUTH_PARENT"
_OWN_FILE = (lambda: None).__code__.co_filename

_log = logging.getLogger("training_sleuth")
_now_ns = time.perf_counter_ns
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
) -> Recorder:
    """Starts recording this process into ``<directory>/<run>/rank<rank>.spans.jsonl``, replacing that file.

    Call it after ``init_process_group`` and before the first DataLoader worker starts. Rank and world
    size come from ``torch.distributed``, else from RANK and WORLD_SIZE, else they are 0 and 1.
    ``first_step`` is the number of the first step, for a training that resumes.
    """
    global _recorder
    stop()
    run = run or os.environ.get("SLEUTH_RUN") or _script_name()
    directory = os.path.abspath(os.path.join(directory or os.environ.get("SLEUTH_DIR") or "runs", run))
    own_rank, own_world_size = _find_rank()
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
    lines = _LineFile(os.path.join(directory, f"rank{rank}.spans.jsonl"), header, replace=True)
    _recorder = Recorder(lines, zero_ns, paths, next_step=first_step)
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
    return _Span(name, phase or (name if name in PHASES else "other"), micro, attrs or None)


def counter(name: str, value: float) -> None:
    """Records a value at this moment; put the unit into the name, as in ``gpu_memory_bytes``."""
    recorder = _active()
    if recorder is not None:
        recorder.write({"type": "counter", "name": name, "ts": recorder.ts(_now_ns()), "value": value})


def event(name: str, **attrs: Any) -> None:
    """Records that something happened at this moment, at the caller's line."""
    recorder = _active()
    if recorder is not None:
        place = recorder.paths.caller()
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
    place = recorder.paths.caller()

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
                 lane: str | None = None) -> None:
        self.paths = paths
        self._lines = lines
        self._zero_ns = zero_ns
        self._lane = lane
        self._next_step = next_step
        self._step_begin_ns: int | None = None
        self._step_end_ns = zero_ns
        self._device = _DeviceSpans(self)
        self.reductions: weakref.WeakSet[_CollectiveTimer] = weakref.WeakSet()
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
        self._device.collect(wait_s=_CLOSE_WAIT_S)
        deadline = time.monotonic() + _CLOSE_WAIT_S
        while self.reductions and time.monotonic() < deadline:
            time.sleep(0.001)
        self._lines.close()

    def ts(self, at_ns: int) -> int:
        """The ``ts`` of a reading of ``time.perf_counter_ns``."""
        return at_ns - self._zero_ns

    def write(self, line: Mapping[str, Any]) -> None:
        self._lines.append(line)

    def begin_step(self, at_ns: int) -> None:
        if self._step_begin_ns is None:
            self._step_begin_ns = at_ns

    def end_step(self, samples: int | None, epoch: int | None) -> None:
        if self._next_step is None:
            return
        now_ns = _now_ns()
        begin_ns = self._step_end_ns if self._step_begin_ns is None else self._step_begin_ns
        line = {"type": "step", "step": self._next_step, "ts": self.ts(begin_ns), "dur": now_ns - begin_ns}
        if samples is not None:
            line["samples"] = samples
        if epoch is not None:
            line["epoch"] = epoch
        self._next_step += 1
        self._step_begin_ns, self._step_end_ns = None, now_ns
        self.write(line)
        self._device.collect()

    def open(self, name: str, phase: str, place: _Place, *, lane: str | None = None, micro: int | None = None,
             attrs: Mapping[str, Any] | None = None) -> _OpenSpan:
        """Begins a span now, on the lane of the calling thread unless another is named."""
        opened = _OpenSpan(name, phase, place, lane or self._lane or _thread_lane(), self._next_step, micro, attrs)
        if phase in _DEVICE_PHASES:
            opened.device_begin = self._device.mark()
        opened.begin_ns = _now_ns()
        return opened

    def finish(self, opened: _OpenSpan) -> None:
        """Ends a span now, once."""
        end_ns = _now_ns()
        if opened.device_begin is not None:
            self._device.add(opened, self._device.mark(), lane="device")
        self.write_span(opened, opened.begin_ns, end_ns - opened.begin_ns, opened.lane)

    def finish_on_device(self, opened: _OpenSpan) -> None:
        """Ends, where the device's stream now stands, a span that is timed by the device alone."""
        self._device.add(opened, self._device.mark(), lane=opened.lane)

    def mark_device(self) -> _DeviceMark | None:
        return self._device.mark()

    def write_span(self, opened: _OpenSpan, begin_ns: int, duration_ns: int, lane: str) -> None:
        line: dict[str, Any] = {"type": "span", "name": opened.name, "phase": opened.phase}
        if opened.step is not None:
            line["step"] = opened.step
        line["ts"] = self.ts(begin_ns)
        line["dur"] = duration_ns
        if opened.place.file is not None:
            line["file"], line["line"] = opened.place
        line["lane"] = lane
        if opened.micro is not None:
            line["micro"] = opened.micro
        if opened.attrs:
            line["attrs"] = opened.attrs
        self.write(line)

    def forget(self) -> None:
        """Lets go of everything without writing: it belongs to the process that this one was forked from."""
        self._lines.forget()
        self._device.forget()
        self.reductions.clear()


class _OpenSpan:
    """A span that has begun. ``begin_ns`` is a reading of ``time.perf_counter_ns``."""

    __slots__ = ("name", "phase", "place", "lane", "step", "micro", "attrs", "begin_ns", "device_begin")

    def __init__(self, name: str, phase: str, place: _Place, lane: str, step: int | None, micro: int | None,
                 attrs: Mapping[str, Any] | None) -> None:
        self.name, self.phase, self.place, self.lane = name, phase, place, lane
        self.step, self.micro, self.attrs = step, micro, attrs
        self.begin_ns = 0
        self.device_begin: _DeviceMark | None = None


class _Span:
    """The context and decorator that ``span`` returns."""

    __slots__ = ("_name", "_phase", "_micro", "_attrs", "_recorder", "_opened")

    def __init__(self, name: str, phase: str, micro: int | None, attrs: Mapping[str, Any] | None) -> None:
        self._name, self._phase, self._micro, self._attrs = name, phase, micro, attrs
        self._recorder: Recorder | None = None
        self._opened: _OpenSpan | None = None

    def __enter__(self) -> None:
        self._enter(None)

    def __exit__(self, *_error: object) -> None:
        if self._recorder is not None and self._opened is not None:
            self._recorder.finish(self._opened)

    def __call__(self, function: _Function) -> _Function:
        name, phase, micro, attrs = self._name, self._phase, self._micro, self._attrs

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            one_call = _Span(name, phase, micro, attrs)
            one_call._enter(function)
            try:
                return function(*args, **kwargs)
            finally:
                one_call.__exit__()

        return timed  # type: ignore[return-value]

    def _enter(self, function: Callable[..., Any] | None) -> None:
        recorder = self._recorder = _active()
        if recorder is not None:
            place = recorder.paths.caller() if function is None else recorder.paths.definition(function)
            self._opened = recorder.open(self._name, self._phase, place, micro=self._micro, attrs=self._attrs)


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
    while True:
        recorder = _active()
        if recorder is None:
            iterator = iter(batches) if iterator is None else iterator
            yield from iterator
            return
        place = recorder.paths.caller()
        asked_ns = _now_ns()
        if iterator is None:
            opened = recorder.open(f"iter({name})", phase, place)
            iterator = iter(batches)
            recorder.finish(opened)
        opened = recorder.open(f"next({name})", phase, place)
        try:
            batch = next(iterator)
        except StopIteration:
            return
        recorder.finish(opened)
        if phase == "data":
            recorder.begin_step(asked_ns)
        yield batch


class _CollectiveTimer:
    """Times one reduction: by the host for tensors in host memory, by the device's streams for others."""

    def __init__(self, buffer: Any, place: _Place, attrs: Mapping[str, Any]) -> None:
        self._recorder = _active()
        self._on_device = bool(buffer.is_cuda)
        if self._recorder is None:
            return
        self._recorder.reductions.add(self)
        self._opened = self._recorder.open("all_reduce", "communication", place, lane="communication", attrs=attrs)
        if self._on_device:
            self._opened.device_begin = self._recorder.mark_device()

    def end(self) -> None:
        """Called when the reduction is done, or, on a device, with the stream that waits for it as the current one."""
        if self._recorder is None:
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
        self._pending: deque[tuple[_OpenSpan, _DeviceMark, str]] = deque()
        self._lock = threading.RLock()
        self._reference: _DeviceMark | None = None
        self._broken = False

    def mark(self) -> _DeviceMark | None:
        """A mark in the current stream; None if the script does not use CUDA, or captures a graph just now."""
        cuda = getattr(sys.modules.get("torch"), "cuda", None)
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

    def add(self, opened: _OpenSpan, end: _DeviceMark | None, *, lane: str) -> None:
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

    def _write(self, opened: _OpenSpan, end: _DeviceMark, lane: str) -> None:
        done_by_ns = _now_ns()
        begin, reference = opened.device_begin, self._reference
        assert begin is not None and reference is not None
        duration_ns = max(0, _elapsed_ns(begin.event, end.event))
        begin_ns = reference.issued_ns + _elapsed_ns(reference.event, begin.event)
        # The device cannot have begun before the host asked, nor end after the host saw the end: this
        # keeps two clocks together that drift apart by some microseconds a second.
        begin_ns = max(begin.issued_ns, min(begin_ns, done_by_ns - duration_ns))
        self._reference = _DeviceMark(begin.event, begin_ns)
        self._recorder.write_span(opened, begin_ns, duration_ns, lane)

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


class _LineFile:
    """A file that JSON lines are appended to, whole lines in each write. The first failure ends it."""

    def __init__(self, path: str, header: Mapping[str, Any], *, replace: bool) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._lines: list[str] = []
        self._header: Mapping[str, Any] | None = None
        self._flush_at_ns = _now_ns() + _FLUSH_AFTER_NS
        self._descriptor: int | None = None
        try:
            self._descriptor, is_new = _open_to_append(path, replace)
            self._header = header if is_new else None
        except Exception as error:
            self._fail(error)

    def append(self, line: Mapping[str, Any]) -> None:
        if self._descriptor is None:
            return
        try:
            text = _encode(line)
        except Exception as error:
            self._fail(error)
            return
        with self._lock:
            self._lines.append(text)
            if _now_ns() >= self._flush_at_ns:
                self.flush()

    def flush(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
            self._flush_at_ns = _now_ns() + _FLUSH_AFTER_NS
            if self._descriptor is None:
                return
            try:
                if self._header is not None:
                    # Not earlier: a script usually turns to its device after it starts recording.
                    lines.insert(0, _encode({**self._header, "device": _device_name()}))
                    self._header = None
                _write_all(self._descriptor, "".join(lines).encode())
            except Exception as error:
                self._fail(error)

    def close(self) -> None:
        with self._lock:
            self.flush()
            self._close_descriptor()

    def forget(self) -> None:
        self._lock = threading.RLock()
        self._lines = []
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
        for stale in glob.glob(glob.escape(path.replace(".spans.jsonl", "")) + ".worker*.spans.jsonl"):
            os.remove(stale)
        return os.open(path, flags | os.O_TRUNC, 0o644), True
    try:
        return os.open(path, flags | os.O_EXCL, 0o644), True
    except FileExistsError:
        return os.open(path, flags, 0o644), False


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data):]


_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def _encode(line: Mapping[str, Any]) -> str:
    try:
        return _encoder.encode(line) + "\n"
    except (TypeError, ValueError):
        return _encoder.encode(_to_plain(line)) + "\n"


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
        self._is_library: dict[str, bool] = {}
        self._def_lines: dict[Any, int] = {}

    def caller(self) -> _Place:
        """The innermost line that is in neither this file nor a library."""
        outside: FrameType | None = None
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name != _OWN_FILE:
                outside = outside or frame
                if not self._is_in_library(name):
                    break
            frame = frame.f_back
        frame = frame or outside
        return _Place(None, None) if frame is None else _Place(self.shorten(frame.f_code.co_filename), frame.f_lineno)

    def definition(self, function: Callable[..., Any]) -> _Place:
        """The line of the function's ``def``."""
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            return self.caller()
        line = self._def_lines.get(code)
        if line is None:
            line = self._def_lines[code] = _find_def_line(code)
        return _Place(self.shorten(code.co_filename), line)

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

    def _is_in_library(self, path: str) -> bool:
        known = self._is_library.get(path)
        if known is None:
            standard = os.path.join(os.path.dirname(os.__file__), "")
            known = path.startswith((standard, "<frozen")) or "site-packages" in path or "dist-packages" in path
            self._is_library[path] = known
        return known


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


def _find_rank() -> tuple[int, int]:
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return _read_integer("RANK", 0), _read_integer("WORLD_SIZE", 1)


def _read_integer(variable: str, default: int) -> int:
    try:
        return int(os.environ[variable])
    except (KeyError, ValueError):
        return default


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


def _thread_lane() -> str:
    thread = threading.current_thread()
    return "main" if thread is threading.main_thread() else thread.name


def _script_path() -> str | None:
    return getattr(sys.modules.get("__main__"), "__file__", None)


def _script_name() -> str:
    return os.path.splitext(os.path.basename(_script_path() or "run"))[0]
