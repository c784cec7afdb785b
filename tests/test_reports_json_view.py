"""The JSON object: versioned, complete, ASCII."""

import json

from hostile_texts import HOSTILE
from reports_fixture import case, launch, run

from reports.columns import CASE_COLUMNS
from reports.gates import check_gates
from reports.json_view import json_object, json_text
from reports.records import RunEnd
from reports.summary import summarise


def test_one_object_with_everything(tmp_path):
    cases = [case(), case("beam-5", skipped="no GPU")]
    records = [*launch(cases[0], warnings=["Hot."]), RunEnd(1.0, "complete", 12.5)]
    summary = summarise(run(tmp_path, cases, records))
    found = json.loads(json_text(summary, check_gates(summary, {"rep_4": {"max": 0.1}})))
    assert (found["kind"], found["schema_version"]) == ("versebench-report", 1)
    assert found["run"]["ended"] == "complete"
    assert found["run"]["wall_seconds"] == 12.5
    first, second = found["cases"]
    assert {column.name for column in CASE_COLUMNS} <= set(first)
    assert first["tokens_per_second"] == summary.cases["tokens_per_second"][0]
    assert first["device_peak_bytes"] is None
    assert first["missing"]["device_peak_bytes"] == "no accelerator"
    assert first["warnings"] == ["Hot."]
    assert (second["status"], second["reason"]) == ("skipped", "no GPU")
    assert second["tokens_per_second"] is None
    assert found["warnings"] == [{"text": "Hot.", "cases": [cases[0]["id"]]}]
    (gate,) = found["gates"]
    assert (gate["verdict"], gate["culprit"]["value"]) == ("fail", 0.75)
    assert "samples" not in found


def test_samples_on_request_and_any_text(tmp_path):
    texts = tuple(HOSTILE.values())
    records = launch(case(), texts=texts, repeats=len(texts))
    text = json_text(summarise(run(tmp_path, [case()], records)), samples=True)
    assert text.isascii()
    assert "\x1b" not in text
    assert [row["text"] for row in json.loads(text)["samples"]][: len(texts)] == list(texts)


def test_counts_are_whole_numbers(tmp_path):
    found = json_object(summarise(run(tmp_path, [case(), case("x")], launch(case()))))
    assert isinstance(found["cases"][0]["trials"], int)
    assert found["cases"][1]["trials"] is None
    assert found["cases"][0]["fit_holds"] is True


def test_verse_comes_with_what_to_compare_it_with(tmp_path):
    found = json_object(summarise(run(tmp_path, [case()], launch(case()))))
    rows = {(row["kind"], row["whose"]): row for row in found["comparisons"]}
    assert {whose for _, whose in rows} == {"Tang poems", "Song lyrics", "sonnets"}
    assert {kind for kind, _ in rows} == {"human", "chance"}
    human, chance = rows["human", "Tang poems"], rows["chance", "Tang poems"]
    regulated = human["values"]["zh_regulated"]
    assert regulated["low"] < regulated["value"] < regulated["high"]
    assert regulated["n"] == human["n"] > 38_000
    assert chance["values"]["zh_regulated"]["value"] == 0
    assert "zh_in_form" in chance["unchanged"]
    assert "zh_in_form" not in chance["values"]
    few = json_object(summarise(run(tmp_path, [case()], launch(case())), ["rep_4"]))
    assert few["comparisons"] == []
