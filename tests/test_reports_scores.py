"""Scores: computed once, again when the samples or the code change, never in the way."""

import json
import os

import pytest
from reports_fixture import case, launch, run

from metrics import Metric, Score
from reports import scores as module
from reports.case_scores import CaseScores, columns_of
from reports.completed import complete
from reports.score_file import read_scores, write_scores
from reports.scores import SCORES, score_run

NAMES = ["seq_rep_4", "distinct_2"]


@pytest.fixture
def folder(tmp_path):
    return run(tmp_path, [case(), case("top_k-5")])


def score(folder, names=NAMES):
    return score_run(folder, complete(folder.manifest["cases"], folder.read()), names)


def metric(compute, level="sample"):
    return Metric("mine", "mine", "share", "lower", level, "d", "s", "c", compute)


def test_samples_and_sets_are_scored(folder):
    found = score(folder)
    assert found.computed == 4
    assert found.warnings == []
    one = found.cases[case()["id"]]
    assert list(one.keys) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert one.metrics["seq_rep_4"].values[1] == 0.75
    assert len(one.metrics["distinct_2"].values) == 1


def test_nothing_is_scored_twice(folder):
    first = score(folder)
    assert score(folder) == module.RunScores(first.cases, first.metrics, 0, [])
    written = (folder.path / SCORES).stat().st_mtime_ns
    more = score(folder, [*NAMES, "ttr"])
    assert more.computed == 2
    assert (folder.path / SCORES).stat().st_mtime_ns > written
    assert score(folder, NAMES).computed == 0
    assert score(folder, ["ttr"]).computed == 0  # scoring fewer drops nothing


def test_only_new_cases_are_scored_after_a_resume(tmp_path):
    cases = [case(), case("top_k-5")]
    folder = run(tmp_path, cases, launch(cases[0]))
    assert score(folder).computed == 2
    with folder:
        folder.append(*launch(cases[1]))
    assert score(folder).computed == 2


def test_changed_code_is_computed_again(folder, monkeypatch):
    score(folder)
    monkeypatch.setattr(module, "code_digest", lambda metric: "new")
    assert score(folder).computed == 4
    assert score(folder).computed == 0


def test_changed_samples_are_scored_again(folder):
    score(folder)
    text = folder.records_path.read_text().replace("a ship went", "a boat went")
    folder.records_path.write_text(text)
    assert score(folder).computed == 4


@pytest.mark.parametrize("damage", ["", "{", "[]\n", '{"schema_version": 99}\n{"case": 1}\n'])
def test_a_damaged_file_is_computed_anew(folder, damage):
    first = score(folder)
    (folder.path / SCORES).write_text(damage)
    again = score(folder)
    assert again.cases == first.cases
    assert again.computed == 4
    assert score(folder).computed == 0


def test_a_cut_file_keeps_what_is_whole(folder):
    score(folder)
    lines = (folder.path / SCORES).read_text().splitlines(keepends=True)
    (folder.path / SCORES).write_text("".join(lines[:2]) + lines[2][:50])
    assert score(folder).computed == 2


def test_each_line_is_one_case_and_the_header_says_by_what(folder):
    score(folder)
    header, *lines = map(json.loads, (folder.path / SCORES).read_text().splitlines())
    assert header["schema_version"] == 2
    assert [line["case"] for line in lines] == [case()["id"], case("top_k-5")["id"]]


def test_scores_of_the_first_schema_are_still_read(folder):
    """Scores against training texts cannot be computed again once those are gone."""
    now = score(folder).cases
    lines = [{"kind": "scores", "schema_version": 1}]
    for case_scores in now.values():
        metrics = {
            name: {
                "level": one.level,
                "code": one.code,
                "values": one.values,
                "n": [one.at(place)[0] for place in range(len(one.array))],
                "coverage": [one.at(place)[1] for place in range(len(one.array))],
                "reasons": {str(place): why for place, why in one.reasons.items()},
            }
            for name, one in case_scores.metrics.items()
        }
        lines.append(
            {
                "case": case_scores.case,
                "digest": case_scores.digest,
                "keys": [list(key) for key in case_scores.keys],
                "metrics": metrics,
            }
        )
    path = folder.path / SCORES
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    again = score(folder)
    assert again.computed == 0
    for id_, case_scores in again.cases.items():
        assert case_scores.metrics == now[id_].metrics


def test_columns_keep_every_value_reason_n_and_coverage(folder):
    scores = [Score(0.5, 3, 1.0), Score(None, 0, None, "too short"), Score(0.25, 4, 0.5)]
    found = columns_of("sample", "code", scores)
    assert found.values == [0.5, None, 0.25]
    assert [found.at(place) for place in range(3)] == [(3, 1.0), (0, None), (4, 0.5)]
    assert found.reasons == {1: "too short"}
    cases = {"c": CaseScores("c", "d", ((0, 0), (0, 1), (1, 0)), {"mine": found}, 2, "l")}
    cases["e"] = CaseScores("e", "d", ((0, 0),), {"mine": columns_of("sample", "x", scores[1:2])})
    write_scores(folder.path / SCORES, cases)
    assert read_scores(folder.path / SCORES) == cases


def test_an_unwritable_folder_gives_a_warning_and_the_scores(folder, monkeypatch):
    def refuse(source, target):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    found = score(folder)
    assert len(found.cases) == 2
    assert "Permission denied" in found.warnings[0]


def test_an_unknown_metric_gives_a_warning_and_the_others(folder):
    found = score(folder, ["seq_rep_4", "from_elsewhere"])
    assert list(found.metrics) == ["seq_rep_4"]
    assert "from_elsewhere" in found.warnings[0]


def test_metrics_and_gates_of_the_scenario_are_the_default(tmp_path):
    scenario = {"metrics": ["ttr"], "gates": {"rep_4": {"max": 1}, "tokens_per_second": {"min": 1}}}
    folder = run(tmp_path, [case()], scenario=scenario)
    assert list(score(folder, None).metrics) == ["ttr", "seq_rep_4"]
    assert len(score(folder, ["*"]).metrics) > 15


def test_what_is_not_finite_is_no_value(folder, monkeypatch):
    mine = metric(lambda text: Score(float("inf")))
    monkeypatch.setattr(module, "select", lambda names: {"mine": mine})
    found = score(folder, ["mine"]).cases[case()["id"]].metrics["mine"]
    assert found.values == [None] * 6
    assert found.reason() == "the metric gave inf"


def test_hostile_texts_are_scored(tmp_path):
    texts = ("", "\ud800", "\x00\x1b[2J", "\ufffd" * 50, "词" * 10_000)
    folder = run(tmp_path, [case()], launch(case(), texts=texts))
    assert score(folder, ["*"]).computed > 15
    assert score(folder, ["*"]).computed == 0
