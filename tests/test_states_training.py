"""Training tiny models for real, on every backend that is installed."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import BACKENDS, installed_backends

from bench.worker_environment import worker_environment

pytestmark = pytest.mark.model


@pytest.fixture(scope="module", params=BACKENDS)
def facts(
    request: pytest.FixtureRequest, tiny_preset: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What training_facts.py found on one backend."""
    if request.param not in installed_backends():
        pytest.skip(f"{request.param} is not installed in this environment")
    script = Path(__file__).with_name("training_facts.py")
    folder = tmp_path_factory.mktemp(f"training-{request.param}")
    done = subprocess.run(
        [sys.executable, str(script), request.param, str(tiny_preset), str(folder)],
        env=worker_environment({"device": "cpu", "backend": request.param}, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


def test_the_loss_falls_and_the_preset_is_another(facts: dict[str, Any]) -> None:
    trained = facts["plain"]
    assert trained["held_out_loss"] < 0.6 * trained["held_out_loss_before"]
    assert trained["perplexity"] == pytest.approx(math.exp(trained["held_out_loss"]))
    assert facts["from_base"] > 0.01


def test_what_is_counted_is_right(facts: dict[str, Any]) -> None:
    trained = facts["plain"]
    assert (trained["steps"], trained["planned_steps"], trained["batches_per_epoch"]) == (18, 18, 9)
    assert (trained["epochs"], trained["batch_size"], trained["resumed"]) == (2, 4, 0)
    # every text fills its 16 positions: one token a byte
    assert trained["tokens"] == 18 * 4 * 16
    assert trained["held_out_tokens"] == 3 * 16
    assert trained["trainable_parameters"] == trained["parameters"]
    assert trained["what_ran"]["backend"] in BACKENDS
    assert trained["milliseconds_per_step"] > 0
    assert trained["tokens_per_second"] == pytest.approx(
        64e3 / trained["milliseconds_per_step"], rel=1e-6
    )
    assert trained["curve"][-1]["step"] == 18
    assert trained["curve"][-1]["held_out_loss"] == trained["held_out_loss"]
    assert set(trained["missing"]) == {"device_peak_bytes", "best_step"}
    assert facts["left_in_work"] == ["done.json"], "the checkpoint is gone"


def test_what_was_cut_off_is_counted_and_said(facts: dict[str, Any]) -> None:
    data = facts["plain"]["data"]
    # of the 16 positions the start token takes one; 15 tokens are "the thing that the "
    used = 36 * len("the thing that the ")
    assert (data["texts"], data["texts_cut"], data["characters_used"]) == (36, 36, used)
    assert data["characters"] > 36 * 35
    [warning] = facts["plain"]["warnings"]
    assert warning.startswith("36 of 36 texts were cut at 16 tokens, and so ")
    assert warning.endswith("characters were not used: raise train.sequence_length")


def test_a_stopped_training_goes_on_at_its_next_batch(facts: dict[str, Any]) -> None:
    """And gives the weights, the loss and the accuracy of an unbroken one of the same seed."""
    resumed, plain = facts["resumed"], facts["plain"]
    assert facts["stopped"].endswith("of 18")
    assert facts["stopped_left_no_preset"]
    assert facts["broken_from_unbroken"] == 0.0
    assert (resumed["resumed"], resumed["steps"], resumed["tokens"]) == (1, 18, plain["tokens"])
    assert resumed["loss"] == pytest.approx(plain["loss"], rel=1e-5)
    assert resumed["accuracy"] == pytest.approx(plain["accuracy"], rel=1e-5)
    assert resumed["held_out_loss_before"] == plain["held_out_loss_before"]


def test_a_finished_training_is_told_again_and_never_written_over(facts: dict[str, Any]) -> None:
    assert facts["told_again"]
    assert "is there already" in facts["taken"]


def test_adapters_are_few_and_merged(facts: dict[str, Any]) -> None:
    lora = facts["lora"]
    assert lora["trainable_parameters"] < 0.05 * lora["parameters"]
    assert lora["held_out_loss"] < lora["held_out_loss_before"]
    assert facts["lora_changed"] == 8, "kernel and bias of query and value, in two layers"
    assert facts["lora_kept"] > 8


def test_early_stopping_keeps_the_best_weights(facts: dict[str, Any]) -> None:
    early = facts["early"]
    assert early["stopped_early"]
    assert early["best_step"] == early["steps"] - 2
    best = min(p["held_out_loss"] for p in early["curve"] if p["held_out_loss"] is not None)
    assert early["held_out_loss"] == best
    assert facts["saved_best"] == pytest.approx(best, rel=1e-5)


def test_what_cannot_be_trained_is_said_in_words(facts: dict[str, Any]) -> None:
    refused = facts["refused"]
    assert "set sequence_length to 64 or less" in refused["positions"]
    assert "no texts" in refused["no_texts"]
    assert "more than one token" in refused["one_token"]
    assert "held_out" in refused["held_out"]
    assert "lower learning_rate" in refused["diverged"]
    assert refused["no_adapters"].startswith("lora_rank: this model takes no LoRA adapters (")
    assert refused["none_added"] == (
        "lora_rank: KerasHub adds no LoRA adapters to a BackboneThatAddsNone; "
        "train it without lora_rank"
    )
