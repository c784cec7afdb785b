"""Series and their steps: what parts them, and what is told at a step."""

from __future__ import annotations

import dataclasses
import random

import pytest
from history_files import COLUMNS, MACHINE, case, environment, night, speed_of

from reports.columns import CASE_COLUMNS, Column
from reports.history.beginnings import beginnings
from reports.history.files import store
from reports.history.fingerprints import Change, machine_of
from reports.history.query import NothingFitsError, query
from reports.history.trends import form_of

SPEED = "tokens_per_second"


def mixed(level, nights, seed=1):
    """Speeds about a level."""
    draw = random.Random(seed)
    return [level * (1 + draw.gauss(0, 0.01)) for _ in range(nights)]


def test_a_step_names_the_run_and_what_changed(tmp_path):
    speed_of(mixed(50, 12), tmp_path)
    new = {
        "environments": [environment(**{"keras-hub": "0.33.0", "tensorflow": "2.22.0"})],
        "git": {"revision": "b" * 40, "branch": "main", "dirty": True},
        "machine": {**MACHINE, "kernel": "6.2"},
        "warnings": [
            {"text": "the governor is powersave. Set performance.", "cases": []},
            {"text": "of another case", "cases": ["other"]},
        ],
    }
    speed_of(mixed(43, 5), tmp_path, first=12, **new)
    (trend,) = query(tmp_path).trends
    (step,) = trend.steps
    assert (step.place, step.runs_before, step.runs_after, step.verdict) == (12, 12, 5, "worse")
    assert step.change == pytest.approx(43 / 50, rel=0.02)
    assert trend.series.runs[12].name == "20260913-031200-nightly"
    assert step.changes == (
        Change("git", "a" * 12, "b" * 12 + "+"),
        Change("keras-hub", "0.32.0", "0.33.0"),  # TensorFlow does nothing on JAX
        Change("kernel", "6.1", "6.2"),
    )
    assert step.warnings == ("the governor is powersave. Set performance.",)
    assert [event.place for event in trend.events] == [12]


def test_a_change_one_run_off_is_told_as_near(tmp_path):
    speed_of(mixed(50, 11), tmp_path)
    speed_of(mixed(50, 1, 3), tmp_path, first=11, versebench_version="0.2.0")
    speed_of(mixed(43, 5, 4), tmp_path, first=12, versebench_version="0.2.0")
    (trend,) = query(tmp_path).trends
    (step,) = trend.steps
    assert step.changes == ()
    assert [(event.place, event.changes) for event in step.near] == [
        (11, (Change("versebench", "0.1.0", "0.2.0"),))
    ]


def test_a_new_version_is_an_event_and_no_new_series(tmp_path):
    speed_of(mixed(50, 6), tmp_path)
    speed_of(mixed(50, 6), tmp_path, first=6, environments=[environment(**{"keras-hub": "0.33.0"})])
    found = query(tmp_path)
    (trend,) = found.trends
    assert (len(trend.series.runs), trend.steps) == (12, ())
    assert trend.events[0].changes == (Change("keras-hub", "0.32.0", "0.33.0"),)
    assert beginnings(found) == []


def test_another_machine_begins_a_new_series(tmp_path):
    speed_of([50.0] * 8, tmp_path)
    speed_of([20.0] * 8, tmp_path, first=8, machine={**MACHINE, "cpu_model": "Slow CPU"})
    found = query(tmp_path)
    assert [trend.series.values.tolist() for trend in found.trends] == [[50.0] * 8, [20.0] * 8]
    assert found.steps == []
    (begun,) = beginnings(found)
    assert begun.changes == (Change("processor", "Example CPU", "Slow CPU"),)
    assert (begun.run.name, begun.beside) == ("20260909-031200-nightly", False)


def test_machines_that_take_turns_are_two_series(tmp_path):
    for number in range(0, 12, 2):
        speed_of([50.0], tmp_path, first=number)
        speed_of([20.0], tmp_path, first=number + 1, machine={**MACHINE, "cores_allowed": 2})
    found = query(tmp_path)
    assert [len(trend.series.runs) for trend in found.trends] == [6, 6]
    assert found.steps == []
    (begun,) = beginnings(found)
    assert begun.beside


def test_another_hash_begins_a_new_series_and_says_what_it_measures(tmp_path):
    speed_of([50.0] * 3, tmp_path)
    changed = [
        case({SPEED: 60.0}, hash="new", settings={"max_length": 100}),
    ]
    store(night(3, changed), tmp_path)
    store(night(4, [dataclasses.replace(changed[0], hash="newer")]), tmp_path)
    found = query(tmp_path)
    assert [len(trend.series.runs) for trend in found.trends] == [3, 1, 1]
    first, second = beginnings(found)
    assert first.changes == (Change("max_length", 80, 100),)
    assert "model's files" in str(second.changes[0].b)


def test_a_gpu_counts_only_where_the_case_runs_on_it():
    gpu = {**MACHINE, "gpus": [{"name": "H100"}], "gpu_driver": "550"}
    newer = {**gpu, "gpu_driver": "560"}
    cpu, on_gpu = "cpu-jax-float32", "gpu-jax-bfloat16"
    assert machine_of(MACHINE, cpu) == machine_of(gpu, cpu) == machine_of(newer, cpu)
    assert machine_of(gpu, on_gpu) != machine_of(newer, on_gpu)
    assert machine_of(gpu, on_gpu)["GPU"] == "H100"


def test_two_scenarios_are_not_mixed(tmp_path):
    speed_of([50.0] * 4, tmp_path)
    speed_of([10.0] * 4, tmp_path, first=4, scenario="other")
    found = query(tmp_path)
    assert [len(trend.series.runs) for trend in found.trends] == [4, 4]
    (trend,) = query(tmp_path, scenario="other").trends
    assert trend.series.values.tolist() == [10.0] * 4
    with pytest.raises(NothingFitsError, match="nightly, other"):
        query(tmp_path, scenario="none")


def test_runs_that_come_late_take_their_place(tmp_path):
    numbers = list(range(10))
    random.Random(3).shuffle(numbers)
    for number in numbers:
        speed_of([100.0 + number], tmp_path, first=number)
    (trend,) = query(tmp_path).trends
    assert trend.series.values.tolist() == [100.0 + number for number in range(10)]


def test_missed_and_failed_nights_are_gaps(tmp_path):
    speed_of([50.0], tmp_path, first=0)
    store(night(2, [case({}, status="failed", reason="out of memory")]), tmp_path)
    speed_of([51.0], tmp_path, first=9)
    found = query(tmp_path)
    (trend,) = found.trends
    assert (len(found.runs), trend.series.values.tolist()) == (3, [50.0, 51.0])


def test_cases_and_metrics_are_chosen_by_globs(tmp_path):
    values = {SPEED: 50.0, "seq_rep_4": 0.3, "mine": 2.0}
    cases = [case(values), case(values, "top_k-5")]
    store(night(0, cases, columns={**COLUMNS, "mine": {"unit": "x", "better": "lower"}}), tmp_path)
    found = query(tmp_path, ["seq_*", SPEED])
    assert [trend.series.column.name for trend in found.trends] == [SPEED] * 2 + ["seq_rep_4"] * 2
    assert {t.series.key.case for t in query(tmp_path, case="*top_k*").trends} == {cases[1].case}
    assert {t.series.key.case for t in query(tmp_path, case="greedy").trends} == {cases[0].case}
    column = query(tmp_path, ["mine"]).trends[0].series.column
    assert (column.unit, column.better) == ("x", "lower")  # of a metric not installed here
    with pytest.raises(NothingFitsError, match="There are: tokens_per_second"):
        query(tmp_path, ["nothing"])
    with pytest.raises(NothingFitsError, match="Some cases: gpt2/base"):
        query(tmp_path, case="beam*")


def test_short_names_of_metrics_are_known(tmp_path):
    store(night(0, [case({"seq_rep_4": 0.3})]), tmp_path)
    assert len(query(tmp_path, ["rep_4"]).trends) == 1


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        (SPEED, [50.0], ("ratio", 0.05)),
        ("cold_seconds", [5.0], ("ratio", 0.10)),
        ("compile_seconds", [0.0, 2.0], ("difference", 0.10)),
        ("ended_share", [0.5], ("difference", 0.02)),
        ("samples", [16.0], ("ratio", 0.05)),
        ("samples", [-4.0, 2.0, 4.0], ("difference", 0.2)),
        ("samples", [0.0], ("difference", 0.05)),
    ],
)
def test_how_a_metric_changes(column, values, expected):
    import numpy as np

    (own,) = [one for one in CASE_COLUMNS if one.name == column]
    form, floor = form_of(own, np.array(values))
    assert (form, pytest.approx(floor)) == expected


def test_direction_of_a_metric(tmp_path):
    for number in range(12):
        level = 0.3 if number < 6 else 0.4
        values = {"seq_rep_4": level, "mine": level, "samples": level}
        store(night(number, [case(values)], columns={**COLUMNS, "mine": {}}), tmp_path)
    found = {t.series.column.name: t.steps[0].verdict for t in query(tmp_path, ["*"]).trends}
    assert found == {"seq_rep_4": "worse", "mine": "changed", "samples": "changed"}


def test_a_metric_whose_code_changed_says_so_at_the_step(tmp_path):
    for number in range(12):
        code = {"unit": "share", "better": "lower", "code": "old" if number < 6 else "new"}
        kept = night(number, [case({"seq_rep_4": 0.3 if number < 6 else 0.4})])
        store(dataclasses.replace(kept, columns={"seq_rep_4": code}), tmp_path)
    (trend,) = query(tmp_path, ["seq_rep_4"]).trends
    assert Change("code of the metrics", "old", "new") in trend.steps[0].changes


def test_an_empty_folder(tmp_path):
    found = query(tmp_path)
    assert (found.runs, found.trends, found.faults) == ([], [], {})


def test_columns_are_those_of_this_version(tmp_path):
    speed_of([50.0], tmp_path)
    assert isinstance(query(tmp_path).trends[0].series.column, Column)
