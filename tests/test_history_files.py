"""The files of a history: what is kept, by how many writers, and what damage does."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing

import pytest
from history_files import case, night, write_nights
from reports_fixture import case as case_of
from reports_fixture import launch, run, trial

from reports.gates import GateOutcome
from reports.history.files import listing, load, seconds, store
from reports.history.kept import KeptError, from_text, to_text
from reports.history.query import NothingFitsError, query
from reports.history.recording import NotFinishedError, keep, kept_run
from reports.records import RunEnd
from reports.run_folder import RunFolder
from reports.summary import summarise

WRITERS, RUNS = 4, 50
METRICS = ["seq_rep_4"]


def summary_of(tmp_path, **fields):
    """A summary of a made-up run of two cases, one of which was skipped."""
    cases = [case_of("greedy"), case_of("top_k-5", skipped="no GPU here")]
    return summarise(run(tmp_path, cases, **fields), METRICS)


def test_what_is_kept_of_a_run(tmp_path):
    summary = summary_of(tmp_path, git={"revision": "a" * 40, "branch": "main", "dirty": True})
    gate = GateOutcome("tokens_per_second", "tokens_per_second", "x", "fail", 3.0, 5.0)
    kept = kept_run(summary, [gate])
    assert (kept.scenario, kept.name) == ("demo", summary.run.path.name)
    assert kept.git == {"revision": "a" * 40, "branch": "main", "dirty": True}
    assert kept.gates["verdict"] == "failed"
    assert kept.gates["missed"][0]["value"] == 3.0
    measured, skipped = kept.cases
    row = summary.cases.iloc[0]
    assert measured.values["tokens_per_second"] == row["tokens_per_second"]
    assert measured.intervals["tpot_seconds"] == [row["tpot_seconds_low"], row["tpot_seconds_high"]]
    assert measured.values["seq_rep_4"] == row["seq_rep_4"]
    assert measured.n["seq_rep_4"] == row["seq_rep_4_n"]
    assert measured.launch_values["cold_seconds"] == [3.0]
    assert kept.columns["tokens_per_second"] == {"unit": "1/s", "better": "higher"}
    assert kept.columns["seq_rep_4"]["code"]
    assert (skipped.status, skipped.reason, skipped.values) == ("skipped", "no GPU here", {})


def test_a_file_says_what_was_kept(tmp_path):
    kept = kept_run(summary_of(tmp_path))
    assert from_text(to_text(kept)) == kept
    path = store(kept, tmp_path / "history")
    assert load(path) == kept
    assert path.name.startswith(f"20261122-204600-demo-{kept.run[:8]}-")


def test_generated_text_never_enters(tmp_path):
    cases = [case_of("greedy")]
    secret = "a text that nobody may find again"
    records = [*launch(cases[0], texts=(secret,)), RunEnd(1.0, "complete", 2.0)]
    text = to_text(kept_run(summarise(run(tmp_path, cases, records), METRICS)))
    assert "nobody may find" not in text
    assert text.isascii()


def test_a_run_that_is_not_complete_is_not_kept(tmp_path):
    cases = [case_of("greedy")]
    for end in ([], [RunEnd(1.0, "interrupted", 2.0)], [RunEnd(1.0, "failed", 2.0)]):
        summary = summarise(run(tmp_path, cases, [*launch(cases[0]), *end]), METRICS)
        with pytest.raises(NotFinishedError, match="--resume"):
            keep(summary, tmp_path / "history")
    assert not (tmp_path / "history").exists()


def test_a_run_that_was_resumed_counts_once_as_it_ended_last(tmp_path):
    cases = [case_of("greedy")]
    folder = run(tmp_path, cases, [*launch(cases[0]), RunEnd(10.0, "complete", 2.0)])
    history = tmp_path / "history"
    first = keep(summarise(folder, METRICS), history)
    assert keep(summarise(folder, METRICS), history) == first  # said twice, kept once
    with RunFolder.open(folder.path, append=True) as again:
        again.append(*launch(cases[0], 1, pace=2.0), RunEnd(20.0, "complete", 2.0))
    second = keep(summarise(folder, METRICS), history)
    assert second != first
    assert first.exists()
    found = query(history)
    assert (len(found.runs), found.superseded) == (1, 1)
    (trend,) = found.trends
    assert trend.series.values[0] == load(second).cases[0].values["tokens_per_second"]


def test_scores_made_later_supersede_as_well(tmp_path):
    run_then = night(0, [case({"seq_rep_4": 0.3})])
    later = dataclasses.replace(
        run_then, stored="2026-12-24T00:00:00+00:00", cases=[case({"seq_rep_4": 0.2})]
    )
    for kept in (later, run_then):  # in whichever order they come
        store(kept, tmp_path)
    (trend,) = query(tmp_path, ["seq_rep_4"]).trends
    assert trend.series.values.tolist() == [0.2]


def test_two_machines_that_begin_in_one_second_are_two_runs(tmp_path):
    cases = [case_of("greedy")]
    made = []
    for seconds_ in (0.74, 0.75):
        records = launch(cases[0])
        records[1] = trial(cases[0], 0, "cold", 0, seconds=seconds_)
        records.insert(0, trial(cases[0], 7, "cold", 0, seconds=seconds_, attempt="lost"))
        folder = run(tmp_path / str(seconds_), cases, [*records, RunEnd(1.0, "complete", 2.0)])
        made.append(kept_run(summarise(folder, METRICS)).run)
    assert made[0] != made[1]


def test_launches_of_several_environments_are_told(tmp_path):
    cases = [case_of("greedy")]
    records = [line for number in range(2) for line in launch(cases[0], number)]
    for number, place in enumerate(i for i, one in enumerate(records) if one.kind == "launch"):
        ran = {"backend": "jax", "versions": {"keras": f"3.{number}"}}
        records[place] = dataclasses.replace(records[place], what_ran=ran)
    folder = run(tmp_path, cases, [*records, RunEnd(1.0, "complete", 2.0)])
    assert kept_run(summarise(folder, METRICS)).environments[0]["mixed"] == ["versions"]


def test_writers_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    history = tmp_path / "new" / "history"
    writers = [
        context.Process(target=write_nights, args=(history, RUNS, n)) for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert len(list(history.iterdir())) == WRITERS * RUNS  # and no temporary file
    found = query(history)
    assert (len(found.runs), found.superseded, found.faults) == (WRITERS * RUNS, 0, {})
    (trend,) = found.trends
    assert len(trend.series.runs) == WRITERS * RUNS


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: text[: len(text) // 2], "content does not fit its name"),
        (lambda text: text.replace("50.0", "51.0"), "content does not fit its name"),
        (lambda text: "", "content does not fit its name"),
    ],
)
def test_a_damaged_file_is_named_and_skipped(tmp_path, harm, said):
    good = store(night(0, [case({"tokens_per_second": 50.0})]), tmp_path)
    bad = store(night(1, [case({"tokens_per_second": 50.0})]), tmp_path)
    bad.write_text(harm(bad.read_text()))
    found = query(tmp_path)
    assert list(found.faults) == [bad.name]
    assert said in found.faults[bad.name]
    assert [run.name for run in found.runs] == [load(good).name]
    with pytest.raises(NothingFitsError, match=rf"'mine', but of nightly\. skipped {bad.name}: "):
        query(tmp_path, scenario="mine")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: [], "no history file"),
        (lambda data: {**data, "kind": "other"}, "no history file"),
        (lambda data: {**data, "schema_version": 99}, "upgrade versebench"),
        (lambda data: {**data, "schema_version": True}, "schema_version"),
        (lambda data: {k: v for k, v in data.items() if k != "created"}, "no created"),
        (lambda data: {**data, "created": "yesterday"}, "is no time"),
        (lambda data: {**data, "scenario": 3}, "scenario is int"),
        (lambda data: {**data, "cases": {}}, "list of cases"),
        (lambda data: {**data, "cases": ["x"]}, "no object"),
        (lambda data: {**data, "environments": []}, "environment that is not there"),
        (lambda data: {**data, "environments": 3.5}, "no list of objects"),
        (lambda data: {**data, "environments": [None]}, "no list of objects"),
        (
            lambda data: {**data, "cases": [{**data["cases"][0], "status": "\ud800"}]},
            "a status that there is not",
        ),
    ],
)
def test_what_is_no_history_file_is_named_and_skipped(tmp_path, change, said):
    data = json.loads(to_text(night(0, [case({"tokens_per_second": 50.0})])))
    (tmp_path / "by hand.json").write_text(json.dumps(change(data)))
    found = query(tmp_path)
    assert said in found.faults["by hand.json"]
    assert found.runs == []


@pytest.mark.parametrize(
    "value", ["NaN", "1e999", "true", '"fast"', "null", "[1]", "1" + "0" * 400]
)
def test_a_value_must_be_a_finite_number(value):
    text = to_text(night(0, [case({"tokens_per_second": 50.0})])).replace("50.0", value)
    with pytest.raises(KeptError):
        from_text(text)


def test_deep_nesting_is_no_traceback():
    with pytest.raises(KeptError):
        from_text('{"kind": ' + "[" * 100_000)


def test_files_of_others_are_passed_over(tmp_path):
    store(night(0, [case({"tokens_per_second": 50.0})]), tmp_path)
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / ".hidden.json").write_text("half")
    (tmp_path / "folder.json").mkdir()
    assert len(listing(tmp_path)) == 1


def test_a_name_that_newer_keys_do_not_disturb(tmp_path):
    data = json.loads(to_text(night(0, [case({"tokens_per_second": 50.0})])))
    data["invented_later"] = {"x": 1}
    data["cases"][0]["too"] = 1
    assert from_text(json.dumps(data)).cases[0].values == {"tokens_per_second": 50.0}


def test_times_without_a_zone_are_utc():
    assert seconds("2026-11-22T20:46:00") == seconds("2026-11-22T21:46:00+01:00")
