"""Which columns the table has, and what is said around it."""

import dataclasses

import pytest
from reports_fixture import case, launch, run

from metrics import select
from reports.columns import describe
from reports.records import CaseDone, RunEnd, Trial
from reports.summary import summarise
from reports.table import leader, measured, view

GREEDY, TOP_K = case("greedy"), case("top_k-5")
END = RunEnd(1.0, "complete", 2.0)


def view_of(tmp_path, records, cases, **manifest):
    return view(summarise(run(tmp_path, cases, records, **manifest)))


def names(said):
    return [column.name for column in said.columns]


def bend(records, seconds):
    return [
        dataclasses.replace(r, seconds=seconds)
        if isinstance(r, Trial) and r.phase == "fit" and r.steps == 32
        else r
        for r in records
    ]


def column(said, name):
    return next(one for one in said.columns if one.name == name)


def test_what_varies_is_a_column_and_the_rest_a_fact(tmp_path):
    other = case("greedy", state="tang", hardware="cpu-torch-float32")
    said = view_of(tmp_path, [*launch(GREEDY), *launch(other), END], [GREEDY, other])
    assert names(said)[:3] == ["state", "hardware", "tokens_per_second"]
    facts = dict(said.facts)
    assert (facts["preset"], facts["sampler"], facts["batch size"]) == ("tiny", "greedy", "1")
    assert "state" not in facts
    assert said.title == "demo"


def test_a_skipped_case_makes_no_axis_vary(tmp_path):
    said = view_of(tmp_path, launch(GREEDY), [GREEDY, case("beam-5", skipped="no GPU")])
    assert names(said)[0] == "sampler"  # one case is still named
    assert len(said.columns[0].cells) == 1
    assert said.absent == [("skipped", "no GPU", "tiny/base/beam-5/cpu-jax-float32")]


def test_every_axis_can_vary(tmp_path):
    cases = [
        GREEDY,
        case(preset="other"),
        case(state="tang"),
        TOP_K,
        case(hardware="gpu"),
        case(batch_size=8),
    ]
    records = [line for each in cases for line in launch(each)]
    said = view_of(tmp_path, records, cases)
    assert names(said)[:5] == ["preset", "state", "sampler", "hardware", "batch_size"]
    assert "steps_per_second" in names(said)  # differs from tokens/s in a batch
    assert column(said, "batch_size").numeric


def test_columns_without_a_value_are_left_out(tmp_path):
    said = view_of(tmp_path, launch(GREEDY), [GREEDY])
    assert "device_peak_bytes" not in names(said)
    assert "steps_per_second" not in names(said)
    assert "broken_characters" not in names(said)
    broken = view_of(tmp_path, launch(GREEDY, texts=("a \ufffd b",)), [GREEDY])
    assert "broken_characters" in names(broken)


def test_metrics_named_in_the_scenario_replace_the_headline_ones(tmp_path):
    few = view_of(tmp_path, launch(GREEDY), [GREEDY], scenario={"metrics": ["ttr", "rep_r"]})
    assert names(few)[-2:] == ["ttr", "rep_r"]
    assert "diversity" not in names(few)
    now = view(summarise(run(tmp_path, [GREEDY], launch(GREEDY)), ["mtld"]))
    assert names(now)[-1] == "mtld"


def test_the_best_of_each_column_is_marked(tmp_path):
    said = view_of(tmp_path, [*launch(GREEDY), *launch(TOP_K, pace=0.5)], [GREEDY, TOP_K])
    assert column(said, "tokens_per_second").best == {1}
    assert column(said, "tpot_seconds").best == {1}
    assert column(said, "seq_rep_4").best == frozenset()  # all alike
    assert column(said, "sampler").best == frozenset()


def test_what_the_best_cannot_be_told_from_is_marked_too(tmp_path):
    cases = [GREEDY, TOP_K, case("beam-5")]
    paces = ((1.0, 1.2), (1.1, 1.4), (2.0, 2.2))
    records = [
        line
        for each, (fast, slow) in zip(cases, paces, strict=True)
        for n in range(5)
        for line in launch(each, n, pace=fast + (slow - fast) * n / 4)
    ]
    said = view_of(tmp_path, records, cases)
    assert column(said, "tokens_per_second").best == {0, 1}
    alike = view_of(tmp_path, [r for r in records if "beam" not in str(r)], cases[:2])
    assert column(alike, "tokens_per_second").best == frozenset()


def best(*values):
    """The best rows of a share, higher is better; a value alone or with an interval around it."""
    rows = []
    for value in values:
        point, *ends = value if isinstance(value, tuple) else (value,)
        low, high = ends or (None, None)
        rows.append({"zh_rhyme": point, "zh_rhyme_low": low, "zh_rhyme_high": high})
    rhyme = describe(select(["zh_rhyme"])["zh_rhyme"])
    return leader(rhyme, rows), set(measured(rhyme, rows).best)


def test_few_texts_do_not_win_by_chance():
    many = (0.83, 0.71, 0.96)
    assert best(many, 1.0, (0.3, 0.2, 0.4)) == (0, {0, 1})  # 1.0 of 3 texts: cannot be told
    assert best(many, 0.84, 0.82) == (0, {0, 1})
    # Equal values are marked alike.
    assert best((0.92, 0.75, 1.0), (0.67, 0.5, 0.83), 0.67, 0.66) == (0, {0, 1, 2})
    assert best(many, None, 0.1) == (0, {0})


def test_where_nothing_has_an_interval_values_decide():
    assert best(0.5, 1.0, 1.0) == (1, {1, 2})
    assert best(0.5, 0.5) == (0, set())
    assert best(None, None) == (None, set())


def test_cells_carry_units_and_intervals(tmp_path):
    records = [r for n in range(5) for r in launch(GREEDY, n, pace=1 + n / 100)]
    said = view_of(tmp_path, records, [GREEDY])
    assert column(said, "tokens_per_second").cells == ("84.6 ±1.7",)
    assert column(said, "tpot_seconds").heading == "TPOT ms"
    assert column(said, "tpot_seconds").cells[0].startswith("10.2")
    assert column(said, "host_peak_bytes").cells == ("500",)
    assert any("over launches" in note for note in said.notes)


def test_one_launch_says_what_its_interval_is_worth(tmp_path):
    said = view_of(tmp_path, launch(GREEDY), [GREEDY])
    assert any("trials of one launch" in note for note in said.notes)


def test_gaps_are_explained_once_with_their_number(tmp_path):
    bent = bend(launch(GREEDY), 5.0)
    said = view_of(tmp_path, [*bent, *launch(TOP_K)], [GREEDY, TOP_K])
    assert column(said, "tpot_seconds").cells[0] == "–"
    (note,) = [note for note in said.notes if "off the line" in note]
    assert note.startswith("– in TTFT ms, TPOT ms: ")
    assert note.endswith("(1 case).")
    (both,) = [
        note
        for note in view_of(tmp_path, [*bent, *bend(launch(TOP_K), 6.0)], [GREEDY, TOP_K]).notes
        if "off the line" in note
    ]
    assert both.endswith("(first of 2 cases).")  # no column at all, and still explained


def test_a_warning_about_every_case_says_so(tmp_path):
    records = [*launch(GREEDY, warnings=["Hot.", "A."]), *launch(TOP_K, warnings=["Hot."])]
    said = view_of(tmp_path, records, [GREEDY, TOP_K], warnings=["On battery."])
    assert said.warnings == [("On battery.", ""), ("Hot.", "all 2 cases"), ("A.", GREEDY["id"])]


def test_the_machine_is_a_fact(tmp_path):
    machine = {"cpu_model": "Example 9000", "cores_allowed": 2}
    said = view_of(tmp_path, launch(GREEDY), [GREEDY], machine=machine)
    assert said.facts[-1] == ("on", "Example 9000, 2 cores")


def test_cases_of_one_fate_are_listed_together(tmp_path):
    cases = [case(f"top_k-{k}", skipped="no GPU") for k in range(3)]
    failed = CaseDone(GREEDY["id"], GREEDY["hash"], 0, "x", "failed", "out of memory")
    said = view_of(tmp_path, [failed], [GREEDY, *cases])
    assert [(status, reason) for status, reason, _ in said.absent] == [
        ("failed", "out of memory"),
        ("skipped", "no GPU"),
    ]
    assert said.absent[1][2] == ", ".join(one["id"] for one in cases)


@pytest.mark.parametrize("status", ["interrupted", "failed"])
def test_the_title_says_how_it_ended(tmp_path, status):
    said = view_of(tmp_path, [*launch(GREEDY), RunEnd(1.0, status, 2.0)], [GREEDY])
    assert said.title == f"demo ({status})"
