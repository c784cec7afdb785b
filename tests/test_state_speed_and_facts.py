"""What is said of a trained state: its speed against the base, what it is made of, what it cost."""

from __future__ import annotations

import dataclasses
from typing import Any

from test_states_training_record import training

from reports.completed import CaseLaunch, CaseResult
from reports.diff.result import Row
from reports.records import CaseDone, Launch, Trial
from reports.state_facts import COST_HEADINGS, costs, facts
from reports.state_speed import speed_said

RAN = {"model_class": "GPT2CausalLM", "parameters": 4_000, "backend": "jax"}


def case(name: str, seconds: tuple[float, ...], new: int = 66, **ran: Any) -> CaseResult:
    trials = [
        Trial(name, 0, "a", "timed", i, 6, new, new, s, None, None, 0, None)
        for i, s in enumerate(seconds)
    ]
    launch = Launch(
        0, "a", name, 0.0, 1.0, 1.0, 4_000, None, {**RAN, **ran} if ran != {"no": 1} else {}
    )
    done = CaseDone(name, "h", 0, "a", "ok")
    return CaseResult({"id": name}, "ok", None, (CaseLaunch(done, tuple(trials), (), launch),))


def row(
    change: float | None, verdict: Any = "unresolved", name: str = "greedy", **more: Any
) -> Row:
    base = {"n_a": 1, "n_b": 1, "unit": "launches", "needed": 5, **more}
    return Row(
        name,
        f"base/{name}",
        f"tang/{name}",
        "tokens_per_second",
        verdict,
        1.0,
        1.0,
        change=change,
        **base,
    )


BASE = case("base/greedy", (0.20, 0.24))
TANG = case("tang/greedy", (0.22, 0.25))


def test_one_launch_a_side_still_gets_an_answer() -> None:
    assert speed_said([row(0.92)], [BASE, TANG]) == (
        "speed is unchanged by construction: training changes no shape, and both sides ran the "
        "same program (4,000 parameters, 6 prompt and 66 new tokens). Measured: tokens/s × 0.920, "
        "within the scatter of the trials of one process (up to × 1.20); 1 launch a side cannot "
        "be tested; for a tested verdict set measure.launches: 5"
    )


def test_a_ratio_beyond_the_scatter_is_told_as_such() -> None:
    assert ", beyond the scatter" in speed_said([row(0.5)], [BASE, TANG])
    two = [row(0.92), row(0.5, name="top_k")]
    more = [case("base/top_k", (0.2, 0.2)), case("tang/top_k", (0.4, 0.4))]
    said = speed_said(two, [BASE, TANG, *more])
    assert "tokens/s × 0.500 to × 0.920, in 1 of 2 cases within the scatter" in said


def test_another_program_is_named_and_nothing_is_claimed() -> None:
    said = speed_said([row(0.5)], [BASE, case("tang/greedy", (0.4,), parameters=9)])
    assert said.startswith("speed may have changed, for the two sides did not run the same program")
    assert "(other parameters)" in said
    shapes = speed_said([row(0.5)], [BASE, case("tang/greedy", (0.4,), new=10)])
    assert "(other shapes)" in shapes


def test_a_record_that_does_not_say_what_ran_gives_no_construction() -> None:
    said = speed_said([row(0.92)], [BASE, case("tang/greedy", (0.2,), no=1)])
    assert said.startswith("speed should be unchanged, for training changes no shape. Measured")
    assert "construction" not in speed_said([row(0.92)], [])


def test_verdicts_of_several_launches() -> None:
    same = row(1.0, "same", n_a=5, n_b=5)
    assert speed_said([same], [BASE, TANG]).startswith(
        "speed is unchanged, tested over 5 launches a side"
    )
    worse = speed_said([row(0.5, "worse", n_a=5, n_b=5), same], [BASE, TANG])
    assert "Yet tokens/s × 0.500 to × 1.00 was measured (tang/greedy worse)" in worse
    assert speed_said([row(None)], []).startswith("speed was not compared")


def test_characters_and_fingerprints_are_told() -> None:
    data = {
        "dataset": "text x", "texts": 40, "characters": 4000, "characters_used": 1500,
        "texts_cut": 38, "held_out_texts": 2,
    }  # fmt: skip
    one = training(
        data=data, recipe={"sequence_length": 32}, fingerprint="ab" * 32,
        base_fingerprint="gpt2_base_en", recipe_fingerprint="cd" * 32, host_peak_bytes=15 * 10**8,
    )  # fmt: skip
    said = " · ".join(facts(one))
    assert "40 texts, 1,500 of their 4,000 characters (38 texts cut at 32 tokens)" in said
    assert "made of data abababab, base gpt2_base_en, recipe cdcdcdcd" in said
    assert "1500 MB host memory at most" in said
    whole = dataclasses.replace(one, data={**data, "characters_used": 4000, "texts_cut": 0})
    assert "40 texts, 4,000 characters, " in " · ".join(facts(whole))
    old = dataclasses.replace(one, data={"texts": 40, "characters": 4000}, fingerprint=None)
    assert "4,000 characters before any was cut" in " · ".join(facts(old))
    assert "data " not in facts(old)[-1]


def test_states_stand_side_by_side_where_there_are_several() -> None:
    one = training(preset="p", state="full", trainable_parameters=4_000, seconds=30.0)
    two = dataclasses.replace(one, state="lora", trainable_parameters=40, seconds=20.0)
    rows = costs([one, two, dataclasses.replace(one, preset="other")])
    assert [(r[0], r[1], r[3]) for r in rows] == [
        ("p/full", "4,000", "30.0"), ("p/lora", "40", "20.0"),
    ]  # fmt: skip
    assert {len(r) for r in rows} == {len(COST_HEADINGS)}
    assert costs([one]) == []
