"""Whole runs, killed with SIGKILL anywhere, end like unbroken ones.

A real parent process runs ``bench.runner.Run``; its workers are real processes with a fake engine.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from fake_runs import cases_of, results
from processes import alive, wait_until

from reports.run_folder import RunFolder, RunFolderError

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="workers die with their parent on Linux only"
)

# Imports once, then forks a process for each run; tells its id, and at its end its exit status.
RUNS = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fake_runs import Watching, plan_of
from bench import launcher
from bench.runner import Run
from reports.run_folder import RunFolder
launcher.MEASURING = "fake_worker"
for line in sys.stdin:
    if (pid := os.fork()) == 0:
        with RunFolder.open(Path(line.strip()), append=True) as folder:
            Run(plan_of(**json.loads(sys.argv[2])), folder, Watching()).execute()
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""

# Three cases of some 11 calls each, 10 ms long, in two launches.
SETTINGS = {
    "samplers": [
        {"custom": {"class": "fake:Fake", "name": name, "arguments": {"fault": "slow"}}}
        for name in "abc"
    ],
    "measure": {"launches": 2},
}
ALL = {(c.id, c.hash, launch) for c in cases_of(**SETTINGS) for launch in range(2)}


class Parent:
    """A process that runs the plan into a folder."""

    def __init__(self, runs, path):
        self._runs = runs
        runs.stdin.write(f"{path}\n")
        runs.stdin.flush()
        self._pid = int(runs.stdout.readline())
        self.began = time.monotonic()

    def kill(self, who):
        """Kill the parent, its worker or both, in either order; return the workers there were."""
        try:
            workers = [child.pid for child in psutil.Process(self._pid).children()]
        except psutil.NoSuchProcess:
            return []
        victims = {"worker": workers, "parent": [self._pid], "both": [self._pid, *workers]}[who]
        for pid in random.sample(victims, len(victims)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return workers

    def wait(self):
        return int(self._runs.stdout.readline()), time.monotonic() - self.began


@pytest.fixture(scope="module")
def runs():
    """Where parents come from."""
    arguments = [str(Path(__file__).parent), json.dumps(SETTINGS)]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", RUNS, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()


def new_folder(path):
    with RunFolder.create(path, "demo", {"cases": []}) as folder:
        return folder.path


@pytest.fixture(scope="module")
def unbroken(runs, tmp_path_factory):
    """Return what an unbroken run finds, and the seconds it takes."""
    path = new_folder(tmp_path_factory.mktemp("unbroken"))
    status, seconds = Parent(runs, path).wait()
    assert status == 0
    folder = RunFolder.open(path)
    assert folder.finished() == ALL
    return results(folder, **SETTINGS), seconds


@pytest.mark.parametrize("who", ["worker", "parent", "both"])
def test_a_killed_run_ends_like_an_unbroken_one(runs, tmp_path, unbroken, who):
    expected, seconds = unbroken
    path = new_folder(tmp_path)
    finished = set()
    for _ in range(3):
        parent = Parent(runs, path)
        time.sleep(random.random() * seconds)
        workers = parent.kill(who)
        parent.wait()
        wait_until(lambda: not any(map(alive, workers)), "no orphans")  # noqa: B023
        now = RunFolder.open(path).finished()
        assert finished <= now, "what was finished stays"
        finished = now
    status, _ = Parent(runs, path).wait()
    folder = RunFolder.open(path)
    assert status == 0
    assert folder.finished() == ALL
    assert results(folder, **SETTINGS) == expected
    keys = [(r.case, r.launch) for r in folder.read() if getattr(r, "status", "") == "ok"]
    assert len(keys) == len(set(keys)) == len(ALL), "nothing is finished twice"


def test_nobody_writes_beside_a_run(runs, tmp_path):
    path = new_folder(tmp_path)
    parent = Parent(runs, path)
    wait_until((path / "records.jsonl").read_bytes, "the run to begin")
    with pytest.raises(RunFolderError, match="is being written by process"):
        RunFolder.open(path, append=True)
    assert parent.wait()[0] == 0
    assert RunFolder.open(path).finished() == ALL
