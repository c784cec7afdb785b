"""The order of a launch, and what counts: a recording engine, made-up seconds, no process."""

import itertools
import json

import pytest
from fake_engine import END, FakeEngine, FakeReport, case_job, make_job, measure, raises

from bench import resources
from bench.engine.interface import Peak
from bench.gpu_counters import EnergyCounter
from bench.protocol import Launch
from reports.records import CaseDone, Sample, Trial, from_line, to_line


@pytest.fixture(autouse=True)
def _no_probes(monkeypatch):
    monkeypatch.setattr(resources, "clear_host_peak", lambda: True)
    monkeypatch.setattr(resources, "host_peak", lambda: Peak(4096.0))
    monkeypatch.setattr(
        EnergyCounter, "for_this_process", lambda: EnergyCounter(None, None, "no counter")
    )


def phases(report, case):
    return [trial.phase for trial in report.of(Trial, case)]


def test_the_whole_order_of_a_launch():
    _, report = measure(
        case_job("greedy"), case_job("top_k"), trials=2, fit_points=3, samples=1, max_length=32
    )
    seen = [e[:3] for e in report.log if e[0] in ("step", "call")]
    main, half, one = 20, 10, 1

    def both(*entries):
        return [
            ("call" if isinstance(e, int) else "step", case, e)
            for case in ("greedy", "top_k")
            for e in entries
        ]

    assert seen == [
        *both("set-up", main),
        *both("warm-up 1", main),
        *both("warm-up 2", main),
        *both("warm-up 3", main),
        *both("trial 1/2", main, one, half),
        *both("trial 2/2", half, one, main),  # every other turn in reverse
        *both("samples", "samples 1/1", main, "memory", main),
    ]


def test_cases_take_turns_trial_by_trial():
    names = ["greedy", "top_k", "random"]
    _, report = measure(*map(case_job, names), trials=4)
    timed = [(t.case, t.round) for t in report.of(Trial) if t.phase == "timed"]
    assert timed == [(name, turn) for turn in range(4) for name in names]


def test_every_trial_is_handed_over_at_once():
    """A launch that is killed keeps the log of what it did."""
    _, report = measure(case_job("greedy"), fit_points=4, trials=3)
    calls = len(report.log.of("call")) - 1  # the memory pass is no trial
    assert report.log.count(("record", "Trial")) == calls == len(report.of(Trial))


def test_records_say_what_the_engine_did():
    engine, report = measure(case_job("top_k", batch_size=3), fit_points=3, trials=1)
    assert len(report.of(Trial)) == 1 + 3 + 1 + 2
    for trial, batch in zip(report.of(Trial), engine.batches, strict=False):
        room = 32 - batch.prompt_tokens[0]
        assert trial.prompt_tokens == batch.prompt_tokens[0]
        assert (trial.new_tokens, trial.steps) == (3 * room, room)
        assert trial.seconds == pytest.approx(0.1 + 0.01 * room + 2.0 * trial.compiles)
        assert (trial.launch, trial.attempt) == (0, "attempt-1")
    assert [(t.phase, t.round, t.compiles) for t in report.of(Trial)] == [
        ("cold", 0, 1),
        ("warmup", 0, 0),
        ("warmup", 1, 0),
        ("warmup", 2, 0),
        ("timed", 0, 0),
        ("fit", 0, 0),
        ("fit", 0, 0),
    ]


def test_steps_of_unequal_prompts_reach_back_to_the_shortest(monkeypatch):
    """Rows with longer prompts are replayed until they catch up: steps are not tokens."""
    report = FakeReport()
    engine = FakeEngine(log=report.log)
    encode = engine.encode
    monkeypatch.setattr(
        engine, "encode", lambda prompts, length: encode(["abc", "abcdefg"][: len(prompts)], length)
    )
    Launch(engine, make_job(case_job("top_k", batch_size=2)), report).run()
    trial = report.of(Trial)[0]
    assert (trial.new_tokens, trial.steps) == ((32 - 4) + (32 - 8), 32 - 4)


def test_warm_up_ends_when_three_calls_agree():
    noise = {1: 0.5, 2: 0.2, 3: 0.05}  # call 0 is the cold one
    _, report = measure(programs={"greedy": {"noise": lambda call: noise.get(call, 0.0)}})
    assert phases(report, "greedy").count("warmup") == 6  # calls 4, 5 and 6 agree
    [done] = report.of(CaseDone)
    assert done.steady
    assert done.warmup_trials == 6
    assert done.warnings == []


@pytest.mark.parametrize(("spread", "steady"), [(0.0149, True), (0.0151, False)])
def test_the_tolerance_is_a_share_of_the_median(spread, steady):
    """A warm call takes 0.3 s; 5 % of it is 0.015 s."""
    noise = itertools.cycle([0.0, spread / 2, -spread / 2])
    settings = {"greedy": {"noise": lambda call: 0.0 if call == 0 else next(noise)}}
    _, report = measure(programs=settings, warmup_cap=3, trials=1)
    [done] = report.of(CaseDone)
    assert done.steady is steady
    assert done.warmup_trials == 3


def test_a_case_that_is_steady_waits_for_the_others():
    settings = {"slow": {"noise": lambda call: 0.5 / call if 0 < call < 6 else 0.0}}
    _, report = measure(case_job("greedy"), case_job("slow"), programs=settings)
    warmups = [t.case for t in report.of(Trial) if t.phase == "warmup"]
    assert warmups == ["greedy", "slow"] * 3 + ["slow"] * (warmups.count("slow") - 3)
    assert warmups.count("slow") > 3
    first_timed = phases(report, "greedy").index("timed")
    assert phases(report, "greedy")[:first_timed].count("warmup") == 3


def test_warm_up_ends_at_the_cap_with_a_warning():
    settings = {"greedy": {"noise": lambda call: 0.3 * (call % 2)}}
    _, report = measure(case_job("greedy"), case_job("top_k"), programs=settings, warmup_cap=5)
    restless, calm = report.of(CaseDone)
    assert (restless.status, restless.steady, restless.warmup_trials) == ("ok", False, 5)
    assert "5 warm-up trials" in restless.warnings[0]
    assert "warmup_cap" in restless.warnings[0]
    assert (calm.steady, calm.warnings) == (True, [])


def test_a_compile_while_warming_up_does_not_count_as_warm():
    _, report = measure(programs={"greedy": {"recompiles": {2}}})
    warmups = [t for t in report.of(Trial) if t.phase == "warmup"]
    assert [t.valid for t in warmups] == [True, False, True, True]
    assert report.of(CaseDone)[0].steady


def test_a_compile_in_a_timed_trial_is_kept_and_marked():
    _, report = measure(programs={"greedy": {"recompiles": {5}}}, trials=3)
    timed = [t for t in report.of(Trial) if t.phase == "timed"]
    assert [t.valid for t in timed] == [True, False, True]
    assert "compiled" in timed[1].invalid_reason
    assert timed[1].seconds > 2.0
    [done] = report.of(CaseDone)
    assert (done.status, done.compile_count) == ("ok", 1)


def test_a_compile_in_the_samples_touches_no_trial():
    settings = {"beam": {"draws": False, "stops_change_text": True}}
    _, report = measure(case_job("beam"), case_job("greedy"), programs=settings, samples=1)
    compiled = [e for e in report.log if e[0] == "call" and e[-1]]
    assert [stops for _, _, _, stops, _ in compiled] == [None, None, (END,)]
    assert all(t.valid for t in report.of(Trial))
    assert [d.compile_count for d in report.of(CaseDone)] == [1, 1]
    last_trial = max(i for i, e in enumerate(report.log) if e == ("record", "Trial"))
    assert report.log.index(compiled[-1]) > last_trial


def test_compile_seconds_told_by_the_backend():
    _, report = measure()
    [done] = report.of(CaseDone)
    assert done.cold_seconds == pytest.approx(2.0 + 0.3)
    assert (done.compile_seconds, done.compile_count) == (2.0, 1)
    assert done.compile_method == "fake"
    assert "compile_seconds" not in done.missing


def test_compile_seconds_found_as_first_call_minus_a_warm_one():
    noise = {1: 0.4, 5: 9.0}
    settings = {"greedy": {"noise": lambda c: noise.get(c, 0.0), "recompiles": {9}}}
    _, report = measure(programs=settings, tells=False, trials=3, fit_points=4)
    [done] = report.of(CaseDone)
    assert done.cold_seconds == pytest.approx(2.3)
    assert done.compile_seconds == pytest.approx(2.0)
    assert done.compile_count == 1


def test_compile_seconds_without_any_warm_trial():
    settings = {"greedy": {"recompiles": set(range(1, 100))}}
    _, report = measure(programs=settings, tells=False)
    [done] = report.of(CaseDone)
    assert done.compile_seconds is None
    assert "warm" in done.missing["compile_seconds"]


def test_a_first_call_that_is_fast_has_no_negative_compile_time():
    settings = {"greedy": {"compile_seconds": 0.0, "noise": lambda call: 0.1 if call else 0.0}}
    _, report = measure(programs=settings, tells=False)
    assert report.of(CaseDone)[0].compile_seconds == 0.0


def test_samples_only_when_asked_for():
    _, report = measure(samples=0, programs={"greedy": {"draws": False}})
    assert report.of(Sample) == []
    assert not [e for e in report.log.of("step") if e[1].startswith("samples ")]
    _, report = measure(samples=3)
    assert len(report.of(Sample)) == 3


def test_samples_come_before_the_end_of_their_case():
    _, report = measure(case_job("greedy"), case_job("top_k"), samples=2)
    ends = [e for e in report.log if e[0] == "record" and e[1] != "Trial"]
    assert ends == [("record", "Sample", "Sample"), ("record", "CaseDone")] * 2


def test_the_end_of_a_case_says_everything():
    _, report = measure(case_job("top_k"), samples=2, launch=3)
    [done] = report.of(CaseDone)
    assert (done.case, done.case_hash, done.launch) == ("top_k", "hash of top_k", 3)
    assert (done.status, done.reason, done.failure) == ("ok", None, None)
    assert done.sampler == {"kind": "top_k", "arguments": {"k": 5}, "read_back": True}
    assert done.host_peak_bytes == 4096
    assert done.device_peak_bytes is None
    assert done.missing == {
        "device_peak_bytes": "no device",
        "energy_joules_per_1000_tokens": "no counter",
    }
    calls = len(report.log.of("call"))
    assert done.generate_seconds == pytest.approx(2.0 + 0.3 * calls)


def test_every_record_can_be_written():
    settings = {"top_k": {"faults": {6: raises(RuntimeError("bad\nworse"))}}}
    _, report = measure(case_job("greedy"), case_job("top_k"), programs=settings, samples=2)
    assert report.records == [from_line(to_line(record)) for record in report.records]
    for record in report.records:
        json.loads(to_line(record))


def test_the_memory_pass_has_its_own_call():
    engine, report = measure(trials=1)
    reset = report.log.index(("reset device peak",))
    calls = [i for i, e in enumerate(report.log) if e[0] == "call"]
    assert [i for i in calls if i > reset] == calls[-1:]
    last_trial = max(i for i, e in enumerate(report.log) if e == ("record", "Trial"))
    assert reset > last_trial
    assert engine.batches[-1].prompt_tokens == engine.batches[0].prompt_tokens
