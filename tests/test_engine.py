"""The KerasHub engine on every backend that is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import BACKENDS, installed_backends
from engine_facts import MAX_LENGTH, SAMPLERS

from bench.worker_environment import worker_environment

pytestmark = pytest.mark.model


def _facts(backend: str, preset: Path) -> dict[str, Any]:
    hardware = {"device": "cpu", "backend": backend}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("engine_facts.py")), backend, str(preset)],
        env=worker_environment(hardware, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module", params=BACKENDS)
def facts(request: pytest.FixtureRequest, tiny_preset: Path) -> dict[str, Any]:
    """What engine_facts.py found on one backend."""
    if request.param not in installed_backends():
        pytest.skip(f"{request.param} is not installed in this environment")
    return _facts(request.param, tiny_preset)


def test_compiled_once_per_sampler_and_never_again_in_turns(facts: dict[str, Any]) -> None:
    compiled = facts["what_ran"]["backend"] != "torch"
    for kind, found in facts["samplers"].items():
        assert (found["compiles"][0] > 0) == compiled, kind
        assert found["compiles"][1:] == [0, 0], kind
        assert found["other_length_compiles"] == 0, kind


def test_reset_gives_the_same_text_again_between_other_samplers(facts: dict[str, Any]) -> None:
    for kind, found in facts["samplers"].items():
        first, second, third = found["turns"]
        assert first == second == third, kind
    assert facts["samplers"]["random"]["turns"][0] != facts["samplers"]["greedy"]["turns"][0]


def test_tokens_are_counted_not_assumed(facts: dict[str, Any]) -> None:
    # start token, "th", "i", "n", "g", " ", three bytes of one hanzi
    assert facts["prompt_tokens"] == [9]
    for found in facts["samplers"].values():
        assert found["new_tokens"] == MAX_LENGTH - 9


def test_cutting_at_a_stop_gives_what_stopping_gives(facts: dict[str, Any]) -> None:
    for kind, found in facts["samplers"].items():
        if found["stops_change_text"]:
            continue
        row, stop = found["turns"][0], found["stop"]
        end = row.index(stop, 9)
        assert found["stopped"] == row[: end + 1], kind
    assert facts["samplers"]["beam"]["stops_change_text"]


def test_samplers_say_what_they_are(facts: dict[str, Any]) -> None:
    for kind, arguments in SAMPLERS.items():
        said = facts["samplers"][kind]["sampler"]
        assert said["kind"] == kind
        assert {k: said[k] for k in arguments} == arguments
        assert facts["samplers"][kind]["draws"] == (kind in ("random", "top_k", "top_p"))


def test_what_ran_is_read_back(facts: dict[str, Any]) -> None:
    ran = facts["what_ran"]
    jit = {"jax": "jax.jit (XLA)", "tensorflow": "tf.function graph, XLA off", "torch": "eager"}
    assert ran["jit"] == jit[ran["backend"]]
    assert ran["compute_dtype"] == ran["variable_dtype"] == "float32"
    assert ran["weight_bytes"] == 4 * facts["parameters"]
    assert ran["versions"]["keras-hub"]
    assert "cpu" in ran["devices"][0].lower()
    assert all("cpu" in device for device in ran["weights_on"])
    assert ran["stored_bytes"] == {"float32": ran["weight_bytes"]}
    assert ran["output_dtype"] == "float32"


def test_a_step_costs_what_the_variables_and_the_cache_say(facts: dict[str, Any]) -> None:
    """2 layers, 2 heads, 32 wide, 64 positions, 258 tokens; the cache as the model makes it."""
    shape = facts["shape"]
    assert shape["weight_bytes"] == 4 * (facts["parameters"] - 64 * 32)
    assert shape["gathered_bytes"] == 4 * 32
    assert shape["matrix_weights"] == 2 * 12 * 32**2 + 258 * 32
    made = [1, shape["layers"], 2, MAX_LENGTH, shape["cached_heads"], shape["head_size"]]
    assert facts["cache_shape"] in (None, made)
    assert made == [1, 2, 2, MAX_LENGTH, 2, 16]
    assert facts["rows_per_text"] == {
        kind: {"beam": 3, "contrastive": 4}.get(kind, 1) for kind in SAMPLERS
    }


def test_the_device_is_measured(facts: dict[str, Any]) -> None:
    for bandwidth, rate, dtype in facts["rates"].values():
        assert 1e7 < bandwidth < 1e13
        assert 1e6 < rate < 1e16
        assert dtype in ("bfloat16", "float32")


def test_int8_and_xla_are_read_back(facts: dict[str, Any]) -> None:
    ran, shape = facts["other"], facts["other"]["shape"]
    assert ran["quantization"] == "int8"
    assert (
        ran["stored_bytes"]["int8"] == facts["shape"]["matrix_weights"] == shape["matrix_weights"]
    )
    assert shape["weight_bytes"] < facts["shape"]["weight_bytes"] / 2
    jit = {"jax": "jax.jit (XLA)", "tensorflow": "XLA", "torch": "eager"}
    assert ran["jit"] == jit[ran["backend"]]


def test_impossible_prompts_are_refused_in_words(facts: dict[str, Any]) -> None:
    assert "max_length 24 leaves no room" in facts["refused"]["long"]
    assert "100 tokens" in facts["refused"]["long"]
    assert "64 positions" in facts["refused"]["positions"]


def test_text_comes_back_whole_or_marked_as_broken(facts: dict[str, Any]) -> None:
    assert facts["round_trip"]
    assert facts["special_ids"]
    assert facts["cut_hanzi"] == "白\ufffd"
    assert facts["no_ids"] == [""]


def test_deterministic_samplers_agree_across_backends(tiny_preset: Path) -> None:
    found = installed_backends()
    if len(found) < 2:
        pytest.skip("only one backend is installed")
    first, second = (_facts(name, tiny_preset) for name in found[:2])
    for kind in ("greedy", "contrastive"):
        assert first["samplers"][kind]["turns"][0] == second["samplers"][kind]["turns"][0]
