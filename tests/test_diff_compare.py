"""Verdicts: simulated nights, cases worked by hand, and what must not change them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from diff_questions import asked, night, paired, share, speed
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.diff.compare import compare
from reports.diff.result import DECIDED

SWAPPED = {"worse": "better", "better": "worse"}
LAUNCHES = st.lists(st.floats(0.5, 2.0), min_size=1, max_size=9)


def one(question):
    rows, _ = compare([question])
    (row,) = rows
    return row


def found(launches, slow, nights, seed):
    """(share of the slowed cases found, share of nights with a false "worse")."""
    random, hits, false = np.random.default_rng(seed), 0, 0
    for _ in range(nights):
        rows, _ = compare(night(random, launches, slow))
        worse = {row.case for row in rows if row.verdict == "worse"}
        slowed = {f"case {index}" for index in range(slow)}
        hits += len(worse & slowed)
        false += bool(worse - slowed)
    return hits / max(nights * slow, 1), false / nights


@pytest.mark.parametrize("launches", [5, 8])
def test_no_change_gives_no_worse(launches):
    """200 nightly pairs of 50 cases: fewer than 1 % of nights have a "worse"."""
    assert found(launches, 0, 200, seed=1)[1] < 0.01


@pytest.mark.parametrize("slow", [1, 5, 50])
@pytest.mark.parametrize(("launches", "power"), [(5, 0.8), (8, 0.95)])
def test_ten_percent_slower_is_found(launches, power, slow):
    """Whether one case of 50 is slower, or five, or all of them."""
    share_found, false = found(launches, slow, 200 if slow < 50 else 40, seed=2)
    assert share_found >= power
    assert false < 0.02


def test_one_launch_gives_a_ratio_and_says_what_is_missing():
    row = one(asked([100.0], [80.0]))
    assert (row.verdict, row.change, row.low, row.high, row.p) == (
        "unresolved",
        0.8,
        None,
        None,
        None,
    )
    assert row.needed == 5
    assert row.reason == "1 launch: too few for a test; 5 a side would allow one"


def test_three_launches_are_too_few_for_worse_yet_may_be_the_same():
    row = one(asked([100.0, 101, 102], [50.0, 51, 52]))
    assert (row.verdict, row.p) == ("unresolved", None)
    assert row.high < 1 / 1.05
    assert one(asked([100.0, 101, 102], [100.5, 101.5, 101])).verdict == "same"


def test_worse_by_hand():
    """All of B below all of A by more than the floor: 1 of 252 permutations is as extreme."""
    row = one(asked([100.0, 101, 102, 103, 104], [80.0, 81, 82, 83, 84]))
    assert row.verdict == "worse"
    assert row.p == pytest.approx(1 / 252)
    level = 201 / 252  # the largest p-value not above 0.8
    assert row.q == pytest.approx(1 / 252 / level)
    assert row.change == pytest.approx(82 / 102)
    assert row.low < row.change < row.high < 1 / 1.05
    assert row.test == "permutations of 5 and 5 launches"


def test_direction_follows_the_measure():
    slow, fast = [80.0, 81, 82, 83, 84], [100.0, 101, 102, 103, 104]
    assert one(asked(fast, slow)).verdict == "worse"
    assert one(asked(slow, fast)).verdict == "better"
    assert one(asked(fast, slow, speed("tpot_seconds"))).verdict == "better"
    assert one(asked(slow, fast, speed("tpot_seconds"))).verdict == "worse"
    moved = [0.2, 0.3, 0.2, 0.25, 0.3, 0.2, 0.3, 0.3]
    assert one(paired(moved)).verdict == "worse"
    assert one(paired(moved, share(better="higher"))).verdict == "better"
    assert one(paired(moved, share(better="neither"))).verdict == "changed"


def test_a_larger_floor_forgives():
    fast, slow = [100.0, 101, 102, 103, 104], [91.0, 92, 93, 94, 95]
    assert one(asked(fast, slow)).verdict == "worse"
    assert one(asked(fast, slow, speed(floor=0.20))).verdict == "same"


def test_texts_by_hand():
    """Five prompts, all of them up: 1 of 32 sign flips is as extreme."""
    row = one(paired([0.1, 0.2, 0.3, 0.4, 0.5], a=0.1))
    assert row.p == pytest.approx(1 / 32)
    assert (row.n_a, row.n_b, row.unit) == (5, 5, "prompts")
    assert row.change == pytest.approx(0.3)
    assert row.low == pytest.approx(0.1)
    assert row.high == pytest.approx(0.5)


def test_no_difference_at_all_is_the_same():
    row = one(paired([0.0] * 6))
    assert (row.verdict, row.low, row.high) == ("same", 0.0, 0.0)
    row = one(asked([100.0] * 5, [100.0] * 5))
    assert (row.verdict, row.low, row.high, row.change) == ("same", 1.0, 1.0, 1.0)


def test_refused_identical_and_untested():
    question = asked([1.0] * 5, [1.0] * 5)
    row = one(replace(question, refused="cores differ (2 and 4)"))
    assert (row.verdict, row.reason) == ("not comparable", "cores differ (2 and 4)")
    row = one(replace(question, identical=True, note="the texts are identical"))
    assert (row.verdict, row.reason) == ("same", "the texts are identical")
    row = one(replace(question, untested="one value"))
    assert (row.verdict, row.reason, row.needed) == ("unresolved", "one value", None)


def test_families_are_counted_apart():
    slow = asked([100.0, 101, 102, 103, 104], [80.0, 81, 82, 83, 84], case="slow")
    texts = [paired(np.random.default_rng(i).normal(0, 0.2, 8), case=f"t{i}") for i in range(40)]
    rows, families = compare([slow, *texts])
    assert families["launches worse"] == 1
    assert 10 < families["texts worse"] <= 40
    assert rows[0].case == "slow"
    assert rows[0].verdict == "worse"


def test_worse_comes_first_and_the_largest_of_it():
    def by(factor, case):
        return asked(
            [100.0, 101, 102, 103, 104], [v * factor for v in (100, 101, 102, 103, 104)], case=case
        )

    rows, _ = compare([by(1.0, "same"), by(0.8, "less"), by(0.5, "more"), by(1.4, "better")])
    assert [row.case for row in rows] == ["more", "less", "better", "same"]


@given(LAUNCHES, LAUNCHES, st.sampled_from(["tokens_per_second", "tpot_seconds"]))
@settings(deadline=None)
def test_swapping_the_sides_turns_the_verdict(a, b, name):
    forth, back = one(asked(a, b, speed(name))), one(asked(b, a, speed(name)))
    assert back.verdict == SWAPPED.get(forth.verdict, forth.verdict)
    assert forth.change * back.change == pytest.approx(1)
    if forth.low is not None:
        assert forth.low * back.high == pytest.approx(1)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=15))
@settings(deadline=None)
def test_swapping_texts_turns_the_verdict(differences):
    forth, back = one(paired(differences)), one(paired([-d for d in differences]))
    assert back.verdict == SWAPPED.get(forth.verdict, forth.verdict)
    assert forth.change == pytest.approx(-back.change)


@given(LAUNCHES, LAUNCHES, st.floats(1e-6, 1e6))
@settings(deadline=None)
def test_the_unit_of_speed_does_not_matter(a, b, scale):
    plain, scaled = one(asked(a, b)), one(asked([v * scale for v in a], [v * scale for v in b]))
    assert plain.verdict == scaled.verdict
    assert plain.change == pytest.approx(scaled.change)
    assert plain.p == scaled.p
    assert plain.needed == scaled.needed


@given(st.permutations(range(6)))
def test_the_order_of_questions_does_not_matter(order):
    random = np.random.default_rng(4)
    questions = night(random, 5, 3, cases=6)
    rows, families = compare(questions)
    shuffled, same_families = compare([questions[i] for i in order])
    assert shuffled == rows
    assert same_families == families


@pytest.mark.parametrize("true", [1.0, 1.08, 1.11])
def test_what_is_said_to_settle_it_mostly_does(true):
    """Open after 4 launches; then as many as were asked for, drawn anew."""
    random, settled, asked_for = np.random.default_rng(5), 0, []
    for _ in range(300):
        (first,) = night(random, 4, 1, cases=1, by=true)
        row = one(first)
        if row.verdict != "unresolved" or row.needed is None:
            continue
        asked_for.append(row.needed)
        (second,) = night(random, row.needed, 1, cases=1, by=true)
        settled += one(second).verdict in (*DECIDED, "same")
    assert len(asked_for) >= 15
    assert settled / len(asked_for) > 0.6
    assert all(5 <= needed <= 100 for needed in asked_for)


def test_at_the_floor_no_number_would_settle_it():
    row = one(asked([100.0, 104, 96, 102, 98], [v / 1.05 for v in (100.0, 104, 96, 102, 98)]))
    assert (row.verdict, row.needed) == ("unresolved", None)
    assert row.reason == "it lies too near the floor: more than 100 launches a side would be needed"


def test_size_is_in_floors():
    row = one(asked([100.0] * 5, [100 / 1.05**3] * 5))
    assert row.size == pytest.approx(3)
    assert one(paired([0.05] * 6)).size == pytest.approx(2.5)
    assert not math.isfinite(replace(one(paired([0.05] * 6)), floor=0.0).size)
