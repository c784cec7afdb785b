"""Workers as real processes: turns, deaths, hangs, garbage, and a parent that sleeps."""

import os
import time

import pytest
from fake_engine import case_job, make_job
from processes import alive

from bench import launcher
from bench.launcher import Worker, WorkerDiedError, WorkerTimedOutError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers need select on pipes")

TALK = """
import json, sys
def send(event, **data):
    sys.stdout.write(json.dumps({"event": event, **data}) + "\\n")
    sys.stdout.flush()
    assert sys.stdin.readline() == "ok\\n"
job = sys.stdin.readline()
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Start a worker that runs ``script`` after the lines of ``TALK``."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.syspath_prepend(str(scripts))
    made = []

    def run(script, job=None, talk=TALK):
        name = f"scripted_{len(made)}"
        (scripts / f"{name}.py").write_text(talk + script)
        monkeypatch.setattr(launcher, "MEASURING", name)
        made.append(Worker(job or make_job(), os.environ, tmp_path / f"{name}.log"))
        return made[-1]

    yield run
    for worker in made:
        worker.close()


def names(worker, timeout=60.0):
    return [event["event"] for event in worker.events(timeout)]


def test_events_come_in_order(start):
    worker = start("send('step', case=None, phase='load'); send('records', lines=[]); send('end')")
    assert list(worker.events(60)) == [
        {"event": "step", "case": None, "phase": "load"},
        {"event": "records", "lines": []},
        {"event": "end"},
    ]


def test_the_worker_waits_for_its_turn(start, tmp_path):
    """What the parent does with an event is done before the worker goes on."""
    sign = tmp_path / "went on"
    worker = start(f"send('one'); open({str(sign)!r}, 'w').close(); send('end')")
    events = worker.events(60)
    assert next(events)["event"] == "one"
    time.sleep(0.1)
    assert not sign.exists()
    assert next(events)["event"] == "end"
    assert sign.exists()


def test_the_parent_sleeps_while_the_worker_works(start):
    """A parent that polls would take a core from what it measures."""
    worker = start("import time; send('one'); time.sleep(0.5); send('end')")
    events = worker.events(60)
    next(events)
    wall, busy = time.perf_counter(), time.process_time()
    next(events)
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    assert wall > 0.4
    assert busy < 0.2 * wall


def test_the_job_arrives_whole(start):
    """Longer than a pipe holds."""
    job = make_job(case_job(prompts=["春眠不觉晓" * 20_000]))
    worker = start("send('end', length=len(job))", job)
    [event] = worker.events(60)
    assert event["length"] == len(job.to_line()) > 1 << 16


def test_long_events_arrive_whole(start):
    worker = start("send('records', lines=['x' * 5_000_000]); send('end')")
    first, _ = worker.events(60)
    assert len(first["lines"][0]) == 5_000_000


def test_events_may_arrive_in_pieces(start):
    script = """
import time
for piece in ['{"event":', ' "end', '"}', '\\n']:
    sys.stdout.write(piece)
    sys.stdout.flush()
    time.sleep(0.02)
sys.stdin.readline()
"""
    assert names(start(script)) == ["end"]


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("raise SystemExit(0)", "exit code 0"),
        ("raise ValueError('oh no')", "exit code 1"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL .*out of memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV$"),
        ("import os; os.kill(os.getpid(), 40)", "signal 40"),
        ("sys.stdout.write('{\"event\": '); sys.stdout.flush(); sys.exit(5)", "exit code 5"),
    ],
)
def test_a_worker_that_dies_says_how(start, death, words):
    worker = start(f"send('step')\n{death}")
    events = worker.events(60)
    next(events)
    with pytest.raises(WorkerDiedError, match=words):
        next(events)


def test_a_worker_that_dies_before_it_reads_its_job(start):
    job = make_job(case_job(prompts=["x" * 1_000_000]))
    worker = start("", job, talk="raise SystemExit(7)")
    with pytest.raises(WorkerDiedError, match="exit code 7"):
        names(worker)


def test_a_worker_that_cannot_be_imported(start):
    worker = start("", talk="import there_is_no_such_module")
    with pytest.raises(WorkerDiedError, match="exit code 1"):
        names(worker)
    assert "ModuleNotFoundError" in worker.log_tail()


def test_a_worker_that_closes_its_output_and_stays(start, monkeypatch):
    """Frameworks can hang in their own clean-up; the run must not hang with them."""
    monkeypatch.setattr(launcher, "_LAST_BREATH", 0.1)
    worker = start("import os, time; os.close(1); time.sleep(600)")
    with pytest.raises(WorkerDiedError, match="did not end"):
        names(worker)


@pytest.mark.parametrize(
    "garbage",
    ["Welcome to numpy!", "", "42", "null", "[]", '{"no": "event"}', "\\xff\\xfe", '{"event": '],
)
def test_garbage_is_no_event(start, garbage):
    worker = start(f"sys.stdout.buffer.write(b'{garbage}\\n'); sys.stdout.flush(); input()")
    with pytest.raises(WorkerDiedError, match="instead of an event"):
        names(worker)


def test_a_step_that_takes_too_long(start):
    worker = start("import time; send('step'); time.sleep(600)")
    next(worker.events(60))
    worker._send(launcher.OK)
    with pytest.raises(WorkerTimedOutError, match=r"longer than 0\.2 s"):
        names(worker, timeout=0.2)
    worker.close()
    assert not alive(worker._process.pid)


def test_half_a_line_does_not_stop_the_clock(start):
    script = "import time; sys.stdout.write('{'); sys.stdout.flush(); time.sleep(600)"
    with pytest.raises(WorkerTimedOutError):
        names(start(script), timeout=0.5)


def test_the_time_limit_is_for_a_step_not_for_the_job(start):
    worker = start("import time\nfor _ in range(4): send('step'); time.sleep(0.4)\nsend('end')")
    next(worker.events(60))
    worker._send(launcher.OK)
    assert names(worker, timeout=1.5) == ["step"] * 3 + ["end"]


def test_a_time_limit_of_centuries(start):
    assert names(start("send('end')"), timeout=1e300) == ["end"]


def test_waiting_may_take_many_turns(start, monkeypatch):
    monkeypatch.setattr(launcher, "_LONGEST_WAIT", 0.01)
    assert names(start("import time; time.sleep(0.1); send('end')")) == ["end"]


def test_the_end_of_the_log(start):
    script = "import os\nfor i in range(50): print(f'line {i}', file=sys.stderr)\n"
    worker = start(script + "os.write(2, b'\\xff last\\n'); send('end')")
    names(worker)
    lines = worker.log_tail().splitlines()
    assert lines == [f"line {i}" for i in range(39, 50)] + ["\ufffd last"]


def test_the_end_of_a_very_long_log(start):
    worker = start("print('x' * 10_000_000, file=sys.stderr, flush=True); send('end')")
    names(worker)
    assert 1000 < len(worker.log_tail()) < 100_000


def test_a_log_that_is_gone(start, tmp_path):
    worker = start("send('end')")
    names(worker)
    worker._log.unlink()
    assert worker.log_tail() == ""


def test_modules_of_the_working_folder_can_be_imported(start, tmp_path, monkeypatch):
    """A custom sampler lies beside the scenario."""
    (tmp_path / "my_samplers.py").write_text("class Mine: pass")
    monkeypatch.chdir(tmp_path)
    worker = start("import my_samplers; send('end', name=my_samplers.Mine.__name__)")
    [event] = worker.events(60)
    assert event["name"] == "Mine"
