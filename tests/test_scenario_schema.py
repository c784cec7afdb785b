import pytest
from pydantic import ValidationError

from scenarios.schema import Generate, Measure, Preset, Prompt, Scenario, State, is_folder

LEAST = {"name": "s", "prompts": ["a"], "presets": ["p"], "samplers": ["greedy"]}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("gpt2_base_en", "gpt2_base_en"),
        ("kaggle://keras/gpt2/keras/gpt2_base_en/2", "gpt2_base_en"),
        ("hf://openai-community/gpt2", "gpt2"),
        ("./models/tuned/", "tuned"),
        ("../a b", "a-b"),
        ("/", "-"),
        ("./2024", "2024"),
        ("春/曉", "曉"),
    ],
)
def test_the_label_of_a_preset(source, name):
    preset = Preset.model_validate(source)
    assert (preset.name, preset.source) == (name, source)


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("gpt2_base_en", False),
        ("kaggle://a/b", False),
        ("hf://a/b", False),
        ("./x", True),
        ("../x", True),
        (".", True),
        ("/x", True),
        ("~/x", True),
        ("a/b", True),
    ],
)
def test_is_folder(source, folder):
    assert is_folder(source) is folder


def test_states():
    assert State.model_validate("base").preset is None
    assert State.model_validate({"tang": {"preset": "x"}}) == State(name="tang", preset="x")
    with pytest.raises(ValidationError, match="names nothing"):
        State(name="tang")


def test_prompts():
    assert Prompt.model_validate("a b").label == "a b"
    assert Prompt.model_validate({"text": "", "name": "empty"}).label == "empty"


def test_defaults_are_those_of_the_protocol():
    scenario = Scenario.model_validate(LEAST)
    assert scenario.measure == Measure(
        launches=1, trials=5, warmup_cap=10, steady_tolerance=0.05, fit_points=5, timeout=600
    )
    assert scenario.generate == Generate(max_length=200, batch_sizes=(1,), samples=8)
    assert [state.name for state in scenario.states] == ["base"]
    assert [hardware.name for hardware in scenario.hardware] == ["cpu-tensorflow-float32"]
    assert scenario.metrics == ("*",)


def test_a_scenario_does_not_change():
    with pytest.raises(ValidationError):
        Scenario.model_validate(LEAST).seed = 1


@pytest.mark.parametrize(
    "label", ["", "a b", "a/b", "a,b", "a=b", "a*", "a?", "\n", "\u202e", "\ud800"]
)
def test_what_is_no_label(label):
    with pytest.raises(ValidationError):
        Scenario.model_validate({**LEAST, "name": label})


@pytest.mark.parametrize("label", ["a", "gpt2.v1-x_y", "唐詩", "a[1]", "a:b"])
def test_what_is_a_label(label):
    assert Scenario.model_validate({**LEAST, "name": label}).name == label
