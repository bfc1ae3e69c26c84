"""Run with ``python3 -m unittest`` in this folder; the tests that need torch are skipped without it."""

import hashlib
import importlib.util
import json
import math
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import types
import unittest
from unittest import mock

import training_sleuth as sleuth

HERE = os.path.dirname(os.path.abspath(__file__))
HAS_TORCH = importlib.util.find_spec("torch") is not None


def this_line() -> int:
    return sys._getframe(1).f_lineno


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run_script(source, directory, *, check=True, **environment):
    """Runs a script named train.py in the directory and returns its process."""
    with open(os.path.join(directory, "train.py"), "w", encoding="utf-8") as file:
        file.write(textwrap.dedent(source))
    return subprocess.run(
        [sys.executable, "train.py"], cwd=directory, check=check, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, timeout=120, env={**os.environ, "PYTHONPATH": HERE, **environment})


class RecorderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(sleuth.stop)
        self.directory = folder.name

    def start(self, **options):
        return sleuth.start(run="r", directory=self.directory, **options)

    def lines(self, kind=None, name="rank0.spans.jsonl"):
        sleuth.stop()
        lines = read_lines(os.path.join(self.directory, "r", name))
        frame = ("source", "end")
        return [line for line in lines if (line["type"] not in frame if kind is None else line["type"] == kind)]


class HeaderTest(RecorderTest):
    def test_a_last_line_says_that_the_recorder_closed_the_file(self):
        sleuth.start(directory=self.directory, run="r")
        self.assertEqual([line["type"] for line in self.lines("end")], ["end"])
        with open(os.path.join(self.directory, "r", "rank0.spans.jsonl"), encoding="utf-8") as file:
            self.assertEqual(json.loads(file.readlines()[-1])["type"], "end")

    def test_comes_first_and_says_what_ran(self):
        with mock.patch.dict(os.environ, {"SLEUTH_HOST": "a-host"}):
            self.start(config={"lr": 0.1})
        sleuth.event("something")
        header, event = self.lines()
        self.assertEqual(event["type"], "event")
        self.assertEqual(
            {key: header[key] for key in ("type", "schema", "run", "rank", "worldSize", "pid", "host", "clock",
                                          "device", "config")},
            {"type": "run", "schema": 1, "run": "r", "rank": 0, "worldSize": 1, "pid": os.getpid(),
             "host": "a-host", "clock": "perf_counter", "device": None, "config": {"lr": 0.1}})

    def test_start_is_the_unix_time_of_ts_zero(self):
        self.start()
        before = time.time_ns()
        sleuth.event("now")
        after = time.time_ns()
        header, event = self.lines()
        unix = header["startUnixNs"] + event["ts"]
        self.assertTrue(before - 1_000_000 <= unix <= after + 1_000_000, (before, unix, after))
        self.assertLess(event["ts"], 10_000_000_000)

    def test_rank_comes_from_the_environment(self):
        with mock.patch.dict(os.environ, {"RANK": "3", "WORLD_SIZE": "8"}):
            recorder = self.start()
        self.assertEqual(os.path.basename(recorder.path), "rank3.spans.jsonl")
        header, = self.lines(name="rank3.spans.jsonl")
        self.assertEqual((header["rank"], header["worldSize"]), (3, 8))

    def test_explicit_rank_wins_and_a_bad_environment_is_ignored(self):
        with mock.patch.dict(os.environ, {"RANK": "x", "WORLD_SIZE": "8"}):
            self.start(rank=2)
        header, = self.lines(name="rank2.spans.jsonl")
        self.assertEqual((header["rank"], header["worldSize"]), (2, 8))

    def test_a_second_run_of_the_name_replaces_the_first(self):
        self.start()
        sleuth.event("old")
        sleuth.stop()
        stale = os.path.join(self.directory, "r", "rank0.worker0.spans.jsonl")
        other_rank = os.path.join(self.directory, "r", "rank1.spans.jsonl")
        for path in (stale, other_rank):
            open(path, "w").close()
        self.start()
        self.assertEqual([line["type"] for line in self.lines()], ["run"])
        self.assertFalse(os.path.exists(stale))
        self.assertTrue(os.path.exists(other_rank))


class SpanTest(RecorderTest):
    def test_context(self):
        self.start()
        before = time.perf_counter_ns()
        with sleuth.span("warp", phase="data", pixels=64):
            line = this_line() - 1
            time.sleep(0.02)
        elapsed = time.perf_counter_ns() - before
        span, = self.lines("span")
        self.assertTrue(20_000_000 <= span["dur"] <= elapsed)
        self.assertIsInstance(span["ts"], int)
        del span["ts"], span["dur"]
        self.assertEqual(span, {
            "type": "span", "name": "warp", "phase": "data", "step": 0,
            "file": os.path.relpath(__file__).replace(os.sep, "/"),
            "line": line, "lane": "main", "attrs": {"pixels": 64}})

    def test_phase_is_the_name_if_it_is_one(self):
        self.start()
        for name in ("forward", "ema"):
            with sleuth.span(name):
                pass
        self.assertEqual([span["phase"] for span in self.lines("span")], ["forward", "other"])

    def test_decorator_names_the_line_of_the_def(self):
        @sleuth.span("outer", phase="data")
        @sleuth.span("inner", phase="data")
        def fibonacci(n):
            return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

        def_line = this_line() - 3
        self.start()
        self.assertEqual(fibonacci(3), 2)
        self.assertEqual(fibonacci.__name__, "fibonacci")
        spans = self.lines("span")
        self.assertEqual(len(spans), 2 * 5)
        self.assertEqual({span["line"] for span in spans}, {def_line})

    def test_nested_spans_lie_within_each_other(self):
        self.start()
        with sleuth.span("outer"):
            with sleuth.span("inner"):
                time.sleep(0.001)
        inner, outer = self.lines("span")
        self.assertLessEqual(outer["ts"], inner["ts"])
        self.assertGreaterEqual(outer["ts"] + outer["dur"], inner["ts"] + inner["dur"])

    def test_a_failing_body_is_recorded_and_its_error_passes(self):
        self.start()
        with self.assertRaises(KeyError):
            with sleuth.span("forward"):
                raise KeyError("x")
        self.assertEqual(len(self.lines("span")), 1)

    def test_micro_batches(self):
        self.start()
        for micro in range(2):
            with sleuth.span("forward", micro=micro):
                pass
        self.assertEqual([span["micro"] for span in self.lines("span")], [0, 1])

    def test_does_nothing_before_start(self):
        @sleuth.span("forward")
        def double(x):
            return 2 * x

        with sleuth.span("outer"), sleuth.step(samples=1):
            self.assertEqual(double(2), 4)
        self.assertEqual(list(sleuth.steps([1, 2])), [1, 2])
        self.assertEqual(list(sleuth.loader([1, 2])), [1, 2])
        sleuth.counter("loss", 1)
        sleuth.event("e")
        sleuth.end_step()
        sleuth.record_collectives(object())


class StepTest(RecorderTest):
    def test_steps_last_from_asking_to_asking(self):
        self.start()
        batches = ({"image": types.SimpleNamespace(shape=(4, 3))} for _ in range(3))
        for _ in sleuth.steps(batches, epoch=5):
            line = this_line() - 1
            with sleuth.span("forward"):
                time.sleep(0.002)
        lines = self.lines()
        steps = [line for line in lines if line["type"] == "step"]
        self.assertEqual([(s["step"], s["samples"], s["epoch"]) for s in steps], [(0, 4, 5), (1, 4, 5), (2, 4, 5)])
        waits = [s for s in lines if s.get("name") == "next(loader)"]
        self.assertEqual([(w["step"], w["phase"], w["line"]) for w in waits], [(n, "data", line) for n in range(3)])
        for span in lines:
            if span["type"] == "span":
                step = steps[span["step"]]
                self.assertTrue(step["ts"] <= span["ts"]
                                and span["ts"] + span["dur"] <= step["ts"] + step["dur"], (span, step))
        for step, following in zip(steps, steps[1:]):
            gap = following["ts"] - (step["ts"] + step["dur"])
            self.assertTrue(0 <= gap < 100_000_000, gap)

    def test_leaving_the_loop_ends_the_step(self):
        self.start()
        for number in sleuth.steps(range(10)):
            if number == 1:
                break
        with self.assertRaises(KeyError):
            for _ in sleuth.steps(range(10)):
                raise KeyError("x")
        self.assertEqual([step["step"] for step in self.lines("step")], [0, 1, 2])

    def test_steps_of_the_next_epoch_go_on(self):
        self.start(first_step=100)
        for epoch in range(2):
            for _ in sleuth.steps([0, 0], epoch=epoch):
                pass
        self.assertEqual([(s["step"], s["epoch"]) for s in self.lines("step")],
                         [(100, 0), (101, 0), (102, 1), (103, 1)])

    def test_loader_is_timed_at_the_line_of_the_for_through_enumerate(self):
        class Loader(list):
            sampler = "its sampler"

        self.start()
        loader = sleuth.loader(Loader([7, 8]))
        self.assertEqual((len(loader), loader.sampler), (2, "its sampler"))
        for _epoch in range(2):
            for _, _batch in enumerate(loader):
                line = this_line() - 1
        spans = self.lines("span")
        self.assertEqual([span["name"] for span in spans], ["iter(loader)", "next(loader)", "next(loader)"] * 2)
        self.assertEqual({span["line"] for span in spans}, {line})

    def test_step_context_begins_with_the_wait_for_its_batch(self):
        self.start()
        for _ in sleuth.loader(iter([1, 2])):
            with sleuth.step(samples=8):
                time.sleep(0.001)
            time.sleep(0.005)
        lines = self.lines()
        waits = [line for line in lines if line.get("name") == "next(loader)"]
        steps = [line for line in lines if line["type"] == "step"]
        self.assertEqual([wait["step"] for wait in waits], [0, 1])
        for wait, step in zip(waits, steps):
            self.assertTrue(step["ts"] <= wait["ts"] < wait["ts"] + wait["dur"] <= step["ts"] + step["dur"])
            self.assertEqual(step["samples"], 8)
        self.assertGreater(steps[1]["ts"] - (steps[0]["ts"] + steps[0]["dur"]), 4_000_000)

    def test_markers_follow_each_other(self):
        self.start()
        for _ in range(3):
            time.sleep(0.001)
            sleuth.end_step(samples=2)
        first, second, third = self.lines("step")
        self.assertEqual(first["ts"], 0)
        self.assertEqual(first["ts"] + first["dur"], second["ts"])
        self.assertEqual(second["ts"] + second["dur"], third["ts"])

    def test_a_validation_loader_begins_no_step(self):
        recorder = self.start()
        for _ in sleuth.loader([1], name="val_loader", phase="validation"):
            pass
        validated = time.perf_counter_ns()
        with sleuth.step():
            pass
        entered, = self.lines("step")
        self.assertGreaterEqual(entered["ts"], recorder.ts(validated))


class ValueTest(RecorderTest):
    def test_counters_and_events(self):
        self.start()
        sleuth.counter("loss", 0.25)
        sleuth.event("checkpoint", bytes=12)
        line = this_line() - 1
        _, counter, event = self.lines()
        self.assertEqual((counter["name"], counter["value"]), ("loss", 0.25))
        self.assertEqual((event["name"], event["line"], event["attrs"]), ("checkpoint", line, {"bytes": 12}))

    def test_values_that_json_lacks(self):
        class Scalar:
            def item(self):
                return math.inf

        self.start()
        sleuth.counter("loss", math.nan)
        sleuth.event("e", shape=(1, 2), kind=int, scalar=Scalar(), nested={("a", 1): math.nan})
        _, counter, event = self.lines()
        self.assertIsNone(counter["value"])
        self.assertEqual(event["attrs"], {"shape": [1, 2], "kind": "<class 'int'>", "scalar": None,
                                          "nested": {"('a', 1)": None}})


class RobustnessTest(RecorderTest):
    def test_a_directory_that_cannot_be_made_is_one_warning(self):
        blocker = os.path.join(self.directory, "r")
        open(blocker, "w").close()
        with self.assertLogs("training_sleuth") as logs:
            self.start()
            for _ in sleuth.steps([1, 2]):
                with sleuth.span("forward"):
                    pass
            sleuth.stop()
        self.assertEqual(len(logs.output), 1)

    def test_a_full_disk_ends_the_recording_and_nothing_else(self):
        self.start()
        with mock.patch.object(sleuth, "_FLUSH_AFTER_NS", 0), self.assertLogs("training_sleuth") as logs:
            sleuth.event("fine")
            sleuth.stop()
            self.start()
            with mock.patch("os.write", side_effect=OSError(28, "No space left on device")):
                for _ in range(3):
                    sleuth.event("lost")
            sleuth.stop()
        self.assertEqual(len(logs.output), 1)

    def test_partial_writes_are_completed(self):
        write = os.write
        with mock.patch("os.write", side_effect=lambda descriptor, data: write(descriptor, data[:7])):
            self.start()
            sleuth.event("e")
            sleuth.stop()
        self.assertEqual(len(self.lines()), 2)

    def test_threads(self):
        self.start()

        def work():
            for _ in range(500):
                with sleuth.span("io", phase="other"):
                    pass

        threads = [threading.Thread(target=work, name=f"loader thread {n}") for n in range(8)]
        with mock.patch.object(sleuth, "_FLUSH_AFTER_NS", 100_000):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        spans = self.lines("span")
        self.assertEqual(len(spans), 4000)
        self.assertEqual({span["lane"] for span in spans}, {thread.name for thread in threads})

    def test_the_rest_is_written_when_the_process_ends(self):
        run_script("""
            import training_sleuth as sleuth
            sleuth.start()
            with sleuth.span("forward"):
                pass
            raise SystemExit(0)
        """, self.directory, SLEUTH_RUN="r", SLEUTH_DIR=self.directory)
        header, span = self.lines()
        self.assertEqual((header["script"], span["file"], span["line"]), ("train.py", "train.py", 4))

    def test_an_uncaught_error_keeps_what_was_recorded(self):
        process = run_script("""
            import training_sleuth as sleuth
            sleuth.start(directory=".")
            for _ in sleuth.steps(range(3)):
                raise ValueError("diverged")
        """, self.directory, check=False)
        self.assertIn("diverged", process.stderr)
        kinds = [line["type"] for line in read_lines(os.path.join(self.directory, "train", "rank0.spans.jsonl"))]
        self.assertEqual(kinds, ["run", "source", "span", "span", "step", "end"])

    @unittest.skipUnless(hasattr(signal, "SIGKILL"), "needs SIGKILL")
    def test_a_killed_run_leaves_whole_lines(self):
        run_script("""
            import os, signal, time
            import training_sleuth as sleuth
            sleuth._FLUSH_AFTER_NS = 1_000_000
            sleuth.start(run="r", directory=".")
            end = time.monotonic() + 0.2
            while time.monotonic() < end:
                with sleuth.span("forward"):
                    pass
            os.kill(os.getpid(), signal.SIGKILL)
        """, self.directory, check=False)
        self.assertGreater(len(self.lines("span")), 100)

    def test_recording_needs_nothing_but_the_standard_library(self):
        process = run_script("""
            import sys
            sys.modules["torch"] = None
            import training_sleuth as sleuth
            sleuth.start(run="r", directory=".")
            for _ in sleuth.steps([1]):
                with sleuth.span("forward"):
                    pass
            sleuth.stop()
            outside = {"torch", "numpy"} & {name for name, module in sys.modules.items() if module is not None}
            print(sorted(outside))
        """, self.directory)
        self.assertEqual((process.stdout.strip(), process.stderr), ("[]", ""))
        self.assertEqual(len(self.lines("step")), 1)

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_process_writes_nothing_of_its_parent(self):
        self.start()
        sleuth.event("before")
        process = multiprocessing.get_context("fork").Process(target=sleuth.event, args=("in the child",))
        process.start()
        process.join()
        self.assertEqual(process.exitcode, 0)
        sleuth.event("after")
        self.assertEqual([line["name"] for line in self.lines("event")], ["before", "after"])


class PathTest(RecorderTest):
    def test_files_are_named_from_the_working_or_the_script_directory(self):
        package = os.path.join(self.directory, "project", "lib")
        elsewhere = os.path.join(self.directory, "elsewhere")
        os.makedirs(package)
        os.makedirs(elsewhere)
        with open(os.path.join(package, "augment.py"), "w") as file:
            file.write("import training_sleuth as sleuth\n\n\n@sleuth.span('warp')\ndef warp():\n    pass\n")
        with open(os.path.join(self.directory, "project", "main.py"), "w") as file:
            file.write("import training_sleuth as sleuth\nfrom lib.augment import warp\n"
                       f"sleuth.start(run='r', directory={self.directory!r})\nwarp()\n")
        for cwd in (self.directory, elsewhere):
            subprocess.run([sys.executable, os.path.join(self.directory, "project", "main.py")], cwd=cwd, check=True,
                           env={**os.environ, "PYTHONPATH": HERE})
            header, span = self.lines()
            prefix = "project/" if cwd == self.directory else ""
            self.assertEqual((header["script"], span["file"], span["line"]),
                             (prefix + "main.py", prefix + "lib/augment.py", 5))

    def test_a_library_between_is_skipped(self):
        library = os.path.join(self.directory, "site-packages")
        os.makedirs(library)
        with open(os.path.join(library, "progress.py"), "w") as file:
            file.write("def show(items):\n    for item in items:\n        yield item\n")
        run_script("""
            import sys
            sys.path.insert(0, "site-packages")
            import progress
            import training_sleuth as sleuth
            sleuth.start(run="r", directory=".")
            for _ in progress.show(sleuth.loader([1])):
                pass
        """, self.directory)
        self.assertEqual({(span["file"], span["line"]) for span in self.lines("span")}, {("train.py", 7)})


class RankTest(RecorderTest):
    def rank_in(self, **environment):
        with mock.patch.dict(os.environ, environment, clear=True), mock.patch.dict(sys.modules, {"torch": None}):
            recorder = self.start()
        header, = self.lines(name=os.path.basename(recorder.path))
        return header["rank"], header["worldSize"], header.get("localRank")

    def test_launchers(self):
        for rank, size, local in (
                ("RANK", "WORLD_SIZE", "LOCAL_RANK"),
                ("HOROVOD_RANK", "HOROVOD_SIZE", "HOROVOD_LOCAL_RANK"),
                ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
                ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_RANK"),
                ("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
                ("PALS_RANKID", "PALS_NRANKS", "PALS_LOCAL_RANKID"),
                ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID")):
            with self.subTest(rank):
                self.assertEqual(self.rank_in(**{rank: "13", size: "16", local: "5"}), (13, 16, 5))

    def test_nothing_is_rank_0_of_1(self):
        self.assertEqual(self.rank_in(), (0, 1, None))

    def test_torchrun_within_slurm_is_torchrun(self):
        self.assertEqual(self.rank_in(SLURM_PROCID="1", SLURM_STEP_NUM_TASKS="2", SLURM_LOCALID="0", RANK="9",
                                      WORLD_SIZE="16", LOCAL_RANK="1"), (9, 16, 1))

    def test_one_process_of_a_batch_script_is_alone_whatever_the_job_may_start(self):
        self.assertEqual(self.rank_in(SLURM_PROCID="0", SLURM_NTASKS="8", SLURM_LOCALID="0"), (0, 1, 0))

    def test_torch_distributed_wins(self):
        distributed = types.SimpleNamespace(is_available=lambda: True, is_initialized=lambda: True,
                                            get_rank=lambda: 6, get_world_size=lambda: 7)
        with mock.patch.dict(sys.modules, {"torch": types.SimpleNamespace(distributed=distributed)}), \
                mock.patch.dict(os.environ, {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1"}):
            self.assertEqual(sleuth._find_rank(), (6, 7, 1))

    def test_a_rank_without_its_world_is_the_last_of_it(self):
        self.assertEqual(self.rank_in(PMI_RANK="3"), (3, 4, None))

    @unittest.skipUnless(sleuth.fcntl, "needs file locks")
    def test_two_processes_that_take_themselves_for_rank_0_do_not_mix(self):
        self.start()
        sleuth.event("mine")
        process = run_script("""
            import training_sleuth as sleuth
            sleuth.start(run="r", directory=".")
            sleuth.event("theirs")
        """, self.directory)
        self.assertIn("init_process_group", process.stderr)
        self.assertEqual([line["name"] for line in self.lines("event")], ["mine"])


class SamplingTest(RecorderTest):
    def record(self, **options):
        self.start(sample_every=3, **options)
        for _ in sleuth.steps(range(7)):
            with sleuth.span("forward"):
                pass
            sleuth.counter("loss", 1)
        return self.lines()

    def test_all_steps_are_timed_and_every_third_has_spans(self):
        header, *lines = self.record()
        self.assertEqual(header["sampleEvery"], 3)
        steps = [line for line in lines if line["type"] == "step"]
        self.assertEqual([(s["step"], s.get("sampled", True)) for s in steps], [(n, n % 3 == 0) for n in range(7)])
        for step, following in zip(steps, steps[1:]):
            self.assertLess(following["ts"] - step["ts"] - step["dur"], 100_000_000)
        names = [(line["step"], line["name"]) for line in lines if line["type"] == "span"]
        self.assertEqual(names, [(0, "iter(loader)")] + [
            (step, name) for step in (0, 3, 6) for name in ("next(loader)", "forward")])
        self.assertEqual(len([line for line in lines if line["type"] == "counter"]), 7)

    def test_ranks_that_resume_sample_the_same_steps(self):
        steps = [line for line in self.record(first_step=100) if line["type"] == "step"]
        self.assertEqual([s["step"] for s in steps if s.get("sampled", True)], [102, 105])

    def test_without_sampling_nothing_is_marked(self):
        self.start()
        for _ in sleuth.steps(range(2)):
            pass
        header, *lines = self.lines()
        self.assertNotIn("sampleEvery", header)
        self.assertTrue(all("sampled" not in line for line in lines))


class SourceTest(RecorderTest):
    SCRIPT = """
        import training_sleuth as sleuth
        sleuth.start(run="r", directory=".")
        for _ in range(2):
            with sleuth.span("forward"):
                pass
        sleuth.stop()
    """

    def sources(self):
        run_script(self.SCRIPT, self.directory)
        return [line for line in self.lines("source")]

    def text(self):
        with open(os.path.join(self.directory, "train.py"), "rb") as file:
            return file.read()

    def test_each_file_is_named_once_by_its_blob(self):
        source, = self.sources()
        text = self.text()
        blob = hashlib.sha1(b"blob " + str(len(text)).encode() + b"\0" + text).hexdigest()
        self.assertEqual(source, {"type": "source", "file": "train.py", "blob": blob})

    @unittest.skipUnless(shutil.which("git"), "needs git")
    def test_blob_and_commit_are_those_of_git(self):
        def git(*args, cwd=self.directory):
            return subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], cwd=cwd, check=True,
                                  stdout=subprocess.PIPE, text=True).stdout.strip()

        git("init", "-q", "-b", "main")
        run_script(self.SCRIPT, self.directory)
        git("add", "train.py")
        git("commit", "-q", "-m", "one")
        commit = git("rev-parse", "HEAD")
        source, = self.sources()
        self.assertEqual((source["blob"], source["commit"]), (git("rev-parse", "HEAD:train.py"), commit))
        git("pack-refs", "--all")
        self.assertEqual(self.sources()[0]["commit"], commit)
        git("checkout", "-q", "--detach")
        self.assertEqual(self.sources()[0]["commit"], commit)
        worktree = os.path.join(self.directory, "linked")
        git("worktree", "add", "-q", "-b", "other", worktree)
        self.assertEqual(sleuth._find_commit(worktree), commit)

    def test_line_ends_of_windows_also_give_the_blob_that_git_keeps(self):
        path = os.path.join(self.directory, "train.py")
        with open(path, "wb") as file:
            file.write(b"a\r\nb\r\n")
        os.utime(path, (1, 1))
        self.assertEqual(sleuth._identify_text(path), {
            "blob": hashlib.sha1(b"blob 6\0a\r\nb\r\n").hexdigest(),
            "blobLf": hashlib.sha1(b"blob 4\0a\nb\n").hexdigest()})

    def test_a_file_that_changed_since_the_process_began_is_not_what_runs(self):
        path = os.path.join(self.directory, "train.py")
        with open(path, "w") as file:
            file.write("x")
        self.assertIsNone(sleuth._identify_text(path))

    def test_a_broken_repository_is_no_commit(self):
        os.mkdir(os.path.join(self.directory, ".git"))
        source, = self.sources()
        self.assertNotIn("commit", source)


class DiskTest(RecorderTest):
    SCRIPT = """
        import os, sys
        import training_sleuth as sleuth
        LIMIT
        sleuth._FLUSH_AFTER_NS = 0
        sleuth.start(run="r", directory=".")
        for _ in sleuth.steps(range(1000)):
            with sleuth.span("forward"):
                pass
        print("trained")
    """

    def record(self, limit):
        process = run_script(self.SCRIPT.replace("LIMIT", limit), self.directory)
        self.assertEqual(process.stdout.strip(), "trained")
        self.assertEqual(process.stderr.count("recording into"), 1, process.stderr)

    @unittest.skipUnless(importlib.util.find_spec("resource"), "needs limits of the system")
    def test_what_fitted_on_the_disk_stays_readable(self):
        self.record("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))")
        path = os.path.join(self.directory, "r", "rank0.spans.jsonl")
        self.assertEqual(os.path.getsize(path), 20_000)
        with open(path) as file:
            *whole, cut = file.read().split("\n")
        self.assertGreater(len([json.loads(line) for line in whole]), 80)
        with self.assertRaises(ValueError):
            json.loads(cut)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_device_without_room(self):
        os.mkdir(os.path.join(self.directory, "r"))
        os.symlink("/dev/full", os.path.join(self.directory, "r", "rank0.spans.jsonl"))
        self.record("os.ftruncate = lambda *_: None")

    @unittest.skipUnless(hasattr(os, "geteuid") and os.geteuid() != 0, "needs a user who may not write everywhere")
    def test_a_directory_that_may_not_be_written(self):
        os.mkdir(os.path.join(self.directory, "r"))
        os.chmod(os.path.join(self.directory, "r"), 0o500)
        self.record("")

    def test_a_directory_that_cannot_be_written(self):
        # Also for root, who may write everywhere.
        self.record("sys.modules['training_sleuth'].os.makedirs = lambda *a, **k: (_ for _ in ()).throw("
                    "PermissionError(13, 'Read-only file system'))")

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_workers_that_are_forked_while_threads_record_neither_hang_nor_write(self):
        run_script("""
            import os, signal, threading
            import training_sleuth as sleuth
            sleuth._FLUSH_AFTER_NS = 10_000
            sleuth.start(run="r", directory=".")
            stop = threading.Event()

            def work():
                while not stop.is_set():
                    with sleuth.span("io"):
                        pass

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for _ in range(30):
                child = os.fork()
                if child == 0:
                    with sleuth.span("child"):
                        pass
                    sleuth.event("child")
                    os._exit(0)
                assert os.waitpid(child, 0)[1] == 0
            stop.set()
            for thread in threads:
                thread.join()
            os.kill(os.getpid(), signal.SIGKILL)
        """, self.directory, check=False)
        lines = self.lines()
        self.assertGreater(len(lines), 100)
        self.assertEqual({line.get("name") for line in lines}, {None, "io"})


class LightningTest(RecorderTest):
    """Against the order of hooks and of the profiler's actions of Lightning 2.6, told by objects of ours."""

    class Module:
        automatic_optimization = True

        def training_step(self, batch, index):
            pass

        def validation_step(self, batch, index):
            pass

    def fit(self, batches=4, accumulate=1, failing=False):
        callback = sleuth.lightning_callback(run="r", directory=self.directory)
        profiler = types.SimpleNamespace(start=lambda name: None, stop=lambda name: None)
        plain = (profiler.start, profiler.stop)
        logger = types.SimpleNamespace(log_metrics=lambda **_: None)
        trainer = types.SimpleNamespace(profiler=profiler, loggers=[logger], training=True, global_step=0,
                                        current_epoch=0, accumulate_grad_batches=accumulate)
        module = self.Module()
        batch = types.SimpleNamespace(shape=(8,))

        def act(*names):
            for name in names:
                profiler.start(name)
                profiler.stop(name)

        callback.on_train_start(trainer, module)
        if failing:
            del trainer.global_step
        for index in range(batches):
            act("[_TrainingEpochLoop].train_dataloader_next", "[Strategy]S.batch_to_device")
            callback.on_train_batch_start(trainer, module, batch, index)
            act("[Strategy]S.training_step", "[Strategy]S.backward", "[Callback]X.on_train_batch_end")
            if (index + 1) % accumulate == 0:
                callback.on_before_optimizer_step(trainer, module, None)
                if not failing:
                    trainer.global_step += 1
            callback.on_train_batch_end(trainer, module, None, batch, index)
            logger.log_metrics(metrics={})
        callback.on_validation_start(trainer, module)
        trainer.training = False
        act("[Strategy]S.batch_to_device")
        callback.on_validation_end(trainer, module)
        act("save_checkpoint")
        trainer.training = True
        act("[_TrainingEpochLoop].train_dataloader_next")
        callback.on_train_epoch_end(trainer, module)
        callback.on_train_end(trainer, module)
        self.assertEqual((profiler.start, profiler.stop), plain)
        return self.lines()

    def test_phases_and_steps(self):
        _, *lines = self.fit()
        steps = [line for line in lines if line["type"] == "step"]
        self.assertEqual([(s["step"], s["samples"], s["epoch"]) for s in steps], [(n, 8, 0) for n in range(4)])
        of_step = [[(line["name"], line["phase"]) for line in lines if line["type"] == "span" and line["step"] == n]
                   for n in range(4)]
        usual = [("next(loader)", "data"), ("batch_to_device", "h2d"), ("training_step", "forward"),
                 ("backward", "backward"), ("optimizer", "optimizer"), ("log", "logging")]
        self.assertEqual(of_step[:3], [usual] * 3)
        self.assertEqual(of_step[3], [*usual, ("validate", "validation"), ("save_checkpoint", "checkpoint")])
        for step, following in zip(steps, steps[1:]):
            self.assertLessEqual(step["ts"] + step["dur"], following["ts"])

    def test_lines_of_the_module(self):
        lines = {line["name"]: line["line"] for line in self.fit() if line["type"] == "span"}
        training = self.Module.training_step.__code__.co_firstlineno
        self.assertEqual((lines["training_step"], lines["backward"], lines["validate"]),
                         (training, training, self.Module.validation_step.__code__.co_firstlineno))

    def test_accumulated_batches_are_one_step(self):
        lines = self.fit(accumulate=2)
        self.assertEqual([s["samples"] for s in lines if s["type"] == "step"], [16, 16])
        forwards = [(s["step"], s["micro"]) for s in lines if s.get("name") == "training_step"]
        self.assertEqual(forwards, [(0, 0), (0, 1), (1, 0), (1, 1)])

    def test_what_fails_ends_the_callback_and_not_the_training(self):
        with self.assertLogs("training_sleuth") as logs:
            self.fit(failing=True)
        self.assertEqual(len(logs.output), 1)

    def test_it_can_be_sent_to_another_process(self):
        callback = pickle.loads(pickle.dumps(sleuth.lightning_callback(run="there")))
        self.assertEqual(callback._options, {"run": "there"})


class TrainerTest(RecorderTest):
    """Against the order of events of the Trainer of transformers 5, told by objects of ours."""

    def train(self, model, accumulate=1, compiled=False):
        callback = sleuth.trainer_callback(run="r", directory=self.directory)
        args = types.SimpleNamespace(train_batch_size=4, gradient_accumulation_steps=accumulate,
                                     torch_compile=compiled)
        state = types.SimpleNamespace(global_step=0, epoch=0.0)
        tell = lambda name, **kwargs: getattr(callback, name)(args, state, None, **kwargs)  # noqa: E731
        tell("on_train_begin", model=model)
        tell("on_epoch_begin")
        for step in range(3):
            tell("on_step_begin")
            for micro in range(accumulate):
                model()
                if micro < accumulate - 1:
                    tell("on_substep_end")
            tell("on_pre_optimizer_step")
            tell("on_optimizer_step")
            state.global_step, state.epoch = step + 1, (step + 1) / 3
            tell("on_step_end")
            tell("on_log")
        model.training = False
        model()
        model.training = True
        tell("on_prediction_step")
        tell("on_log")
        tell("on_evaluate")
        tell("on_save")
        tell("on_train_end")
        return [line for line in self.lines() if line["type"] in ("span", "step")]

    class Model:
        training = True

        def __init__(self):
            self.before, self.after = [], []

        def register_forward_pre_hook(self, hook):
            self.before.append(hook)
            return types.SimpleNamespace(remove=lambda: self.before.remove(hook))

        def register_forward_hook(self, hook):
            self.after.append(hook)
            return types.SimpleNamespace(remove=lambda: self.after.remove(hook))

        def __call__(self):
            for hook in self.before:
                hook(self, ())
            for hook in self.after:
                hook(self, (), None)

    def test_phases_and_steps(self):
        model = self.Model()
        lines = self.train(model)
        self.assertEqual([(s["step"], s["samples"], s["epoch"]) for s in lines if s["type"] == "step"],
                         [(n, 4, 0) for n in range(3)])
        usual = ["next(loader)", "forward", "backward", "optimizer", "log"]
        for step in range(3):
            self.assertEqual([line["name"] for line in lines if line["type"] == "span" and line["step"] == step],
                             usual + (["evaluate", "save"] if step == 2 else []))
        self.assertEqual((model.before, model.after), ([], []))

    def test_accumulated_batches_are_one_step(self):
        lines = self.train(self.Model(), accumulate=2)
        self.assertEqual([(s["step"], s["micro"]) for s in lines if s.get("name") == "backward"],
                         [(n, micro) for n in range(3) for micro in range(2)])

    def test_a_compiled_model_is_left_alone(self):
        model = self.Model()
        lines = self.train(model, compiled=True)
        names = [line["name"] for line in lines if line["type"] == "span" and line["step"] == 0]
        self.assertEqual(names, ["next(loader)", "forward_backward", "optimizer", "log"])


@unittest.skipUnless(HAS_TORCH, "needs torch")
class ProfileTest(RecorderTest):
    def test_chosen_steps_become_traces_beside_the_span_file(self):
        run_script("""
            import torch
            import training_sleuth as sleuth

            model = torch.nn.Linear(8, 8)
            sleuth.start(run="r", directory=".", rank=3, world_size=4)
            with sleuth.profile(steps=[3, 4, 8]):
                for batch in sleuth.steps([torch.randn(4, 8)] * 12):
                    with sleuth.span("forward"):
                        model(batch).sum()
        """, self.directory)
        files = sorted(os.listdir(os.path.join(self.directory, "r")))
        self.assertEqual(files, ["rank3.spans.jsonl", "steps3-4.rank3.pt.trace.json", "steps8-8.rank3.pt.trace.json"])
        for name, steps in zip(files[1:], ((3, 4), (8,))):
            with open(os.path.join(self.directory, "r", name)) as file:
                trace = json.load(file)
            names = [event.get("name") for event in (trace if isinstance(trace, list) else trace["traceEvents"])]
            for step in range(12):
                self.assertEqual(f"ProfilerStep#{step}" in names, step in steps, (name, step))
            self.assertEqual(names.count("forward"), len(steps))

    def test_a_profiler_that_fails_is_one_warning(self):
        self.start()
        with mock.patch.dict(sys.modules, {"torch.profiler": None}), self.assertLogs("training_sleuth") as logs:
            with sleuth.profile(steps=range(1, 3)):
                for _ in sleuth.steps(range(4)):
                    pass
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(len(self.lines("step")), 4)


class FakeCuda:
    """A device that runs ``lag_ns`` behind the host, on a clock that moves only when told."""

    def __init__(self, lag_ns):
        self.lag_ns = lag_ns
        self.now_ns = 5_000_000_000
        self.synchronized = 0

    def is_initialized(self):
        return True

    def is_current_stream_capturing(self):
        return False

    def current_device(self):
        return 0

    def get_device_name(self, index):
        return "Fake"

    def Event(self, enable_timing):
        cuda = self

        class Event:
            def record(self):
                self.at_ns = cuda.now_ns + cuda.lag_ns

            def query(self):
                return cuda.now_ns >= self.at_ns

            def synchronize(self):
                cuda.synchronized += 1
                cuda.now_ns = max(cuda.now_ns, self.at_ns)

            def elapsed_time(self, end):
                return (end.at_ns - self.at_ns) / 1e6

        return Event()


class DeviceTest(RecorderTest):
    def start_on(self, cuda):
        for patch in (mock.patch.dict(sys.modules, {"torch": types.SimpleNamespace(cuda=cuda)}),
                      mock.patch.object(sleuth, "_now_ns", lambda: cuda.now_ns)):
            patch.start()
            self.addCleanup(patch.stop)
        self.start()

    def device_spans(self):
        with mock.patch.object(sleuth, "_CLOSE_WAIT_S", 0.05):
            return [line for line in self.lines("span") if line["lane"] == "device"]

    def test_spans_get_their_device_time_without_waiting(self):
        cuda = FakeCuda(lag_ns=30_000_000)
        self.start_on(cuda)
        for _ in sleuth.steps(range(5)):
            for phase in ("forward", "logging"):
                with sleuth.span(phase):
                    line = this_line() - 1
                    cuda.now_ns += 2_000_000
        cuda.now_ns += cuda.lag_ns
        spans = self.device_spans()
        self.assertEqual(self.lines()[0]["device"], "cuda:0 Fake")
        self.assertEqual(cuda.synchronized, 1)
        self.assertEqual([(span["name"], span["step"], span["line"]) for span in spans],
                         [("forward", step, line) for step in range(5)])
        on_host = [span for span in self.lines("span") if span["lane"] == "main" and span["name"] == "forward"]
        for device_span, host_span in zip(spans, on_host):
            self.assertAlmostEqual(device_span["ts"], host_span["ts"] + cuda.lag_ns, delta=100)
            self.assertAlmostEqual(device_span["dur"], 2_000_000, delta=100)

    def test_clocks_that_drift_apart_are_kept_together(self):
        for drift in (0.9, 1.1):
            with self.subTest(drift):
                cuda = FakeCuda(lag_ns=0)
                self.start_on(cuda)
                event_of = cuda.Event

                def drifting_event(enable_timing):
                    event = event_of(enable_timing)
                    event.elapsed_time = lambda end: (end.at_ns - event.at_ns) / 1e6 * drift
                    return event

                cuda.Event = drifting_event
                for _ in sleuth.steps(range(50)):
                    with sleuth.span("forward"):
                        cuda.now_ns += 1_000_000
                    cuda.now_ns += 9_000_000
                spans = self.device_spans()
                on_host = [span for span in self.lines("span") if span["lane"] == "main" and span["name"] == "forward"]
                self.assertEqual(len(spans), 50)
                for device_span, host_span in zip(spans, on_host):
                    self.assertAlmostEqual(device_span["ts"], host_span["ts"], delta=10_000_000)

    def test_a_device_that_fails_is_one_warning_and_host_times_go_on(self):
        cuda = FakeCuda(lag_ns=0)
        cuda.Event = mock.Mock(side_effect=RuntimeError("CUDA error: an illegal memory access"))
        with self.assertLogs("training_sleuth") as logs:
            self.start_on(cuda)
            for _ in sleuth.steps(range(3)):
                with sleuth.span("forward"):
                    pass
        self.assertEqual(len(logs.output), 1)
        self.assertEqual({line["lane"] for line in self.lines("span")}, {"main"})

    def test_nothing_waits_for_a_device_that_hangs(self):
        cuda = FakeCuda(lag_ns=0)
        self.start_on(cuda)
        with sleuth.span("forward"):
            pass
        cuda.lag_ns = 10**15
        with sleuth.span("forward"):
            pass
        self.assertEqual(len(self.device_spans()), 1)


@unittest.skipUnless(HAS_TORCH, "needs torch")
class DataLoaderTest(RecorderTest):
    SCRIPT = """
        import torch
        from torch.utils.data import DataLoader, Dataset
        import training_sleuth as sleuth

        class Squares(Dataset):
            def __len__(self):
                return 16

            @sleuth.span("augment", phase="data")
            def __getitem__(self, index):
                return torch.tensor([index * index])

        if __name__ == "__main__":
            sleuth.start(run="r", directory=".")
            loader = DataLoader(Squares(), batch_size=4, num_workers=WORKERS, multiprocessing_context=METHOD)
            for epoch in range(2):
                total = sum(int(batch.sum()) for batch in sleuth.steps(loader, epoch=epoch))
            print(total)
    """

    def record(self, workers, method):
        source = self.SCRIPT.replace("WORKERS", str(workers)).replace("METHOD", repr(method))
        process = run_script(source, self.directory)
        self.assertEqual(process.stdout.strip(), "1240")
        self.assertNotIn("sleuth", process.stderr)

    def test_without_workers_the_data_set_is_within_the_wait(self):
        self.record(0, None)
        lines = self.lines("span")
        waits = [span for span in lines if span["name"] == "next(loader)"]
        augments = [span for span in lines if span["name"] == "augment"]
        self.assertEqual((len(waits), len(augments)), (8, 32))
        for augment in augments:
            wait = waits[augment["step"]]
            self.assertTrue(wait["ts"] <= augment["ts"]
                            and augment["ts"] + augment["dur"] <= wait["ts"] + wait["dur"])

    def test_workers_write_files_of_their_own(self):
        for method in {"fork", "spawn"} & set(multiprocessing.get_all_start_methods()):
            with self.subTest(method):
                self.record(2, method)
                rank = self.lines()
                self.assertEqual({line["lane"] for line in rank if line["type"] == "span"}, {"main"})
                self.assertEqual(len([line for line in rank if line["type"] == "step"]), 8)
                for worker in range(2):
                    header, *spans = self.lines(name=f"rank0.worker{worker}.spans.jsonl")
                    self.assertEqual((header["type"], header["rank"], header["worker"], header["startUnixNs"]),
                                     ("run", 0, worker, rank[0]["startUnixNs"]))
                    self.assertNotEqual(header["pid"], rank[0]["pid"])
                    self.assertEqual(len(spans), 16)
                    self.assertEqual({(s["name"], s["lane"], s["file"], s["line"], s.get("step")) for s in spans},
                                     {("augment", f"worker {worker}", "train.py", 11, None)})
                    for span in spans:
                        self.assertTrue(0 < span["ts"] < rank[-1]["ts"] + rank[-1]["dur"])


def reduce_gradients(rank, world_size, directory, records):
    """One rank of a small DDP training; keeps its parameters in a file."""
    import torch
    import torch.distributed as dist

    dist.init_process_group("gloo", init_method=f"file://{directory}/store-{records}", rank=rank,
                            world_size=world_size)
    torch.manual_seed(0)
    layers = [torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512)]
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Sequential(*layers), bucket_cap_mb=1)
    if records:
        sleuth.start(run="r", directory=directory)
        sleuth.record_collectives(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    torch.manual_seed(1 + rank)
    for _ in sleuth.steps(range(4)):
        if rank == 1 and records:
            time.sleep(0.3)
        with sleuth.span("backward"):
            model(torch.randn(8, 512)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.save(model.module.state_dict(), os.path.join(directory, f"{records}-{rank}.pt"))
    sleuth.stop()
    dist.destroy_process_group()


@unittest.skipUnless(HAS_TORCH, "needs torch")
class CollectiveTest(RecorderTest):
    def train(self, world_size, records):
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=reduce_gradients, args=(rank, world_size, self.directory, records))
                     for rank in range(world_size)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(120)
            self.assertEqual(process.exitcode, 0)

    def test_gradients_are_those_of_plain_ddp_and_each_bucket_is_recorded(self):
        import torch

        for records in (False, True):
            self.train(2, records)
        for rank in range(2):
            plain, recorded = (torch.load(os.path.join(self.directory, f"{records}-{rank}.pt"))
                               for records in (False, True))
            for name, tensor in plain.items():
                self.assertTrue(torch.equal(tensor, recorded[name]), name)

        by_rank = {}
        for rank in range(2):
            header, *lines = self.lines(name=f"rank{rank}.spans.jsonl")
            self.assertEqual((header["rank"], header["worldSize"]), (rank, 2))
            spans = [line for line in lines if line.get("name") == "all_reduce"]
            self.assertEqual({(s["phase"], s["lane"]) for s in spans}, {("communication", "communication")})
            spans.sort(key=lambda span: span["attrs"]["seq"])
            self.assertEqual([span["attrs"]["seq"] for span in spans], list(range(len(spans))))
            self.assertEqual(sorted({span["step"] for span in spans}), [0, 1, 2, 3])
            by_rank[rank] = [(header["startUnixNs"] + span["ts"], span) for span in spans]
        self.assertGreater(len(by_rank[0]), 4)
        self.assertEqual(len(by_rank[0]), len(by_rank[1]))
        first_of_steps = {}
        for (begin_0, span_0), (begin_1, span_1) in zip(by_rank[0], by_rank[1]):
            self.assertEqual(span_0["attrs"], span_1["attrs"])
            first_of_steps.setdefault(span_0["step"], (begin_1 - begin_0, span_0["dur"], span_1["dur"]))
        # Rank 1 sleeps 300 ms before each backward: it comes late, and rank 0 waits in the collective. Not
        # so in step 1, where DDP rebuilds its buckets and the ranks already meet in the forward.
        for step in range(2, 4):
            late, waited, _ = first_of_steps[step]
            self.assertGreater(late, 150_000_000)
            self.assertGreater(waited, 150_000_000)

    def test_a_model_may_go_right_after_its_last_backward(self):
        process = run_script("""
            import torch
            import torch.distributed as dist
            import training_sleuth as sleuth

            def train(round):
                dist.init_process_group("gloo", init_method=f"file://{round}.store", rank=0, world_size=1)
                model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(300, 300))
                sleuth.record_collectives(model)
                loss = model(torch.randn(4, 300)).sum()
                dist.destroy_process_group()
                loss.backward()

            sleuth.start(run="r", directory=".")
            for round in range(40):
                train(round)
        """.replace("file://", "file:///" + self.directory.strip("/") + "/"), self.directory)
        self.assertEqual(process.stderr, "")
        self.assertEqual(len(self.lines("span")), 40)

    def test_a_model_without_ddp_is_left_alone(self):
        import torch

        self.start()
        sleuth.record_collectives(torch.nn.Linear(2, 2))


if __name__ == "__main__":
    unittest.main()
