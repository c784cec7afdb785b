import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import cases as cases_module
from scenarios.cases import expand, only
from scenarios.faults import ScenarioError
from scenarios.samplers import parse_sampler
from scenarios.schema import Scenario


def scenario(**changes):
    data = {"name": "s", "prompts": ["a"], "presets": ["p"], "samplers": ["greedy"], **changes}
    return Scenario.model_validate(data)


def ids(cases):
    return [case.id for case in cases]


def hashes(made):
    return {case.id: case.hash for case in expand(made).cases}


def test_every_combination_is_a_case():
    expansion = expand(
        scenario(
            presets=["gpt2_base_en"],
            states=["base", {"tang": {"preset": "t"}}],
            samplers=["greedy", "top_k"],
            hardware=["cpu", {"backend": "jax"}],
            generate={"batch_sizes": [1, 8]},
        )
    )
    assert len(expansion.cases) == 16
    assert ids(expansion.cases)[:4] == [
        "gpt2_base_en/base/greedy/cpu-tensorflow-float32",
        "gpt2_base_en/base/greedy/cpu-tensorflow-float32/b8",
        "gpt2_base_en/base/top_k-5/cpu-tensorflow-float32",
        "gpt2_base_en/base/top_k-5/cpu-tensorflow-float32/b8",
    ]
    assert expansion.dropped == ()


def test_a_case_knows_what_it_loads_and_with_whom():
    first, second = expand(scenario(states=["base", {"tang": {"preset": "t"}}])).cases
    assert (first.source, second.source) == ("p", "t")
    assert second.group == "p/tang/cpu-tensorflow-float32"
    assert second.prompts[0][1].text == "a"


@st.composite
def axes(draw):
    """Draw a whole scenario as plain data."""

    def some(entries, key=str):
        return draw(st.lists(st.sampled_from(entries), min_size=1, unique_by=key))

    return {
        "prompts": draw(st.lists(st.text(max_size=5), min_size=1, max_size=3, unique=True)),
        "presets": some(["p", "q", {"name": "r", "source": "p"}]),
        "samplers": some(
            ["greedy", "random", "top_k", {"top_k": {"k": 7, "temperature": 0.7}}, "top_p", "beam"]
        ),
        "hardware": some(["cpu", "gpu:1", {"backend": "jax", "dtype": "bfloat16", "threads": 2}]),
        "generate": {"batch_sizes": some([1, 2, 8]), "samples": draw(st.integers(0, 4))},
        "measure": {"trials": draw(st.integers(1, 3)), "fit_points": draw(st.sampled_from([0, 3]))},
        "seed": draw(st.integers(0, 2**63 - 1)),
    }


def shuffled(data, random):
    if isinstance(data, dict):
        items = [(key, shuffled(value, random)) for key, value in data.items()]
        random.shuffle(items)
        return dict(items)
    return [shuffled(one, random) for one in data] if isinstance(data, list) else data


@settings(deadline=None)
@given(axes())
def test_ids_are_unique_and_equal_hashes_mean_equal_work(data):
    cases = expand(scenario(**data)).cases
    assert len(set(ids(cases))) == len(cases)
    by_hash = {}
    for case in cases:
        by_hash.setdefault(case.hash, set()).add((case.source, *case.id.split("/")[1:]))
    assert all(len(works) == 1 for works in by_hash.values())


@settings(deadline=None)
@given(axes(), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_nothing(data, random):
    assert hashes(scenario(**shuffled(data, random))) == hashes(scenario(**data))


@settings(deadline=None)
@given(axes(), st.randoms(use_true_random=False))
def test_other_entries_of_an_axis_change_nothing(data, random):
    more = dict(data)
    more["samplers"] = [{"contrastive": {"k": 9}}, *data["samplers"]]
    more["presets"] = [*data["presets"], "another"]
    more["hardware"] = ["tpu", *data["hardware"]]
    more["generate"] = {**data["generate"], "batch_sizes": [*data["generate"]["batch_sizes"], 99]}
    before, after = hashes(scenario(**data)), hashes(scenario(**more))
    assert before.items() <= after.items()
    assert len(after) > len(before)


@settings(deadline=None)
@given(axes())
def test_a_dump_means_the_same(data):
    made = scenario(**data)
    assert Scenario.model_validate_json(made.model_dump_json()) == made
    assert hashes(Scenario.model_validate(made.model_dump())) == hashes(made)


BASE = {
    "prompts": ["a", "b"],
    "samplers": [{"top_p": {"p": 0.9, "k": 50}}],
    "hardware": [{"backend": "jax"}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"prompts": ["a", "c"]},
        {"prompts": ["a"]},
        {"prompts": ["b", "a"]},
        {"presets": ["q"]},
        {"samplers": [{"top_p": {"p": 0.8, "k": 50}}]},
        {"samplers": [{"top_p": {"p": 0.9, "k": 50, "temperature": 0.7}}]},
        {"hardware": [{"backend": "jax", "dtype": "bfloat16"}]},
        {"hardware": [{"backend": "jax", "threads": 1}]},
        {"generate": {"max_length": 100}},
        {"generate": {"samples": 9}},
        {"generate": {"batch_sizes": [2]}},
        {"measure": {"trials": 6}},
        {"measure": {"warmup_cap": 11}},
        {"measure": {"fit_points": 0}},
        {"seed": 1},
        {"exclude": [{"prompt": "b"}]},
    ],
    ids=json.dumps,
)
def test_what_determines_the_measurement_changes_the_hash(change):
    [before] = hashes(scenario(**BASE)).values()
    [after] = hashes(scenario(**{**BASE, **change})).values()
    assert before != after


@pytest.mark.parametrize(
    "change",
    [
        {"name": "another"},
        {"description": "x"},
        {"measure": {"launches": 5}},
        {"measure": {"timeout": 5.0}},
        {"metrics": ["rep_*"]},
        {"gates": {"rep_4": {"max": 1}}},
        {"prompts": [{"text": "a", "name": "x"}, "b"]},
        {"presets": [{"name": "called-otherwise", "source": "p"}]},
        {"samplers": [{"top_p": {"k": 50, "p": 0.9, "temperature": 1}}]},
        {"include": [{"state": "base"}]},
    ],
    ids=json.dumps,
)
def test_what_does_not_determine_it_does_not(change):
    [before] = hashes(scenario(**BASE)).values()
    [after] = hashes(scenario(**{**BASE, **change})).values()
    assert before == after


def test_hashes_are_the_same_on_every_machine_and_every_day():
    assert hashes(scenario(**BASE)) == {
        "p/base/top_p-0.9-k50/cpu-jax-float32": "635a050b1958728e",
    }


def test_the_content_of_the_model_counts_when_it_is_known():
    made = scenario(presets=["p", "q"], samplers=["greedy", "top_k"])
    asked = []

    def same_content(source):
        asked.append(source)
        return "digest"

    cases = expand(made, fingerprint=same_content).cases
    assert len({case.hash for case in cases}) == 2
    assert asked == ["p", "q"]


def test_two_classes_of_the_same_name_need_names():
    custom = [{"custom": {"class": "a:S"}}, {"custom": {"class": "b:S", "name": "S-of-b"}}]
    cases = expand(scenario(samplers=custom)).cases
    assert [case.sampler.name for case in cases] == ["custom-S", "custom-S-of-b"]
    assert cases[0].hash != cases[1].hash


def test_faults_without_a_file_name_the_place():
    with pytest.raises(ScenarioError) as caught:
        expand(scenario(exclude=[{"state": "tang"}]))
    assert str(caught.value) == "exclude.0.state.0: 'tang' fits no state; there is base"


@pytest.fixture
def cases():
    return expand(
        scenario(
            samplers=["greedy", "top_k", {"top_k": {"k": 50}}, "beam"],
            hardware=["cpu", "gpu"],
            generate={"batch_sizes": [1, 8]},
        )
    ).cases


def test_only(cases):
    assert only(cases, []) == list(cases)
    assert {case.sampler.name for case in only(cases, ["sampler=greedy, top_k-5?"])} == {
        "greedy",
        "top_k-50",
    }
    both = ["sampler=top_k*", "hardware=gpu-*", "batch_size=8"]
    assert ids(only(cases, both)) == [
        "p/base/top_k-5/gpu-tensorflow-float32/b8",
        "p/base/top_k-50/gpu-tensorflow-float32/b8",
    ]


FORM = "must look like axis=glob,glob, for example sampler=greedy,top_k*"
AXES = "preset, state, sampler, hardware, batch_size"


@pytest.mark.parametrize(
    ("expressions", "fault"),
    [
        (["greedy"], f"greedy: {FORM}"),
        (["sampler="], f"sampler=: {FORM}"),
        (["samplers=x"], "samplers=x: unknown axis 'samplers'; did you mean 'sampler'?"),
        (["prompt=a"], f"prompt=a: unknown axis 'prompt'; there are {AXES}"),
        (["sampler=gredy"], "sampler=gredy: 'gredy' fits no sampler; did you mean 'greedy'?"),
        (["sampler=beam*", "sampler=greedy"], "the expressions together fit no case"),
    ],
)
def test_only_with_what_fits_nothing(cases, expressions, fault):
    with pytest.raises(ScenarioError) as caught:
        only(cases, expressions)
    assert str(caught.value) == f"--only: {fault}"


def test_names_of_samplers_tell_all_settings_apart():
    forms = [
        {"top_p": {"p": p, "k": k, "temperature": t}}
        for p in (0.9, 0.99, 1)
        for k in (None, 5, 50)
        for t in (1, 0.7, 1e-5)
    ]
    names = {parse_sampler(form).name for form in forms}
    assert len(names) == len(forms)


def test_hashes_stay_what_they_were():
    """Else no earlier run could be resumed, nor be held against a later one."""
    made = scenario(
        prompts=["a", {"text": "春眠", "name": "x", "form": "qijue"}],
        states=["base", {"d": {"data": "tang"}}],
        samplers=["greedy", {"top_p": {"k": 5}}],
        hardware=[{"backend": "jax", "threads": 2}],
    )
    assert list(hashes(made).values()) == [
        "742892ae14e69942",
        "1f798efa9784571d",
        "cf11b23f2935d23b",
        "83975c72c42813b8",
    ]


def many(presets, samplers, **more):
    return scenario(
        presets=[f"p{i}" for i in range(presets)],
        samplers=[{"top_k": {"k": i + 1}} for i in range(samplers)],
        **more,
    )


def test_as_many_cases_as_reports_hold_and_no_more():
    more = many(101, 100)
    with pytest.raises(ScenarioError, match="more than 10,000 cases"):
        expand(more)
    assert len(expand(more.model_copy(update={"exclude": rules(preset="p100")})).cases) == 10_000


def rules(**globs):
    return scenario(samplers=["greedy"], exclude=[globs]).exclude


def test_axes_that_are_too_large_are_not_crossed(monkeypatch):
    def cross(*axes):
        raise AssertionError("crossed")

    monkeypatch.setattr(cases_module.itertools, "product", cross)
    with pytest.raises(ScenarioError) as caught:
        expand(many(501, 500, exclude=[{"preset": "p*"}]))
    assert str(caught.value) == (
        "501 presets x 500 samplers make 250,500 combinations, and 250,000 are the most that rules "
        "choose from; write several scenarios"
    )
