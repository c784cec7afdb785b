"""The training worker as its parent drives it: events, kills, full disks, and a polite stop.

Real processes, a real model, the first backend that is installed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from training_facts import HELD_OUT, RECIPE, TEXTS

from bench.launcher import Worker, WorkerDiedError
from bench.states.training.job import TrainingJob
from bench.worker_environment import worker_environment
from reports.training import Training
from reports.training_texts import write_texts

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills and pipes of Linux"),
]


class Parent:
    """Starts workers on jobs that differ by state, which names what goes wrong, and by folder."""

    def __init__(self, root, backend, preset):
        self._root, self._backend, self._preset = root, backend, preset
        write_texts(root / "texts.jsonl.gz", TEXTS, HELD_OUT)

    def out(self, folder):
        return self._root / folder / "preset"

    def start(self, state, folder, module="training_worker"):
        job = TrainingJob(
            preset="tiny",
            state=state,
            key="k",
            base=str(self._preset),
            texts=str(self._root / "texts.jsonl.gz"),
            data={},
            shuffle=True,
            recipe=RECIPE,
            hardware={"device": "cpu", "backend": self._backend, "threads": 1},
            work=str(self._root / folder / "work"),
            out=str(self.out(folder)),
        )
        (self._root / folder).mkdir(exist_ok=True)
        environment = worker_environment({"device": "cpu", "backend": self._backend}, os.environ)
        return Worker(job, environment, self._root / f"{state}.log", module)

    def events(self, state, folder, **options):
        with self.start(state, folder, **options) as worker:
            return list(worker.events(600))

    def dies(self, state, folder):
        with pytest.raises(WorkerDiedError, match="SIGKILL"):
            self.events(state, folder)
        assert not self.out(folder).exists() or state == "kill_before_telling"


@pytest.fixture(scope="module")
def parent(backend, tiny_preset, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        yield Parent(tmp_path_factory.mktemp("kills"), backend, tiny_preset)


@pytest.fixture(scope="module")
def unbroken(parent):
    """The record of a training that nothing disturbed."""
    events = parent.events("fine", "unbroken", module="bench.states.training.worker")
    return events, trained(events)


def trained(events):
    [event] = [event for event in events if event["event"] == "trained"]
    return Training.from_data(event["training"])


def failed(events):
    assert [event["event"] for event in events[-2:]] == ["failed", "end"]
    return events[-2]


def weights(folder):
    """Every data set of a preset's weights file, by name."""
    import h5py

    found = {}
    with h5py.File(folder / "model.weights.h5") as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]}) if hasattr(item, "dtype") else None
        )
    return found


def assert_same_weights(a, b):
    first, second = weights(a), weights(b)
    assert first.keys() == second.keys()
    assert first
    assert all((first[name] == second[name]).all() for name in first)


def test_a_training_tells_what_it_does_and_ends(unbroken):
    events, training = unbroken
    kinds = [event["event"] for event in events]
    assert kinds[-2:] == ["trained", "end"]
    assert set(kinds) == {"step", "progress", "trained", "end"}
    phases = [event["phase"] for event in events if event["event"] == "step"]
    assert phases[0] == "import and load"
    assert phases[-1] == "save the preset"
    steps = [event["step"] for event in events if event["event"] == "progress"]
    assert steps == sorted(set(steps))
    assert training.steps == 18
    assert training.line().startswith("9/9 ")


def test_killed_anywhere_it_ends_like_an_unbroken_one(parent, unbroken):
    """One training that is killed in a step, while saving, before and after the rename."""
    parent.dies("kill_in_step_7", "chain")
    parent.dies("kill_while_saving", "chain")
    reason = failed(parent.events("disk_full_while_saving", "chain"))
    assert reason["failure"] == "input"
    assert "make room" in reason["reason"]
    assert not parent.out("chain").exists()
    parent.dies("kill_before_rename", "chain")
    parent.dies("kill_before_telling", "chain")
    training = trained(parent.events("fine", "chain"))
    assert training.resumed == 1, "only step 7 had written a checkpoint to go on from"
    assert (training.steps, training.tokens) == (18, unbroken[1].tokens)
    assert training.loss == pytest.approx(unbroken[1].loss, rel=1e-5)
    assert_same_weights(parent.out("chain"), parent.out("unbroken"))


def test_a_full_disk_costs_the_checkpoints_and_no_more(parent, unbroken):
    training = trained(parent.events("no_checkpoints", "full"))
    [warning] = [one for one in training.warnings if "were cut at" not in one]
    assert "No space left on device" in warning
    assert_same_weights(parent.out("full"), parent.out("unbroken"))


def test_sigterm_ends_it_with_a_checkpoint_even_if_nobody_answers(parent, unbroken):
    with parent.start("slow_steps", "term") as worker:
        for event in worker.events(600):
            if event["event"] == "progress" and event["step"] > 2:
                break  # without an answer: the worker waits for it
        began = time.monotonic()
        worker.stop(120)
        assert time.monotonic() - began < 100
        with pytest.raises(WorkerDiedError, match="exit code 1"):
            list(worker.events(60))
        assert "the same job goes on from there" in worker.log_tail()
    assert not parent.out("term").exists()
    training = trained(parent.events("fine", "term"))
    assert training.resumed == 1
    assert_same_weights(parent.out("term"), parent.out("unbroken"))


def test_out_of_memory_is_a_crash_with_advice(parent):
    event = failed(parent.events("out_of_memory", "memory"))
    assert event["failure"] == "crash"
    assert "lower batch_size" in event["reason"]
