"""Gates against a baseline: verdicts of a diff, tolerances, cases that are lost, words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from reports_fixture import TEXTS, case, launch, run

from bench.outcome import gates_code
from reports.gate_rules import check_comparable, rules_of, tolerated
from reports.gate_words import gate_lines
from reports.gates import GateOutcome, check_gates
from reports.gates_baseline import notices
from reports.job_summary import LONGEST, job_summary
from reports.last_good import VERDICT, keep_verdict, last_good
from reports.records import CaseDone, RunEnd
from reports.run_folder import RunFolder
from reports.summary import summarise
from reports.training_texts import texts_path, write_texts

PROMPTS = tuple(f"prompt {index}" for index in range(6))
SPEED = {"tokens_per_second": {"against": "baseline", "worse_by": 0.05}}
METRICS = ["seq_rep_2", "seq_rep_4"]
LOOPS = ("loop loop loop loop loop loop loop loop loop",)
MACHINE = {"cpu_model": "Example CPU", "cores_allowed": 2, "versions": {"keras": "3.15.1"}}


@pytest.fixture
def measured(tmp_path):
    """Make the summary of a run: a pace (or a record of how it ended) for each sampler."""

    def measured(paces, *, launches=5, texts=TEXTS, ended="complete", cases=None, **manifest):
        found = [case(name, prompts=PROMPTS) for name in paces] if cases is None else cases
        records = []
        for one in found:
            pace = paces[one["sampler"]]
            if isinstance(pace, CaseDone):
                records.append(pace)
                continue
            for number in range(launches):
                given = {"pace": pace * (1 + number / 200), "texts": texts, "repeats": 1}
                records += launch(one, number, **given)
        if ended:
            records.append(RunEnd(1.0, ended, 2.0))
        folder = run(tmp_path, found, records, **{"machine": MACHINE, **manifest})
        return summarise(folder, METRICS)

    return measured


def lost(sampler, status="failed", reason="out of memory"):
    one = case(sampler, prompts=PROMPTS)
    return CaseDone(one["id"], one["hash"], 0, "a0", status, reason)


def verdicts(outcomes):
    return {one.case.split("/")[2] if one.case else None: one.verdict for one in outcomes}


def test_slower_beyond_the_tolerance_fails(measured):
    a = measured({"greedy": 1.0, "top_k": 1.0, "beam": 1.0})
    b = measured({"greedy": 1.0, "top_k": 1.3, "beam": 0.7})
    outcomes = check_gates(b, SPEED, a)
    assert verdicts(outcomes) == {"greedy": "pass", "top_k": "fail", "beam": "pass"}
    failed = next(one for one in outcomes if one.verdict == "fail")
    assert failed.baseline == a.run.path.name
    assert failed.was == pytest.approx(1.3 * failed.value)
    assert failed.change.startswith("−23%")
    said = f"tokens_per_second (not worse by 5% than {a.run.path.name}) fail in {failed.case}"
    assert str(failed) == f"{said}: {failed.value:.4g}, was {failed.was:.4g}, {failed.change}"


def test_the_tolerance_is_the_floor_of_the_test(measured):
    a, b = measured({"greedy": 1.0}), measured({"greedy": 1.3})
    wide = {"tokens_per_second": {"against": "baseline", "worse_by": 0.5}}
    assert verdicts(check_gates(b, wide, a)) == {"greedy": "pass"}
    both = {"tokens_per_second": [*wide.values(), *SPEED.values(), {"min": 1}]}
    outcomes = check_gates(b, both, a)
    assert [one.verdict for one in outcomes] == ["pass", "fail", "pass"]
    assert len({one.key for one in outcomes}) == 3


def test_a_direction_is_that_of_the_metric(measured):
    a, b = measured({"greedy": 1.0}), measured({"greedy": 1.3})
    gates = {"cold_seconds": {"against": "baseline"}, "host_peak_bytes": {"against": "baseline"}}
    outcomes = check_gates(b, gates, a)
    assert [one.verdict for one in outcomes] == ["fail", "pass"]
    assert [one.tolerated for one in outcomes] == ["10%", "5%"]  # the floors of a diff


def test_texts_are_compared_too(measured):
    a, b = measured({"greedy": 1.0}), measured({"greedy": 1.0}, texts=LOOPS)
    gates = {"rep_4": {"against": "baseline", "worse_by": 0.02}}
    (outcome,) = check_gates(b, gates, a)
    assert (outcome.verdict, outcome.column, outcome.tolerated) == ("fail", "seq_rep_4", "0.02")
    assert outcome.change.startswith("+")
    assert verdicts(check_gates(a, gates, a)) == {"greedy": "pass"}


def test_too_few_launches_say_how_many_are_needed(measured):
    a, b = measured({"greedy": 1.0}, launches=2), measured({"greedy": 2.0}, launches=2)
    (outcome,) = check_gates(b, SPEED, a)
    assert outcome.verdict == "not compared"
    assert outcome.reason == "2 launches: too few for a test; 5 a side would allow one"
    assert gates_code([outcome]) == 3


def test_another_machine_is_not_compared_but_other_versions_are(measured):
    a = measured({"greedy": 1.0})
    other = {**MACHINE, "cpu_model": "Other CPU"}
    (outcome,) = check_gates(measured({"greedy": 9.0}, machine=other), SPEED, a)
    assert outcome.verdict == "not compared"
    assert outcome.reason == "processor differs (Example CPU and Other CPU)"
    newer = measured({"greedy": 9.0}, machine={**MACHINE, "versions": {"keras": "3.16.0"}})
    assert check_gates(newer, SPEED, a)[0].verdict == "fail"
    (told,) = notices(newer, a)
    assert f"keras 3.16.0 here, 3.15.1 in {a.run.path.name}" in told.text
    assert notices(measured({"greedy": 1.0}), a) == []


def test_a_run_held_against_itself_is_told(measured):
    a = measured({"greedy": 1.0})
    (told,) = notices(a, a)
    assert told.text.startswith("the baseline is this run itself")


def test_only_the_cases_that_it_is_for(measured):
    a = measured({"greedy": 1.0, "top_k": 1.0})
    b = measured({"greedy": 2.0, "top_k": 2.0})
    where = {"sampler": ["gr*"], "state": None}
    gates = {"tokens_per_second": [{**SPEED["tokens_per_second"], "where": where}]}
    outcomes = check_gates(b, gates, a)
    assert verdicts(outcomes) == {"greedy": "fail"}
    assert outcomes[0].where == "sampler=gr*"
    assert " where sampler=gr*)" in str(outcomes[0])
    limits = {"cold_seconds": [{"max": 1, "where": where}, {"max": 2, "where": {"sampler": ["x"]}}]}
    held, none = check_gates(b, limits)
    assert (held.verdict, none.verdict, none.reason) == ("fail", "not compared", "no case fits")


def test_cases_without_a_counterpart(measured):
    a = measured({"greedy": 1.0, "top_k": 1.0, "gone": 1.0, "bad": lost("bad")})
    b = measured(
        {"greedy": lost("greedy"), "top_k": lost("top_k", "skipped"), "new": 1.0, "bad": 1}
    )
    outcomes = {one.case.split("/")[2]: one for one in check_gates(b, SPEED, a)}
    assert verdicts(outcomes.values()) == {
        "greedy": "fail",
        "top_k": "fail",
        "new": "not compared",
        "bad": "not compared",
    }
    reason = "failed here, measured in the baseline: out of memory"
    assert outcomes["greedy"].reason == reason
    assert "the baseline has no such case" in outcomes["new"].reason
    assert "failed in the baseline" in outcomes["bad"].reason


def test_skipped_in_both_is_left_out(measured):
    cases = [case("greedy", prompts=PROMPTS), case("gpu", prompts=PROMPTS, skipped="no GPU")]
    a = measured({"greedy": 1.0, "gpu": lost("gpu", "skipped")}, cases=cases)
    assert verdicts(check_gates(a, SPEED, a)) == {"greedy": "pass"}


def test_no_baseline(measured):
    b = measured({"greedy": 1.0})
    (outcome,) = check_gates(b, SPEED)
    assert (outcome.verdict, outcome.case, outcome.excused) == ("not compared", None, False)
    assert gates_code([outcome]) == 3
    (outcome,) = check_gates(b, SPEED, excuse="this is the first run")
    assert outcome.excused
    assert gates_code([outcome]) == 0
    assert "this is the first run" in str(outcome)


def test_rules_are_read_whatever_version_wrote_them():
    old, new = {"rep_4": {"min": None, "max": 0.3}}, {"rep_4": [{"min": None, "max": 0.3}]}
    assert rules_of(old) == rules_of(new)
    two = rules_of({"ttft_seconds": {"max": 1, "against": "baseline", "worse_by": 0.1}})
    assert [(rule.high, rule.against, rule.worse_by) for rule in two] == [
        (1, False, None),
        (None, True, 0.1),
    ]
    assert [tolerated(rule) for rule in rules_of({"rep_4": {"against": "baseline"}})] == ["0.02"]
    assert rules_of({"rep_4": ["nothing", None]}) == []


def test_what_cannot_be_compared_is_said_before_a_run():
    assert check_comparable(["tokens_per_second", "rep_4", "zh_rhyme"]) == {}
    faults = check_comparable(["parameters", "zipf", "distinct_2"])
    assert "not measured launch by launch" in faults["parameters"]
    assert "neither way" in faults["zipf"]
    assert "no scatter" in faults["distinct_2"]


def outcome(verdict, number=0, **more):
    return GateOutcome("rep_4", "seq_rep_4", f"case {number}", verdict, 0.1, None, 0.3, **more)


def test_many_outcomes_are_few_lines():
    passed = [outcome("pass", i) for i in range(50)]
    lines = gate_lines([*passed, outcome("fail", 50)])
    assert [(line.verdict, line.text) for line in lines] == [
        ("fail", "rep_4 (max 0.3) fail in case 50: 0.1"),
        ("pass", "rep_4 (max 0.3) pass in 50 cases"),
    ]
    unknown = [outcome("not compared", i, reason=f"{i} units, needs 4") for i in range(9)]
    (line,) = gate_lines(unknown)
    assert line.text.endswith("not compared in 9 cases, such as case 0: 0 units, needs 4")
    failed = gate_lines([outcome("fail", i) for i in range(60)])
    assert len(failed) == 51
    assert failed[-1].text == "… and 10 more; see the JSON"
    assert gate_lines([]) == []


def test_the_last_good_run(measured, tmp_path):
    one = measured({"greedy": 1.0}, created="2026-11-01T00:00:00+00:00")
    two = measured({"greedy": lost("greedy")}, created="2026-11-02T00:00:00+00:00")
    now = measured({"greedy": 1.0}, created="2026-11-03T00:00:00+00:00")
    assert "it has no gates.json, since" in last_good(now.run).excuse  # nobody judged them
    keep_verdict(one, [])
    keep_verdict(two, [])
    assert last_good(now.run).run.path == one.run.path
    assert json.loads((two.run.path / VERDICT).read_text())["why_not"] == [
        "1 case failed",
        "nothing was measured",
    ]
    keep_verdict(one, [outcome("fail")])
    found = last_good(now.run)
    assert found.run is None
    assert found.excuse == (
        f"no earlier run is good ({two.run.path.name}: 1 case failed, nothing was measured): "
        "nothing is compared until a run passes its gates or is accepted "
        "(versebench report RUN --accept)"
    )
    keep_verdict(two, [], accepted=True)
    assert last_good(now.run).run.path == two.run.path
    assert "first run of demo" in last_good(one.run).excuse  # it looks back only
    (two.run.path / VERDICT).write_text("{")
    (tmp_path / "29990101-000000-demo").mkdir()  # no run folder: passed over
    assert last_good(now.run).run is None


def test_why_there_is_no_last_good_run(measured):
    killed = measured({"greedy": 1.0}, created="2026-11-01T00:00:00+00:00", ended=None)
    now = measured({"greedy": 1.0}, created="2026-11-03T00:00:00+00:00")
    assert f"({killed.run.path.name}: it did not end)" in last_good(now.run).excuse
    killed.run.path.rename(killed.run.path.with_name("before"))
    said = last_good(now.run).excuse
    assert said.startswith("before in ")
    assert "only folders still called as versebench called them, TIME-demo, are looked" in said


@pytest.mark.parametrize("ended", ["interrupted", "failed", None])
def test_a_run_that_did_not_end_well_is_no_baseline(measured, ended):
    it = measured({"greedy": 1.0}, ended=ended)
    keep_verdict(it, [])
    assert json.loads((it.run.path / VERDICT).read_text())["good"] is False


def test_a_summary_holds_hostile_text_and_ends(measured):
    evil = "</details><script>alert(1)</script> @all | `x` \x1b[31m"
    b = measured({"greedy": lost("greedy", reason=evil), "top_k": 1.0}, scenario_name=evil)
    text = job_summary(b, [outcome("fail", reason=evil)], b)
    assert "<script" not in text
    assert text.count("</details>") == text.count("<details>")
    assert "\x1b" not in text
    assert text.startswith("## ❌")
    many = replace(b, warnings=[replace(n) for n in b.warnings] * 2)
    assert len(job_summary(many, [outcome("fail", i) for i in range(5000)])) < LONGEST


def test_copying_from_another_corpus_is_not_compared(measured):
    from reports.diff.between import Options, diff_runs

    tuned = [case("greedy", state="tuned", prompts=PROMPTS)]
    runs = []
    for corpus in (TEXTS[:1], TEXTS[:1], TEXTS[1:]):
        folder = measured({"greedy": 1.0}, cases=tuned).run
        path = texts_path(folder.path, "tiny", "tuned")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_texts(path, list(corpus), [])
        runs.append(summarise(RunFolder.open(folder.path), ["memorisation", "seq_rep_2"]))
    options = Options(metrics=["longest_copy", "seq_rep_2"])
    rows = {row.metric: row for row in diff_runs(runs[0], runs[2], options).rows}
    assert rows["longest_copy"].verdict == "not comparable"
    assert "the corpus that copying is judged against differs" in rows["longest_copy"].reason
    assert rows["seq_rep_2"].verdict == "same"
    same = {row.metric: row.verdict for row in diff_runs(runs[0], runs[1], options).rows}
    assert same["longest_copy"] == "same"
