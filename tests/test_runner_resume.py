"""Runs that end early, and those that go on from there: nothing finished is lost or done twice."""

import itertools

import pytest
from fake_runs import (
    SAMPLERS,
    FakeWorkers,
    Watching,
    cases_of,
    ends,
    plan_of,
    results,
    run,
    run_ends,
)

from bench.launcher import WorkerDiedError
from bench.runner import Run
from reports.records import CaseDone
from reports.run_folder import RunFolder, RunFolderError

pytestmark = pytest.mark.usefixtures("no_probes")

DIED = WorkerDiedError("it was ended by SIGSEGV")


def ids():
    return [case.id for case in cases_of()]


def test_nothing_to_do(folder):
    one = Run(plan_of(), folder, Watching(), FakeWorkers())
    one.execute()
    again, workers = run(folder)
    assert workers.started == []
    assert again.outcome.done == {}
    assert run_ends(folder) == ["complete", "complete"]


class StopError(Exception):
    pass


def stop_after(n, error=KeyboardInterrupt, kind="done"):
    """Return a watcher that raises at the n-th event of a kind."""
    watching = Watching()

    def on(event):
        if event[0] == kind and len([e for e in watching.heard if e[0] == kind]) == n:
            raise error

    watching.on = on
    return watching


@pytest.mark.parametrize("n", range(1, 30, 4))
def test_ctrl_c_leaves_a_readable_run_that_goes_on(folder, n):
    workers = FakeWorkers()
    with pytest.raises(KeyboardInterrupt):
        run(folder, workers, stop_after(n, kind="step"), measure={"launches": 2})
    assert run_ends(folder) == ["interrupted"]
    assert workers.open == 0, "the worker was ended"
    before = ends(folder)
    run(folder, measure={"launches": 2})
    assert run_ends(folder) == ["interrupted", "complete"]
    keys = [(d.case, d.launch) for d in ends(folder)]
    assert sorted(keys) == sorted(itertools.product(ids(), range(2))), "each once"
    assert ends(folder)[: len(before)] == before
    assert folder.damage() is None


def test_a_resumed_run_ends_like_an_unbroken_one(folder, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(folder, watching=stop_after(2), measure={"launches": 2})
    _, workers = run(folder, measure={"launches": 2})
    assert workers.started == [("jax", 0, ["top_p"]), ("jax", 1, [*SAMPLERS[1:], SAMPLERS[0]])]
    with RunFolder.create(tmp_path / "other", "demo", {"cases": []}) as unbroken:
        run(unbroken, measure={"launches": 2})
        assert results(folder) == results(unbroken)


def test_any_other_error_ends_the_run_as_failed(folder):
    workers = FakeWorkers()
    with pytest.raises(StopError):
        run(folder, workers, stop_after(2, StopError))
    assert run_ends(folder) == ["failed"]
    assert workers.open == 0
    assert len(ends(folder)) == 2


def test_a_failed_case_is_tried_again_by_a_resumed_run(folder):
    run(folder, FakeWorkers({("random", 0, 3): DIED}), measure={"launches": 2})
    _, workers = run(folder, measure={"launches": 2})
    assert workers.started == [("jax", 0, ["random"]), ("jax", 1, ["random"])]
    assert {status for status, _ in results(folder).values()} == {"ok"}


def test_more_launches_add_to_a_run(folder):
    run(folder)
    _, workers = run(folder, measure={"launches": 3})
    assert [launch for _, launch, _ in workers.started] == [1, 2]


def test_another_content_is_measured_anew(folder):
    run(folder)
    _, workers = run(folder, generate={"max_length": 17})
    assert workers.started == [("jax", 0, list(SAMPLERS))]


def test_two_names_for_one_model_are_two_cases(folder):
    """Same content, same hash: whoever compares a model with itself wants both measured."""
    presets = [{"name": "a", "source": "tiny"}, {"name": "b", "source": "tiny"}]
    with pytest.raises(KeyboardInterrupt):
        run(folder, watching=stop_after(3), presets=presets)
    run(folder, presets=presets)
    found = results(folder, presets=presets)
    assert {status for status, _ in found.values()} == {"ok"}
    assert len(found) == 6


def test_a_case_with_a_new_name_is_measured_under_it(folder):
    """Reports look for the id: records under the old one would be found by no one."""
    run(folder)
    renamed = {"presets": [{"name": "renamed", "source": "tiny"}]}
    run(folder, **renamed)
    assert {status for status, _ in results(folder, **renamed).values()} == {"ok"}


@pytest.mark.parametrize("write", [0, 1, 2, 7, 18, 19, 20, 21, 22, 23, 24, 25])
def test_a_full_disk_loses_nothing_that_was_finished(folder, monkeypatch, write):
    workers, append, writes = FakeWorkers(), folder.append, itertools.count()

    def full(*records, sync=False):
        if next(writes) >= write:
            raise RunFolderError("no space left on device")
        append(*records, sync=sync)

    monkeypatch.setattr(folder, "append", full)
    with pytest.raises(RunFolderError, match="no space"):
        run(folder, workers)
    assert workers.open == 0
    assert run_ends(folder) == []
    monkeypatch.undo()
    kept = folder.finished()
    run(folder)
    assert kept <= folder.finished()
    assert len(ends(folder)) == 3, "nothing is measured twice"
    assert {status for status, _ in results(folder).values()} == {"ok"}


def test_a_full_disk_does_not_hide_what_ended_the_run(folder, monkeypatch):
    def full(*records, sync=False):
        raise RunFolderError("no space left on device")

    def stop(event):
        monkeypatch.setattr(folder, "append", full)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, watching=Watching(on=stop))


def test_the_end_of_a_case_is_on_the_disk_before_anyone_hears_of_it(folder, monkeypatch):
    synced, append = [], folder.append

    def spy(*records, sync=False):
        append(*records, sync=sync)
        synced.extend(r.case for r in records if sync and isinstance(r, CaseDone))

    monkeypatch.setattr(folder, "append", spy)
    watching = Watching()
    watching.on = lambda event: event[0] != "done" or synced.index(event[1])
    run(folder, watching=watching)
    assert synced == ids()
