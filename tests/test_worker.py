"""The real worker process with a fake engine: its words, its manners, its end."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_engine import case_job, make_job
from processes import alive, wait_until

from bench import launcher
from bench.job import CaseJob
from bench.launcher import Worker, WorkerTimedOutError
from bench.worker import Channel
from bench.worker_environment import worker_environment
from reports.records import CaseDone, Launch, LaunchEnd, from_line

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers need select on pipes")


@pytest.fixture
def start_fake(tmp_path, monkeypatch):
    """Start ``fake_worker``: the real worker with a fake engine."""
    monkeypatch.setattr(launcher, "MEASURING", "fake_worker")
    made = []

    def run(job):
        environment = worker_environment(job.hardware, os.environ)
        made.append(Worker(job, environment, tmp_path / f"{len(made)}.log"))
        return made[-1]

    yield run
    for worker in made:
        worker.close()


def faulty(fault, call=0):
    arguments = {"class": "fake:Fake", "arguments": {"fault": fault, "call": call}}
    return CaseJob("bad", "hash", {"kind": "custom", "arguments": arguments}, 1, [(0, "abc")])


def names(worker, timeout=60.0):
    return [event["event"] for event in worker.events(timeout)]


def log_pids(log):
    """The ids that ``fake_worker.hang`` writes."""
    wait_until(lambda: "pids" in log.read_text(), "the worker to hang")
    return [int(word) for word in log.read_text().partition("pids")[2].split()[:2]]


class Broken(io.StringIO):
    def flush(self):
        raise BrokenPipeError


@pytest.mark.parametrize(
    ("events", "answers"),
    [(io.StringIO, ""), (io.StringIO, "no\n"), (io.StringIO, "ok"), (Broken, "ok\n")],
)
def test_without_an_answer_the_worker_ends(events, answers):
    with pytest.raises(SystemExit, match="parent process is gone"):
        Channel(events(), io.StringIO(answers)).step("greedy", "set-up")


def test_with_an_answer_it_goes_on():
    events = io.StringIO()
    channel = Channel(events, io.StringIO("ok\n" * 2))
    channel.step("greedy", "set-up")
    channel.record(CaseDone("春", "hash", 0, "a", "ok"))
    step, records = map(json.loads, events.getvalue().splitlines())
    assert step == {"event": "step", "case": "greedy", "phase": "set-up"}
    assert from_line(*records["lines"]).case == "春"


def test_the_real_worker_speaks_the_protocol(start_fake):
    job = make_job(case_job("greedy"), case_job("top_k"), samples=1, attempt="a7")
    with start_fake(job) as worker:
        events = list(worker.events(60))
    assert [e["event"] for e in events if e["event"] not in ("step", "records")] == ["end"]
    assert events[0] == {"event": "step", "case": None, "phase": "import and load"}
    records = [from_line(line) for e in events for line in e.get("lines", [])]
    assert isinstance(records[0], Launch)
    assert isinstance(records[-1], LaunchEnd)
    assert {r.attempt for r in records} == {"a7"}
    assert (records[0].parameters, records[0].import_seconds) == (1000, 0.5)
    assert [(r.case, r.status) for r in records if isinstance(r, CaseDone)] == [
        ("greedy", "ok"),
        ("top_k", "ok"),
    ]


@pytest.mark.parametrize(
    ("preset", "failure", "words"),
    [
        ("input", "input", "there is no such preset"),
        ("unavailable", None, "jax sees no gpu"),
        ("crash", "crash", "RuntimeError: the model broke"),
    ],
)
def test_a_model_that_is_not_loaded(start_fake, preset, failure, words):
    worker = start_fake(make_job(preset=preset))
    *_, last = worker.events(60)
    assert last == {"event": "not_loaded", "failure": failure, "reason": words}
    assert ("Traceback" in worker.log_tail()) == (failure == "crash")


def test_what_a_framework_prints_goes_to_the_log(start_fake):
    with start_fake(make_job(faulty("chatter"))) as worker:
        assert names(worker)[-1] == "end"
    assert "chatter on stdout" in worker.log_tail()
    assert "chatter on descriptor 1" in worker.log_tail()


def test_a_hung_worker_is_killed_with_its_children(start_fake, tmp_path):
    with start_fake(make_job(faulty("hang"))) as worker:
        events = worker.events(60)
        for event in events:
            if event.get("phase") == "set-up":
                break
        events.close()
        worker._send(launcher.OK)
        pids = log_pids(tmp_path / "0.log")
        assert all(alive(pid) for pid in pids)
        with pytest.raises(WorkerTimedOutError):
            names(worker, timeout=0.1)
    wait_until(lambda: not any(map(alive, pids)), "worker and child to end")


def test_leaving_the_context_ends_the_worker(start_fake):
    with start_fake(make_job(faulty("hang"))) as worker:
        next(worker.events(60))
        assert alive(worker._process.pid)
    assert not alive(worker._process.pid)
    worker.close()


@pytest.mark.parametrize("threads", [1, None])
def test_a_worker_keeps_to_its_cores(start_fake, threads):
    hardware = {"device": "cpu", "backend": "jax", "threads": threads}
    with start_fake(make_job(hardware=hardware)) as worker:
        records = [from_line(x) for e in worker.events(60) for x in e.get("lines", [])]
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert records[0].what_ran["cores"] == (threads or allowed)


@pytest.mark.parametrize(
    ("device", "last"), [("gpu", "restart"), ("tpu", "restart"), ("cpu", "end")]
)
def test_a_crash_on_an_accelerator_ends_the_worker(start_fake, device, last):
    """What comes after a CUDA error in the same process may fail with it."""
    hardware = {"device": device, "backend": "jax", "dtype": "float32"}
    job = make_job(faulty("raise"), case_job("greedy"), hardware=hardware)
    with start_fake(job) as worker:
        events = list(worker.events(60))
    records = [from_line(line) for e in events for line in e.get("lines", [])]
    ends = {r.case: r.status for r in records if isinstance(r, CaseDone)}
    assert events[-1]["event"] == last
    assert ends == {"bad": "failed"} | ({"greedy": "ok"} if last == "end" else {})
    assert any(isinstance(r, LaunchEnd) for r in records) == (last == "end")


def test_the_cores_it_keeps_to_are_read_back(start_fake, monkeypatch):
    monkeypatch.setenv("TF_VAR_password", "Terraform's secret")
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("no pinning on this system")
    last = max(os.sched_getaffinity(0))
    hardware = {"device": "cpu", "backend": "jax", "cores": [last]}
    with start_fake(make_job(hardware=hardware)) as worker:
        records = [from_line(x) for e in worker.events(60) for x in e.get("lines", [])]
    assert records[0].what_ran["affinity"] == [last]
    assert records[0].what_ran["environment"]["OMP_NUM_THREADS"] == "1"
    assert not any(name.startswith("TF_VAR") for name in records[0].what_ran["environment"])


def test_files_of_the_working_folder_are_not_taken_for_ours(start_fake, tmp_path, monkeypatch):
    for name in ("bench", "reports", "json", "typing", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the wrong module')")
    monkeypatch.chdir(tmp_path)
    with start_fake(make_job()) as worker:
        assert names(worker)[-1] == "end"


PARENT = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bench import launcher
from bench.job import Job
launcher.MEASURING = "fake_worker"
with launcher.Worker(Job.from_line(sys.argv[2]), os.environ, Path(sys.argv[3])) as worker:
    for event in worker.events(60):
        if event.get("phase") == "set-up":
            print(worker._process.pid, flush=True)
            if sys.argv[4] == "stay":
                time.sleep(600)
"""


@pytest.fixture
def start_parent(tmp_path):
    """Start a process that starts a worker; return it with the worker's id and log."""
    log = tmp_path / "worker.log"
    parents = []

    def run(job, how):
        arguments = [str(Path(__file__).parent), job.to_line(), str(log), how]
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, *arguments], stdout=subprocess.PIPE, text=True
        )
        parents.append(parent)
        return parent, int(parent.stdout.readline()), log

    yield run
    for parent in parents:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def test_a_worker_that_waits_ends_with_its_parent(start_parent):
    parent, pid, _ = start_parent(make_job(case_job("greedy")), "stay")
    parent.kill()
    wait_until(lambda: not alive(pid), "the worker to notice")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PR_SET_PDEATHSIG is Linux")
def test_a_worker_that_computes_ends_with_its_parent(start_parent):
    """The next run must not be measured beside an orphan."""
    parent, pid, log = start_parent(make_job(faulty("hang")), "go on")
    assert pid == log_pids(log)[0]
    parent.kill()
    wait_until(lambda: not alive(pid), "the worker to be killed")
    os.kill(log_pids(log)[1], 9)  # its child; frameworks start none
