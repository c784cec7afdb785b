"""A plan on its way into a run folder: what is launched, what is kept, what is given up."""

import itertools

import pytest
from fake_runs import (
    SAMPLERS,
    FakeWorkers,
    Watching,
    cases_of,
    ends,
    results,
    run,
    run_ends,
)

from bench.launcher import WorkerDiedError, WorkerTimedOutError
from reports.records import CaseDone, Launch, RunEnd, Sample, Trial, to_line

pytestmark = pytest.mark.usefixtures("no_probes")

DIED = WorkerDiedError("it was ended by SIGSEGV")
SLOW = WorkerTimedOutError("it took longer than 60 s")
CALLS = {"greedy": 9, "random": 11, "top_p": 11}  # cold, 3 warm-up, 2 timed, 2 or 4 texts, memory


def summary(folder):
    return [(r.case.split("/")[2], r.launch, r.status) for r in ends(folder)]


def ids(*samplers, **settings):
    return [c.id for c in cases_of(**settings) if not samplers or c.sampler.kind in samplers]


def test_a_run_without_trouble(folder):
    watching = Watching()
    one, workers = run(folder, watching=watching)
    assert workers.started == [("jax", 0, list(SAMPLERS))]
    assert summary(folder) == [("greedy", 0, "ok"), ("random", 0, "ok"), ("top_p-0.9", 0, "ok")]
    assert [e[:2] for e in watching.heard if e[0] == "done"] == [("done", i) for i in ids()]
    assert watching.heard[0] == ("launch", "tiny/base/cpu-jax-float32", 0, 3)
    assert one.outcome.count("ok") == 3
    assert one.outcome.failed == []
    assert run_ends(folder) == ["complete"]
    assert workers.open == 0
    kinds = [type(r) for r in folder.read()]
    assert kinds[0] is Launch
    assert kinds[-1] is RunEnd
    assert kinds.count(Trial) == 3 * 6
    assert kinds.count(Sample) == 2 + 4 + 4


def test_the_worker_gets_its_environment_its_log_and_its_time(folder):
    _, workers = run(folder, measure={"launches": 2, "timeout": 7.5})
    assert [e["KERAS_BACKEND"] for e in workers.environments] == ["jax", "jax"]
    assert {log.parent for log in workers.logs} == {folder.logs}
    assert len(set(workers.logs)) == 2
    assert workers.timeouts == [7.5, 7.5]
    assert len({job.attempt for job in workers.jobs}) == 2


def test_launches_go_round_the_groups(folder):
    hardware = [{"backend": "jax"}, {"backend": "torch"}]
    _, workers = run(folder, hardware=hardware, measure={"launches": 3})
    assert [(backend, launch) for backend, launch, _ in workers.started] == list(
        itertools.chain.from_iterable([("jax", n), ("torch", n)] for n in range(3))
    )
    for _, launch, samplers in workers.started:  # another case goes first in each launch
        assert samplers == [*SAMPLERS[launch:], *SAMPLERS[:launch]]


def test_texts_are_generated_once(folder):
    run(folder, measure={"launches": 3})
    assert {r.launch for r in folder.read() if isinstance(r, Sample)} == {0}
    for _, launches in results(folder).values():
        assert [n for n, *_ in launches] == [0, 1, 2]


@pytest.mark.parametrize(
    ("sampler", "call"), [(name, call) for name in SAMPLERS for call in range(CALLS[name])]
)
def test_a_case_that_kills_its_worker_costs_only_itself(folder, sampler, call):
    _, workers = run(folder, FakeWorkers({(sampler, 0, call): DIED}))
    assert not workers.faults
    first, *others = workers.started
    assert first[-1] == list(SAMPLERS)
    [bad] = [r for r in ends(folder) if r.status != "ok"]
    assert bad.case in ids(sampler)
    assert (bad.status, bad.failure) == ("failed", "crash")
    assert bad.reason == "the worker died: it was ended by SIGSEGV"
    assert bad.log_tail == "last words of launch 0"
    for *_, samplers in others:
        assert sampler not in samplers
    good = {key: value for key, value in results(folder).items() if key not in ids(sampler)}
    assert len(good) == 2
    for status, [(_, phases, texts)] in good.values():
        assert status == "ok"
        assert phases == ["cold"] + ["warmup"] * 3 + ["timed"] * 2
        assert texts


def test_what_was_finished_before_a_crash_is_not_measured_again(folder):
    """The worker dies in the memory pass of the second case, when the first is done."""
    _, workers = run(folder, FakeWorkers({("random", 0, 10): DIED}))
    assert workers.started == [("jax", 0, list(SAMPLERS)), ("jax", 0, ["top_p"])]
    assert {s for _, _, s in summary(folder)} == {"ok", "failed"}
    assert run_ends(folder) == ["complete"]


def test_a_case_that_failed_is_not_launched_again(folder):
    _, workers = run(folder, FakeWorkers({("random", 0, 3): DIED}), measure={"launches": 3})
    started = [samplers for *_, samplers in workers.started]
    left = ["greedy", "top_p"]
    assert started == [list(SAMPLERS), left, [*reversed(left)], left]
    assert [launch for _, launch, _ in workers.started] == [0, 0, 1, 2]
    assert [n for n, *_ in results(folder)[ids("greedy")[0]][1]] == [0, 1, 2]


def test_a_crash_in_a_later_launch_keeps_the_earlier_ones(folder):
    run(folder, FakeWorkers({("random", 1, 3): DIED}), measure={"launches": 3})
    status, launches = results(folder)[ids("random")[0]]
    assert status == "ok"
    assert [n for n, *_ in launches] == [0]
    assert [d.launch for d in ends(folder) if d.status == "failed"] == [1]


def test_every_case_may_kill_its_worker(folder):
    faults = {(sampler, 0, 2): DIED for sampler in SAMPLERS}
    _, workers = run(folder, FakeWorkers(faults))
    assert [len(samplers) for *_, samplers in workers.started] == [3, 2, 1]
    assert [status for *_, status in summary(folder)] == ["failed"] * 3
    assert run_ends(folder) == ["complete"]


def test_a_step_that_takes_too_long(folder):
    _, workers = run(folder, FakeWorkers({("top_p", 0, 5): SLOW}))
    [bad] = [r for r in ends(folder) if r.status != "ok"]
    assert (bad.case, bad.failure) == (ids("top_p")[0], "timeout")
    assert bad.reason == "it took longer than 60 s"
    assert bad.log_tail == "last words of launch 0"
    assert [s for *_, s in workers.started] == [list(SAMPLERS), ["greedy", "random"]]


@pytest.mark.parametrize("error", [DIED, SLOW])
def test_a_worker_that_dies_while_it_loads_fails_all(folder, error):
    def script(job):
        yield {"event": "step", "case": None, "phase": "import and load"}
        raise error

    _, workers = run(folder, FakeWorkers(script=script), measure={"launches": 3})
    assert len(workers.started) == 1, "what cannot be loaded is not tried again"
    assert summary(folder) == [(c.split("/")[2], 0, "failed") for c in ids()]
    assert {d.failure for d in ends(folder)} == {"crash" if error is DIED else "timeout"}
    assert all(d.log_tail for d in ends(folder))


@pytest.mark.parametrize(
    ("failure", "status", "tail"),
    [("input", "failed", False), (None, "skipped", False), ("crash", "failed", True)],
)
def test_a_model_that_is_not_loaded(folder, failure, status, tail):
    def script(job):
        if job.hardware["backend"] == "torch":
            yield {"event": "step", "case": None, "phase": "import and load"}
            yield {"event": "not_loaded", "failure": failure, "reason": "because"}
        else:
            yield from done_events(job)

    hardware = [{"backend": "torch"}, {"backend": "jax"}]
    one, workers = run(
        folder, FakeWorkers(script=script), hardware=hardware, measure={"launches": 2}
    )
    assert [(b, n) for b, n, _ in workers.started] == [("torch", 0), ("jax", 0), ("jax", 1)]
    torch = [d for d in ends(folder) if "torch" in d.case]
    assert len(torch) == 3
    assert {(d.status, d.failure, d.reason) for d in torch} == {(status, failure, "because")}
    assert {d.log_tail is not None for d in torch} == {tail}
    assert one.outcome.count(status) == 3
    assert one.outcome.count("ok") == 6


def done_events(job, *, step=True):
    for case in job.cases:
        if step:
            yield {"event": "step", "case": case.id, "phase": "samples"}
        done = CaseDone(case.id, case.hash, job.launch, job.attempt, "ok")
        yield {"event": "records", "lines": [to_line(done)]}
    yield {"event": "end"}


def test_a_worker_that_forgets_a_case(folder):
    def script(job):
        yield from itertools.islice(done_events(job), 2)
        yield {"event": "end"}

    _, workers = run(folder, FakeWorkers(script=script))
    assert len(workers.started) == 1
    assert summary(folder) == [
        ("greedy", 0, "ok"),
        ("random", 0, "failed"),
        ("top_p-0.9", 0, "failed"),
    ]
    assert "without a word" in ends(folder)[-1].reason


def test_a_worker_that_dies_between_two_cases(folder):
    """The last step belongs to a case that is done: nobody is to blame, the others go on."""

    def script(job):
        yield from itertools.islice(done_events(job), 2)
        raise DIED

    _, workers = run(folder, FakeWorkers(script=script))
    assert [len(samplers) for *_, samplers in workers.started] == [3, 2, 1]
    assert [status for *_, status in summary(folder)] == ["ok"] * 3


def test_a_worker_that_dies_after_its_last_case(folder):
    def script(job):
        yield from itertools.islice(done_events(job), 6)
        raise DIED

    _, workers = run(folder, FakeWorkers(script=script))
    assert len(workers.started) == 1
    assert [status for *_, status in summary(folder)] == ["ok"] * 3


@pytest.mark.parametrize("chance", range(12))
def test_whatever_dies_every_case_gets_its_last_word(folder, chance):
    """Several deaths in one run, anywhere: it ends, and no case is without an end."""
    places = list(itertools.product(SAMPLERS, range(2), range(9)))
    picked = [places[(chance * 7 + step * 13) % len(places)] for step in range(4)]
    faults = {place: (SLOW if i % 2 else DIED) for i, place in enumerate(picked)}
    one, workers = run(folder, FakeWorkers(dict(faults)), measure={"launches": 2})
    assert len(workers.started) <= 2 + len(faults)
    said = {(d.case, d.launch): d.status for d in ends(folder)}
    assert len(said) == len(ends(folder)), "one last word for each case and launch"
    for case in ids():
        assert said[case, 0] == "failed" or (case, 1) in said
    assert {key: d.status for key, d in one.outcome.done.items()} == said
    assert folder.damage() is None


GPU = {"hardware": [{"backend": "torch", "device": "gpu"}]}
ILLEGAL = RuntimeError("CUDA error: an illegal memory access was encountered")


@pytest.mark.parametrize(("sampler", "call"), [("greedy", 0), ("random", 3), ("top_p", 5)])
def test_a_case_that_spoils_a_gpu_costs_only_itself(folder, sampler, call):
    """After such an error every later call of the process fails: the others get a new one."""
    _, workers = run(folder, FakeWorkers({(sampler, 0, call): ILLEGAL}), **GPU)
    others = [name for name in SAMPLERS if name != sampler]
    assert workers.started == [("torch", 0, list(SAMPLERS)), ("torch", 0, others)]
    assert len({job.attempt for job in workers.jobs}) == 2
    said = {case: status for case, _, status in summary(folder)}
    assert said.pop("top_p-0.9" if sampler == "top_p" else sampler) == "failed"
    assert list(said.values()) == ["ok", "ok"]
    [bad] = [r for r in ends(folder) if r.status == "failed"]
    assert bad.failure == "crash"
    assert "illegal memory access" in bad.reason
    assert run_ends(folder) == ["complete"]


def test_on_the_cpu_an_exception_spoils_nothing(folder):
    _, workers = run(folder, FakeWorkers({("greedy", 0, 0): ILLEGAL}))
    assert len(workers.started) == 1
    assert sorted(status for *_, status in summary(folder)) == ["failed", "ok", "ok"]


def test_every_case_may_spoil_the_gpu(folder):
    faults = {(sampler, 0, 1): ILLEGAL for sampler in SAMPLERS}
    _, workers = run(folder, FakeWorkers(faults), **GPU)
    assert [len(samplers) for *_, samplers in workers.started] == [3, 2, 1]
    assert [status for *_, status in summary(folder)] == ["failed"] * 3


def test_cases_that_were_finished_before_are_not_measured_again(folder):
    _, workers = run(folder, FakeWorkers({("random", 0, 10): ILLEGAL}), **GPU)
    assert workers.started[1:] == [("torch", 0, ["top_p"])]
    assert len({(r.case, r.status) for r in ends(folder)}) == len(ends(folder)) == 3


def test_a_worker_that_wants_to_be_restarted_for_nothing(folder):
    """It would go on for ever."""

    def script(job):
        yield {"event": "restart", "reason": "no reason"}

    _, workers = run(folder, FakeWorkers(script=script), **GPU)
    assert len(workers.started) == 1
    assert [status for *_, status in summary(folder)] == ["failed"] * 3
