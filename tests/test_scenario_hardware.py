from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from scenarios.hardware import Hardware
from scenarios.schema import Scenario


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("cpu", "cpu-tensorflow-float32"),
        ("gpu:12", "gpu:12-tensorflow-float32"),
        ({"device": "gpu:1", "backend": "jax", "dtype": "bfloat16",
          "quantization": "int8", "threads": 4}, "gpu:1-jax-bfloat16-int8-t4"),
        ({"jit": True}, "cpu-tensorflow-float32-jit"),
        ({"jit": False}, "cpu-tensorflow-float32-nojit"),
        ({"quantization": "int8", "dtype": "mixed_bfloat16"}, "cpu-tensorflow-mixed_bfloat16-int8"),
        ({"quantization": "int4", "dtype": "float16"}, "cpu-tensorflow-float16-int4"),
        ({"cores": "0-3,8"}, "cpu-tensorflow-float32-c0-3+8"),
        ({"cores": "8, 1,0 ,3"}, "cpu-tensorflow-float32-c0-1+3+8"),
        ({"cores": [5, 2, 5]}, "cpu-tensorflow-float32-c2+5"),
        ({"cores": 3}, "cpu-tensorflow-float32-c3"),
    ],
)  # fmt: skip
def test_name(form, name):
    hardware = Hardware.model_validate(form)
    assert hardware.name == name
    assert Hardware.model_validate(hardware.model_dump()) == hardware


@pytest.mark.parametrize(
    "form",
    [
        "CPU", "gpu:", "gpu:-1", "gpu:01", "gpu:1000", "cuda",
        {"device": "tpu", "backend": "torch"},
        {"jit": False, "backend": "torch"},
        {"quantization": "int8", "dtype": "mixed_float16"},
        {"cores": ""}, {"cores": "0-"}, {"cores": "3-1"}, {"cores": "a"}, {"cores": []},
        {"cores": [-1]}, {"cores": True}, {"cores": [True]}, {"cores": ["0"]}, {"cores": "0;1"},
        {"cores": "0-99999"}, {"cores": 1, "threads": 1},
    ],
)  # fmt: skip
def test_what_cannot_exist(form):
    with pytest.raises(ValidationError):
        Hardware.model_validate(form)


def test_an_entry_without_cores_is_dumped_as_before_there_were_any():
    """The dump goes into the hashes by which a run is resumed."""
    assert "cores" not in Hardware().model_dump()
    assert Hardware(cores="1").model_dump()["cores"] == (1,)


def test_the_example_of_the_docs_is_a_scenario():
    page = (Path(__file__).parent.parent / "docs/hardware.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    whole = "name: docs\nprompts: [a]\npresets: [p]\nsamplers: [greedy]\n" + example
    names = [entry.name for entry in Scenario.model_validate(YAML(typ="safe").load(whole)).hardware]
    assert names == [
        "cpu-tensorflow-float32",
        "cpu-jax-float32-c0-3",
        "cpu-tensorflow-float32-jit",
        "cpu-torch-float32-int8",
        "gpu-jax-bfloat16",
        "gpu:1-torch-mixed_float16",
    ]
