import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.cases import expand
from scenarios.faults import ScenarioError
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


def test_a_named_custom_sampler_goes_by_the_label_of_its_cases():
    custom = {"custom": {"class": "a.b:C", "name": "mine"}}
    made = expansion(samplers=["greedy", custom], exclude=[{"sampler": "custom-mine"}])
    assert {case.sampler.name for case in made.cases} == {"greedy"}


LABELS = {
    "state": ["base", "tang"],
    "sampler": ["greedy", "beam-5"],
    "batch_size": ["1", "8"],
    "prompt": ["en-trip", "明月", "春眠"],
}
RULES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            axis: st.lists(st.sampled_from([*labels, "*"]), min_size=1, max_size=2)
            for axis, labels in LABELS.items()
        },
    ).filter(bool),
    max_size=4,
)


@given(RULES, RULES)
def test_rules_keep_what_they_say(include, exclude):
    def fits(rule, labels):
        return all({labels[axis], "*"} & set(globs) for axis, globs in rule.items())

    wanted, used = {}, set()
    for state, sampler, size in itertools.product(*list(LABELS.values())[:3]):
        for index, prompt in enumerate(LABELS["prompt"]):
            labels = dict(zip(LABELS, (state, sampler, size, prompt), strict=True))
            in_, out = ([fits(rule, labels) for rule in rules] for rules in (include, exclude))
            used |= {("include", i) for i, it in enumerate(in_) if it}
            used |= {("exclude", i) for i, it in enumerate(out) if it}
            if not any(out) and (any(in_) or not include):
                wanted.setdefault(f"{state}/{sampler}/{size}", []).append(index)
    unused = {("include", i) for i in range(len(include))} - used
    unused |= {("exclude", i) for i in range(len(exclude))} - used
    try:
        made = expansion(include=include, exclude=exclude)
    except ScenarioError as error:
        said = {fault.location for fault in error.faults}
        assert said == ({f"{key}.{i}" for key, i in unused} or {""})
        assert unused or not wanted
    else:
        assert left(made) == wanted
        assert not unused
