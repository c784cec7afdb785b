import pytest

from scenarios.cases import expand
from scenarios.rules import Rule, matches
from scenarios.schema import Scenario


@pytest.mark.parametrize(
    ("glob", "label", "fits"),
    [
        ("greedy", "greedy", True),
        ("greed", "greedy", False),
        ("top_*", "top_k-5", True),
        ("top_?-5", "top_k-5", True),
        ("*", "", True),
        ("a[1]", "a[1]", True),
        ("a.c", "abc", False),
        ("a*c", "a\nc", True),
        ("GREEDY", "greedy", False),
    ],
)
def test_globs(glob, label, fits):
    assert matches((glob,), label) is fits


def test_a_rule_reads_like_an_expression():
    rule = Rule.model_validate({"batch_size": 8, "state": ["base", "t*"]})
    assert str(rule) == "state=base,t* batch_size=8"
    assert Rule.model_validate(rule.model_dump()) == rule


def expansion(**rules):
    return expand(
        Scenario.model_validate(
            {
                "name": "s",
                "prompts": [{"text": "My trip", "name": "en-trip"}, "明月", "春眠"],
                "presets": ["p"],
                "states": ["base", {"tang": {"preset": "t"}}],
                "samplers": ["greedy", "beam"],
                "generate": {"batch_sizes": [1, 8]},
                **rules,
            }
        )
    )


def left(made):
    """Return what is left: 'state/sampler/batch size: indexes of prompts'."""
    return {
        f"{c.state.name}/{c.sampler.name}/{c.batch_size}": [i for i, _ in c.prompts]
        for c in made.cases
    }


def test_exclude_drops_whole_cases():
    made = expansion(exclude=[{"sampler": "beam-*", "batch_size": 8}, {"state": "tang"}])
    assert left(made) == {
        "base/greedy/1": [0, 1, 2],
        "base/greedy/8": [0, 1, 2],
        "base/beam-5/1": [0, 1, 2],
    }
    assert made.dropped[0] == (
        "p/base/beam-5/cpu-tensorflow-float32/b8",
        "exclude: sampler=beam-* batch_size=8",
    )
    assert len(made.dropped) == 5


def test_exclude_with_a_prompt_drops_that_prompt():
    made = expansion(
        exclude=[{"state": "tang", "prompt": "en-*"}, {"state": "base", "prompt": [1, "春*"]}]
    )
    assert {tuple(indexes) for case, indexes in left(made).items() if "base" in case} == {(0,)}
    assert {tuple(indexes) for case, indexes in left(made).items() if "tang" in case} == {(1, 2)}
    assert made.dropped[0] == (
        "p/base/greedy/cpu-tensorflow-float32: prompt '明月'",
        "exclude: state=base prompt=1,春*",
    )


def test_a_case_without_prompts_is_dropped():
    made = expansion(
        exclude=[{"state": "tang", "prompt": "en-*"}, {"state": "tang", "prompt": [1, 2]}]
    )
    assert {case.state.name for case in made.cases} == {"base"}
    assert made.dropped[-1] == (
        "p/tang/beam-5/cpu-tensorflow-float32/b8",
        "no prompt is left: exclude: state=tang prompt=en-*; exclude: state=tang prompt=1,2",
    )


def test_include_keeps_what_some_rule_fits():
    made = expansion(
        include=[{"state": "base", "prompt": "en-trip"}, {"state": "tang", "sampler": "greedy"}],
        exclude=[{"batch_size": 8}],
    )
    assert left(made) == {
        "base/greedy/1": [0],
        "base/beam-5/1": [0],
        "tang/greedy/1": [0, 1, 2],
    }
    assert ("p/tang/beam-5/cpu-tensorflow-float32", "no include rule fits") in made.dropped
