"""Cases that fail: each costs only itself, and the record says why."""

import pytest
from fake_engine import END, FakeEngine, FakeReport, case_job, make_job, measure, raises

from bench import resources
from bench.engine.interface import InputError, Peak, UnavailableError
from bench.gpu_counters import EnergyCounter
from bench.protocol import Launch
from reports.records import CaseDone, Sample, Trial


@pytest.fixture(autouse=True)
def _no_probes(monkeypatch):
    monkeypatch.setattr(resources, "clear_host_peak", lambda: True)
    monkeypatch.setattr(resources, "host_peak", lambda: Peak(4096.0))
    monkeypatch.setattr(
        EnergyCounter, "for_this_process", lambda: EnergyCounter(None, None, "no counter")
    )


def phases(report, case):
    return [trial.phase for trial in report.of(Trial, case)]


FAILURES = [
    (InputError("too long"), "failed", "input", "too long"),
    (UnavailableError("no such device"), "skipped", None, "no such device"),
    (RuntimeError("CUDA\nis lost"), "failed", "crash", "RuntimeError: CUDA"),
    (MemoryError(), "failed", "crash", "MemoryError: no message"),
    (RecursionError("deep"), "failed", "crash", "RecursionError: deep"),
]


@pytest.mark.parametrize(("error", "status", "failure", "reason"), FAILURES)
@pytest.mark.parametrize("call", [0, 1, 3, 4, 5, 6, 7])
def test_a_case_that_raises_costs_only_itself(call, error, status, failure, reason, capsys):
    """Calls: 0 cold, 1-3 warm-up, 4 and 5 timed, 6 the sample, 7 memory."""
    settings = {"bad": {"faults": {call: raises(error)}}}
    cases = [case_job("greedy"), case_job("bad"), case_job("top_k")]
    _, report = measure(*cases, programs=settings, samples=1)
    ends = {done.case: done for done in report.of(CaseDone)}
    assert len(report.of(CaseDone)) == 3
    bad = ends["bad"]
    assert (bad.status, bad.failure, bad.reason) == (status, failure, reason)
    for name in ("greedy", "top_k"):
        assert ends[name].status == "ok"
        assert phases(report, name) == ["cold"] + ["warmup"] * 3 + ["timed"] * 2
        assert len(report.of(Sample, name)) == 1
    after = report.records[report.records.index(bad) + 1 :]
    assert not [record for record in after if record.case == "bad"]
    assert not [e for e in report.log[_index(report, bad) :] if e[:2] == ("step", "bad")]
    said = capsys.readouterr().err
    if failure == "crash":
        assert "Traceback" in said, "the launch's log has the whole of it"
        assert bad.log_tail.splitlines()[-1] == said.splitlines()[-1]
    else:
        assert (said, bad.log_tail) == ("", None)


def _index(report, record):
    """Return where in the log ``record`` was handed over."""
    before = report.records.index(record)
    handed = 0
    for place, entry in enumerate(report.log):
        handed += len(entry) - 1 if entry[0] == "record" else 0
        if handed > before:
            return place
    raise AssertionError


def test_a_program_that_cannot_be_made_costs_only_its_case():
    settings = {"bad": {"refuse": InputError("no such sampler")}}
    engine, report = measure(case_job("bad"), case_job("greedy"), programs=settings)
    bad, good = report.of(CaseDone)
    assert (bad.case, bad.failure, good.status) == ("bad", "input", "ok")
    assert list(engine.made) == ["greedy"]


def test_a_prompt_that_is_too_long_is_refused_before_anything_compiles():
    engine, report = measure(case_job("greedy", prompts=["ok", "x" * 40]))
    [done] = report.of(CaseDone)
    assert (done.status, done.failure) == ("failed", "input")
    assert engine.made == {}


def test_an_impossible_stop_id_is_refused_before_anything_compiles():
    report = FakeReport()
    settings = {"beam": {"stops_change_text": True}}
    engine = FakeEngine(log=report.log, programs=settings, pad_token_id=END)
    Launch(engine, make_job(case_job("beam"), samples=1), report).run()
    [done] = report.of(CaseDone)
    assert (done.status, done.failure) == ("failed", "input")
    assert report.log.of("call") == []


def test_an_impossible_stop_id_does_not_matter_to_speed():
    report = FakeReport()
    settings = {"beam": {"stops_change_text": True}}
    engine = FakeEngine(log=report.log, programs=settings, pad_token_id=END)
    Launch(engine, make_job(case_job("beam"), samples=0), report).run()
    assert report.of(CaseDone)[0].status == "ok"


def test_all_cases_may_fail():
    settings = {name: {"refuse": InputError("no")} for name in ("a", "b")}
    _, report = measure(case_job("a"), case_job("b"), programs=settings)
    assert [done.status for done in report.of(CaseDone)] == ["failed", "failed"]


def test_a_lost_parent_stops_the_launch():
    class Orphaned(FakeReport):
        def record(self, *records):
            raise SystemExit("the parent process is gone")

    report = Orphaned()
    launch = Launch(FakeEngine(log=report.log), make_job(case_job("a"), case_job("b")), report)
    with pytest.raises(SystemExit):
        launch.run()
    assert len(report.log.of("call")) == 1
