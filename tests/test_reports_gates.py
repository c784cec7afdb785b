"""Gates: pass, fail with the text that did it, or not compared."""

import pytest
from reports_fixture import case, launch, run

from reports.gates import check_gates, check_names
from reports.records import CaseDone
from reports.summary import summarise

FAST, SLOW = case("greedy"), case("top_k-5")


@pytest.fixture
def summary(tmp_path):
    records = [*launch(FAST), *launch(SLOW, pace=4, texts=("plain words only here",))]
    return summarise(run(tmp_path, [FAST, SLOW, case("beam-5", skipped="no GPU")], records))


def verdicts(summary, **gates):
    return [(outcome.case, outcome.verdict) for outcome in check_gates(summary, gates)]


def test_each_case_is_held_against_each_gate(summary):
    found = verdicts(summary, tokens_per_second={"min": 50}, cold_seconds={"max": 100})
    assert found == [
        (FAST["id"], "pass"),
        (SLOW["id"], "fail"),
        (FAST["id"], "pass"),
        (SLOW["id"], "pass"),
    ]


def test_limits_are_inclusive(summary):
    value = summary.cases["tokens_per_second"][0]
    both = {"min": value, "max": value}
    assert verdicts(summary, tokens_per_second=both)[0] == (FAST["id"], "pass")
    assert verdicts(summary, tokens_per_second={"max": value - 1e-9})[0] == (FAST["id"], "fail")


def test_a_failed_text_gate_shows_the_worst_text(summary):
    failed, passed = check_gates(summary, {"rep_4": {"max": 0.2}})
    assert (failed.verdict, passed.verdict) == ("fail", "pass")
    assert failed.column == "seq_rep_4"
    assert failed.culprit.value == 0.75
    assert failed.culprit.text.startswith("again and again")
    assert (failed.culprit.prompt, failed.culprit.repeat) == ("My trip was", 1)
    assert str(failed) == f"rep_4 (max 0.2) fail in {FAST['id']}: 0.25"


def test_a_failed_minimum_shows_the_lowest_text(summary):
    failed, _ = check_gates(summary, {"ttr": {"min": 0.99}})
    assert failed.culprit.text.startswith("again and again")


def test_a_set_metric_has_no_single_culprit(summary):
    failed = check_gates(summary, {"distinct_2": {"min": 0.99}})[0]
    assert (failed.verdict, failed.culprit) == ("fail", None)


def test_no_value_is_not_a_pass(summary):
    first, second = check_gates(summary, {"device_peak_bytes": {"max": 1}})
    assert first.verdict == second.verdict == "not compared"
    assert first.reason == "no accelerator"
    assert "not compared" in str(first)


def test_a_failed_case_is_not_compared(tmp_path):
    broken = CaseDone(FAST["id"], FAST["hash"], 0, "a", "failed", "out of memory")
    (outcome,) = check_gates(
        summarise(run(tmp_path, [FAST], [broken])), {"tokens_per_second": {"min": 1}}
    )
    assert (outcome.verdict, outcome.reason) == ("not compared", "out of memory")


def test_nothing_at_all_to_compare_is_said(tmp_path):
    summary = summarise(run(tmp_path, [case(skipped="no GPU")], []))
    (outcome,) = check_gates(summary, {"seq_rep_4": {"max": 1}})
    assert (outcome.case, outcome.verdict) == (None, "not compared")
    assert check_gates(summary, {}) == []


def test_the_scenarios_gates_are_the_default(tmp_path):
    scenario = {"metrics": ["ttr"], "gates": {"rep_4": {"min": None, "max": 0.1}}}
    (outcome,) = check_gates(summarise(run(tmp_path, [FAST], scenario=scenario)))
    assert (outcome.gate, outcome.verdict) == ("rep_4", "fail")


def test_names_are_checked_before_a_run():
    assert check_names(["tokens_per_second", "rep_4", "seq_rep_4", "diversity"]) == {}
    assert check_names(["rep-4", "self-bleu-4", "distinct-2"]) == {}  # as tables have them
    assert check_names(["self-BLEU-4", "tok/s", "TTFT", "repeated lines"]) == {
        "self-BLEU-4": "'self-BLEU-4' is the title of self_bleu_4: write that",
        "tok/s": "'tok/s' is the title of tokens_per_second: write that",
        "TTFT": "'TTFT' is the title of ttft_seconds: write that",
        "repeated lines": "'repeated lines' is the title of duplicate_lines: write that",
    }
    faults = check_names(["tokens_per_secnd", "sampler", "tokens_per_second_low"])
    assert "did you mean tokens_per_second?" in faults["tokens_per_secnd"]
    assert len(faults) == 3
