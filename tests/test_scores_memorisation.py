"""Scores against the training texts of a run: only where a state was tuned, kept, made again."""

import json

import pytest
from reports_fixture import TEXTS, case, launch, run

from reports import corpora
from reports.csv_files import write_csv
from reports.gates import check_gates
from reports.json_view import json_object
from reports.run_folder import RunFolder
from reports.scores import SCORES
from reports.summary import summarise
from reports.training_texts import texts_path, write_texts

NAMES = ["corpus_overlap_4", "longest_copy", "copied_lines"]
TUNED = case(state="tuned")


@pytest.fixture
def folder(tmp_path):
    """A run of two cases, base and tuned, of which the second has training texts."""
    own_lines = tuple(f"\n{text}" for text in TEXTS)  # none that the prompt begins
    cases = [case(), TUNED]
    folder = run(tmp_path, cases, [line for one in cases for line in launch(one, texts=own_lines)])
    put(folder, [TEXTS[0], "never came back"])
    return folder


def put(folder, train, state="tuned", held_out=()):
    path = texts_path(folder.path, "tiny", state)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_texts(path, train, held_out)
    return path


def copies(folder, names=None, case=TUNED):
    rows = summarise(RunFolder.open(folder.path), names).cases.set_index("case")
    return rows.loc[case["id"]]


@pytest.fixture
def indexed(monkeypatch):
    """Count the indexes made."""
    made = []

    def index(texts):
        made.append(list(texts))
        return corpora_index(made[-1])

    corpora_index = corpora.TrainingCorpus
    monkeypatch.setattr(corpora, "TrainingCorpus", index)
    return made


def test_the_tuned_case_has_values_and_the_other_a_reason(folder):
    summary = summarise(folder)
    rows = summary.cases.set_index("case")
    assert rows.loc[TUNED["id"], "longest_copy"] == pytest.approx((14 + 1 + 3) / 3)
    assert rows.loc[TUNED["id"], "copied_lines"] == pytest.approx(1 / 3)
    for name in NAMES:
        assert rows.loc[TUNED["id"], f"{name}_n"] == 6
        assert rows.isna().loc[case()["id"], name]
        assert summary.reason(case()["id"], name) == "the state was not tuned in this run"
        assert summary.metrics[name].group == "memorisation"


def test_they_are_in_every_report(folder):
    summary = summarise(folder)
    write_csv(summary)
    for file, end in (("cases.csv", "_low"), ("samples.csv", "")):
        header = (folder.path / file).read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert {f"{name}{end}" for name in NAMES} <= set(header)
    shown = json_object(summary, samples=True)
    assert set(NAMES) <= {column["name"] for column in shown["columns"]}
    assert {sample["longest_copy"] for sample in shown["samples"]} == {None, 14.0, 1.0, 3.0}


def test_a_run_without_training_texts_has_no_such_columns(tmp_path):
    summary = summarise(run(tmp_path, [case(), TUNED]))
    assert not set(NAMES) & {*summary.metrics, *summary.cases.columns}


def test_asked_for_by_name_they_are_there_with_the_reason(tmp_path):
    folder = run(tmp_path, [TUNED])
    for names in (["longest_copy"], ["memorisation"]):
        summary = summarise(folder, names)
        assert summary.reason(TUNED["id"], "longest_copy") == "the state was not tuned in this run"


def test_the_scenario_selects_them_like_all_others(folder):
    assert not set(NAMES) & set(summarise(folder, ["ttr", "zipf"]).metrics)
    assert list(summarise(folder, ["memorisation"]).metrics) == NAMES
    assert list(summarise(folder, ["ttr", "copied_lines"]).metrics) == ["ttr", "copied_lines"]


def test_a_gate_holds_them(tmp_path):
    scenario = {"metrics": ["ttr"], "gates": {"longest_copy": {"max": 5}}}
    folder = run(tmp_path, [case(), TUNED], scenario=scenario)
    put(folder, [TEXTS[0]])
    outcomes = {one.case: one for one in check_gates(summarise(folder))}
    assert outcomes[TUNED["id"]].verdict == "fail"
    assert outcomes[TUNED["id"]].culprit.text == TEXTS[0]
    assert outcomes[case()["id"]].verdict == "not compared"
    assert "not tuned" in outcomes[case()["id"]].reason


def test_nothing_is_indexed_or_scored_twice(folder, indexed):
    first = summarise(folder)
    assert len(indexed) == 1
    again = summarise(folder)
    assert again.scores.computed == 0
    assert again.scores.cases == first.scores.cases
    assert len(indexed) == 1


def test_the_cases_of_a_state_share_an_index(tmp_path, indexed):
    cases = [case(s, state=state) for state in ("one", "two") for s in ("greedy", "top_k-5")]
    folder = run(tmp_path, cases)
    put(folder, ["a"], "one")
    put(folder, ["b"], "two")
    summarise(folder)
    assert indexed == [["a"], ["b"]]


def test_held_out_texts_are_not_training_texts(folder, indexed):
    put(folder, ["a"], held_out=TEXTS)
    assert copies(folder)["longest_copy"] == 1 / 3  # "a ship" has an a
    assert indexed == [["a"]]


def test_changed_texts_are_judged_against_again_and_nothing_else(folder):
    summarise(folder)
    put(folder, TEXTS)
    summary = summarise(folder)
    assert summary.scores.computed == len(NAMES)
    assert copies(folder)["copied_lines"] == 1


def test_scores_stay_when_the_texts_are_removed(folder):
    before = copies(folder)
    texts_path(folder.path, "tiny", "tuned").unlink()
    summary = summarise(folder)
    assert summary.scores.computed == 0
    assert copies(folder)[NAMES].equals(before[NAMES])
    (folder.path / SCORES).unlink()
    assert not set(NAMES) & set(summarise(folder).metrics)
    put(folder, [TEXTS[0], "never came back"])
    assert copies(folder)[NAMES].equals(before[NAMES])


def test_texts_that_come_later_give_scores(tmp_path):
    folder = run(tmp_path, [TUNED])
    assert copies(folder, ["longest_copy"]).isna()["longest_copy"]
    put(folder, TEXTS)
    assert copies(folder, ["longest_copy"])["longest_copy"] > 10


@pytest.mark.parametrize("damage", [b"", b"plain", None])
def test_damaged_texts_cost_their_own_scores_only(folder, damage):
    path = texts_path(folder.path, "tiny", "tuned")
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    summary = summarise(folder)
    if damage != b"":  # no bytes are a gzip file of no texts
        (warning,) = (notice.text for notice in summary.warnings if "memorisation" in notice.text)
        assert "make it again" in warning
        reason = "the texts that the state was tuned on are damaged"
        assert summary.reason(TUNED["id"], "longest_copy") == reason
    assert copies(folder)["ttr"] > 0
    put(folder, TEXTS)
    assert copies(folder)["longest_copy"] > 10


def test_a_folder_in_place_of_the_texts(folder):
    path = texts_path(folder.path, "tiny", "tuned")
    path.unlink()
    path.mkdir()
    assert copies(folder).isna()["longest_copy"]


def test_the_stored_code_names_code_and_texts(folder):
    summarise(folder)
    cases = [json.loads(line) for line in (folder.path / SCORES).read_text().splitlines()[1:]]
    codes = {one["case"]: one["metrics"]["longest_copy"]["code"] for one in cases}
    assert codes[TUNED["id"]].startswith(codes[case()["id"]] + "+")
