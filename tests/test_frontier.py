"""The frontier: who is beaten beyond the intervals, who perhaps, who is compared with whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports_fixture import case, launch, run

from metrics import select
from reports import frontier_words
from reports.frontier import SPEED, QualityError, frontier, frontier_of, mark
from reports.json_view import json_object
from reports.markdown import markdown
from reports.summary import summarise
from reports.table import view

METRICS = select(("seq_rep_4", "diversity", "zipf"))
QUALITY = "seq_rep_4"  # lower is better


def row(name, speed, quality, width=(1.0, 0.01), **axes):
    """One case; ``width`` is half the interval of either value, None where there is none."""
    given = {"case": name, "status": "ok", "preset": "tiny", "state": "base", "batch_size": 1}
    given |= {"hardware": "cpu", SPEED: speed, QUALITY: quality} | axes
    for column, value, half in ((SPEED, speed, width[0]), (QUALITY, quality, width[1])):
        if half is not None and value is not None:
            given |= {f"{column}_low": value - half, f"{column}_high": value + half}
    return given


def places(*rows, quality=QUALITY):
    found = frontier_of(rows, METRICS, quality)
    return {point.case: point.place for point in found.points} if found else None


def test_beaten_in_both_beyond_the_intervals():
    a, b, c = row("a", 100, 0.1), row("b", 50, 0.5), row("c", 200, 0.3)
    assert places(a, b, c) == {"a": "on", "b": "off", "c": "on"}
    found = frontier_of([a, b, c], METRICS, QUALITY)
    assert (found.speed, found.quality, found.better) == (SPEED, QUALITY, "lower")
    assert [point.dominated_by for point in found.points] == [None, "a", None]


def test_a_lead_in_one_value_is_enough_if_the_other_is_no_worse():
    assert places(row("a", 100, 0.1), row("b", 100, 0.5)) == {"a": "on", "b": "off"}
    assert places(row("a", 100, 0.1), row("b", 50, 0.1)) == {"a": "on", "b": "off"}


def test_a_lead_within_the_noise_is_only_perhaps_one():
    a, b = row("a", 100, 0.100), row("b", 99, 0.105)
    assert places(a, b) == {"a": "on", "b": "perhaps"}
    assert frontier_of([a, b], METRICS, QUALITY).points[1].perhaps_by == "a"


def test_ahead_by_noise_in_one_and_clearly_behind_in_the_other():
    """0.5 of 100 tokens per second is no reason to stand on the frontier, nor to fall off it."""
    assert places(row("a", 100, 0.1), row("b", 100.5, 0.9)) == {"a": "on", "b": "perhaps"}


def test_without_an_interval_nothing_is_beyond_it():
    none = (None, None)
    assert places(row("a", 100, 0.1, none), row("b", 50, 0.5)) == {"a": "on", "b": "perhaps"}
    # ... but the other value has one, and that is enough.
    assert places(row("a", 100, 0.1, (1, None)), row("b", 50, 0.5)) == {"a": "on", "b": "off"}


def test_too_few_texts_for_an_interval_secure_no_place():
    """Two greedy texts of one loop each: a better sampler of the same speed may beat it."""
    greedy, top_k = row("a", 110, 0.97, (20, None)), row("b", 100, 0.02, (20, 0.01))
    assert places(greedy, top_k) == {"a": "perhaps", "b": "on"}
    # Clearly faster, and of unknown quality: nobody beats it, and it may beat the other.
    assert places(row("a", 200, 0.97, (20, None)), top_k) == {"a": "on", "b": "perhaps"}


def test_equal_cases_do_not_beat_each_other():
    assert places(row("a", 100, 0.1), row("b", 100, 0.1)) == {"a": "on", "b": "on"}


def test_only_samplers_are_compared_with_each_other():
    alone = [row("a", 100, 0.1), row("b", 50, 0.5, state="tang"), row("c", 9, 0.9, batch_size=8)]
    assert places(*alone) is None
    assert places(*alone, row("d", 50, 0.5)) == {"a": "on", "d": "off"}


def test_cases_without_a_value_are_left_out():
    lost = row("lost", 999, 0.0, status="failed")
    assert places(row("a", 100, 0.1), row("b", 50, 0.5), lost, row("c", None, 0.1)) == {
        "a": "on",
        "b": "off",
    }
    assert places(lost) is None
    assert places() is None


def test_the_best_one_speaks_for_all_that_beat_a_case():
    rows = [row("slow", 10, 0.9), row("a", 100, 0.5), row("b", 90, 0.1), row("c", 110, 0.5)]
    assert frontier_of(rows, METRICS, QUALITY).points[0].dominated_by == "b"


def test_higher_may_be_better():
    rows = [
        {**row("a", 100, None), "diversity": 0.9, "diversity_low": 0.8, "diversity_high": 0.95},
        {**row("b", 50, None), "diversity": 0.2, "diversity_low": 0.1, "diversity_high": 0.3},
    ]
    assert places(*rows, quality="diversity") == {"a": "on", "b": "off"}
    assert frontier_of(rows, METRICS, "diversity").better == "higher"
    assert frontier_of(rows, METRICS).quality == "diversity"  # no case has the first one


def test_a_quality_that_is_none_is_refused():
    with pytest.raises(QualityError, match=r"no such metric.*seq_rep_4"):
        places(row("a", 1, 1), quality="rythm")
    with pytest.raises(QualityError, match=r"metric\. Did you mean rep_4\? There are"):
        places(row("a", 1, 1), quality="reps_4")
    with pytest.raises(QualityError, match=r"neither way.*seq_rep_4"):
        places(row("a", 1, 1), quality="zipf")
    assert places(row("a", 9, 0.1), row("b", 5, 0.5), quality="rep_4") == {"a": "on", "b": "off"}


VALUE = st.floats(0, 100)
ROWS = st.lists(st.tuples(VALUE, VALUE, st.floats(0, 20), st.floats(0, 20)), min_size=2, max_size=8)


@given(ROWS)
def test_some_case_is_never_beaten_and_who_beats_is_no_worse(drawn):
    rows = [row(str(i), s, q, (ds, dq)) for i, (s, q, ds, dq) in enumerate(drawn)]
    points = {point.case: point for point in frontier_of(rows, METRICS, QUALITY).points}
    assert any(point.place != "off" for point in points.values())
    for one in points.values():
        assert one.dominated_by is None or one.perhaps_by is None
        if one.dominated_by is not None:
            winner = points[one.dominated_by]
            assert winner.speed >= one.speed
            assert winner.quality <= one.quality


GREEDY, TOP_K = case("greedy"), case("top_k-5")


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    records = [
        *launch(GREEDY, pace=1, texts=("plain words only here and so on",)),
        *launch(TOP_K, pace=4, texts=("again and again and again and again and again",)),
    ]
    return summarise(run(tmp_path_factory.mktemp("runs"), [GREEDY, TOP_K], records))


def test_the_report_marks_it_and_says_how_to_read_the_marks(summary):
    (axis,) = [column for column in view(summary).columns if column.name == "sampler"]
    assert axis.cells == ("● greedy", "  top_k-5")
    (legend,) = [note for note in view(summary).notes if note.startswith("●")]
    assert legend.startswith("●: no other sampler beats it in both tok/s and rep-4; 1 launch")
    assert "| ● greedy |" in markdown(summary)


def test_the_tables_and_the_json_have_it(summary):
    there = summary.cases[["frontier", "frontier_quality", "dominated_by"]].to_numpy().tolist()
    assert there == [["on", "seq_rep_4", None], ["off", "seq_rep_4", GREEDY["id"]]]
    said = json_object(summary)["frontier"]
    assert said["points"][1]["dominated_by"] == GREEDY["id"]
    assert frontier(summary).points[0].place == "on"


def test_another_quality_may_be_asked_for(summary):
    assert frontier(summary, "distinct_2").quality == "distinct_2"
    again = summarise(summary.run, quality="distinct_2")
    assert frontier(again).quality == "distinct_2"
    assert set(again.cases["frontier_quality"]) == {"distinct_2"}


def test_marks_that_would_all_be_alike_are_left_out():
    rows = [row("a", 100, 0.9), row("b", 50, 0.1)]
    mark(rows, frontier_of(rows, METRICS, QUALITY))
    assert frontier_words.marks(rows) == ()
    assert (
        frontier_words.note(rows, "tok/s", {})
        == "No sampler is beaten in both tok/s and seq_rep_4."
    )
    mark(rows, None)
    assert frontier_words.note(rows, "tok/s", {}) is None
    assert rows[0]["frontier"] is None


def test_the_legend_names_what_the_compared_samplers_share():
    """Only what differs: nobody asks whether a case of the only preset beats another preset's."""
    a, b = row("a", 100, 0.1), row("b", 50, 0.5)
    tuned = [row("c", 40, 0.1, state="tang"), row("d", 30, 0.5, state="tang")]
    batched = [row("e", 400, 0.1, batch_size=8), row("f", 300, 0.5, batch_size=8)]
    for rows, said in (
        ([a, b], "no other sampler beats it"),
        ([a, b, *tuned], "no other sampler of the same state beats it"),
        ([a, b, *tuned, *batched], "no other sampler of the same state and batch size beats it"),
        ([a, b, row("alone", 9, 0.9, state="tang")], "no other sampler beats it"),
    ):
        mark(rows, frontier_of(rows, METRICS, QUALITY))
        assert said in frontier_words.note(rows, "tok/s", {})


def test_a_legend_of_one_launch_says_what_its_intervals_are_over():
    rows = [
        row("a", 1, 1, frontier=place, frontier_quality=QUALITY, interval_over="trials")
        for place in ("on", "off")
    ]
    said = frontier_words.note(rows, "tok/s", {})
    assert said.endswith("; 1 launch: the intervals are over trials.")
    several = [{**one, "interval_over": "launches"} for one in rows]
    assert "trials" not in frontier_words.note(several, "tok/s", {})
