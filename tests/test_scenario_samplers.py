import pytest
from pydantic import TypeAdapter, ValidationError

from scenarios.samplers import KINDS, AnySampler, Sampler, parse_sampler
from scenarios.values import OneOrMore


@pytest.mark.parametrize(
    ("form", "name", "arguments"),
    [
        ("greedy", "greedy", {}),
        ("random", "random", {"temperature": 1.0}),
        ({"random": {"temperature": 0.7}}, "random-t0.7", {"temperature": 0.7}),
        ("top_k", "top_k-5", {"k": 5, "temperature": 1.0}),
        ({"top_k": None}, "top_k-5", {"k": 5, "temperature": 1.0}),
        ({"top_k": {"temperature": 2}}, "top_k-5-t2", {"k": 5, "temperature": 2.0}),
        ("top_p", "top_p-0.9", {"p": 0.9, "k": None, "temperature": 1.0}),
        ({"top_p": {"p": 1, "k": 50}}, "top_p-1-k50", {"p": 1.0, "k": 50, "temperature": 1.0}),
        ("beam", "beam-5", {"num_beams": 5, "return_all_beams": False, "temperature": 1.0}),
        ("contrastive", "contrastive-5-a0.6", {"k": 5, "alpha": 0.6, "temperature": 1.0}),
        ({"contrastive": {"k": 4, "alpha": -0.0, "temperature": 0.5}}, "contrastive-4-a0-t0.5",
         {"k": 4, "alpha": 0.0, "temperature": 0.5}),
        ({"custom": {"class": "a.b:Mine"}}, "custom-Mine", {}),
        ({"custom": {"class": "a:M", "arguments": {"x": 1}, "name": "m"}}, "custom-m", {"x": 1}),
    ],
)  # fmt: skip
def test_name_and_arguments(form, name, arguments):
    sampler = parse_sampler(form)
    assert isinstance(sampler, Sampler)
    assert sampler.name == name
    assert sampler.arguments == arguments
    assert parse_sampler(sampler.model_dump()) == sampler
    assert parse_sampler(sampler) is sampler


def test_which_samplers_draw():
    drawing = {kind for kind, model in KINDS.items() if model.draws}
    assert drawing == {"random", "top_k", "top_p", "custom"}


def test_samplers_do_not_change():
    with pytest.raises(ValidationError):
        parse_sampler("top_k").k = 6


def test_a_kind_inside_the_arguments_is_refused():
    with pytest.raises(ValidationError):
        parse_sampler({"top_k": {"kind": "greedy"}})


def test_custom_samplers_without_a_name_are_told_apart_by_their_class():
    entries = TypeAdapter(OneOrMore[AnySampler])
    two = [{"custom": {"class": "a.b:One"}}, {"custom": {"class": "a.b:Two"}}]
    assert [one.name for one in entries.validate_python(two)] == ["custom-One", "custom-Two"]
    with pytest.raises(ValidationError, match="'custom-One' is there already"):
        entries.validate_python([two[0], two[0]])


@pytest.mark.parametrize("arguments", [{"x": float("nan")}, {"x": object()}, {"x": {1, 2}}])
def test_arguments_of_a_custom_sampler_are_plain_data(arguments):
    with pytest.raises(ValidationError, match="must be plain data"):
        parse_sampler({"custom": {"class": "a:B", "arguments": arguments}})


@pytest.mark.model
def test_keras_hub_takes_the_arguments():
    keras_hub = pytest.importorskip("keras_hub")
    for kind in KINDS:
        if kind != "custom":
            wanted = parse_sampler(kind).arguments
            made = keras_hub.samplers.get({"class_name": kind, "config": wanted})
            assert wanted.items() <= made.get_config().items()
