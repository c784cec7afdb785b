"""Trains tiny models on one backend and prints what it found as JSON.

Run as ``python training_facts.py BACKEND PRESET FOLDER``. ``test_states_training.py`` asserts on
what this prints.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

WORDS = ("one", "two", "ten", "fir", "oak", "ash")
TEXTS = [f"the thing that the other {word} thought {i}" for word in WORDS for i in range(6)]
HELD_OUT = [f"the thing that the other {word} thought 9" for word in ("elm", "six", "yew")]
FOREIGN = ["ZQX ÖÄÜ 123456 %%%"] * 3  # what training makes less likely
RECIPE = {"batch_size": 4, "sequence_length": 16, "learning_rate": 1e-2, "epochs": 2}


class Quiet:
    """Hears everything; asks to stop once it was asked so many times, if told to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.phases: list[str] = []
        self.steps: list[int] = []
        self._stop_after = stop_after
        self._asked = 0

    def phase(self, phase: str) -> None:
        self.phases.append(phase)

    def progress(self, progress: Any) -> None:
        self.steps.append(progress.step)

    def stop_asked(self) -> bool:
        self._asked += 1  # between any two steps, and some times before the first
        return self._stop_after is not None and self._asked >= self._stop_after


class Laboratory:
    """Trains into folders of its own, below ``root``."""

    def __init__(self, backend: str, preset: str, root: Path) -> None:
        self._backend, self._preset, self._root = backend, preset, root

    def train(
        self,
        name: str,
        report: Quiet | None = None,
        texts: list[str] = TEXTS,
        held_out: list[str] = HELD_OUT,
        key: str = "k",
        **changes: Any,
    ) -> Any:
        from bench.states.training.job import TrainingJob
        from bench.states.training.trainer import Trainer

        job = TrainingJob(
            preset="tiny",
            state=name,
            key=key,
            base=self._preset,
            texts="",
            data={"source": "test", "texts": len(texts)},
            shuffle=True,
            recipe={**RECIPE, **changes},
            hardware={"device": "cpu", "backend": self._backend},
            work=str(self._root / name / "work"),
            out=str(self._root / name / "preset"),
        )
        return Trainer(job, texts, held_out, report or Quiet()).run()

    def weights(self, name: str | None) -> list[Any]:
        """Return the weights of a saved preset; of the base where there is no name."""
        import keras_hub
        from keras import ops

        folder = str(self._root / name / "preset") if name else self._preset
        model = keras_hub.models.CausalLM.from_preset(folder)
        return [ops.convert_to_numpy(v) for v in model.backbone.weights]

    def furthest(self, name: str, other: str | None) -> float:
        """Return the largest difference between two presets' weights."""
        import numpy as np

        pairs = zip(self.weights(name), self.weights(other), strict=True)
        return max(float(np.abs(a - b).max()) for a, b in pairs)

    def refusal(self, name: str, **changes: Any) -> str:
        """Return why a training is refused."""
        from bench.engine.interface import InputError

        try:
            self.train(name, **changes)
        except InputError as error:
            assert not (self._root / name / "preset").exists()
            return str(error)
        return ""


def facts(backend: str, preset: str, root: Path) -> dict[str, Any]:
    """Return what was found, as plain data."""
    from bench.states.training.trainer import StoppedError

    lab = Laboratory(backend, preset, root)
    found: dict[str, Any] = {}
    report = Quiet()
    found["plain"] = lab.train("plain", report).to_data()
    found["phases"] = report.phases
    found["left_in_work"] = sorted(p.name for p in (root / "plain" / "work").iterdir())
    found["from_base"] = lab.furthest("plain", None)

    try:
        lab.train("stopped", Quiet(stop_after=12))
    except StoppedError as stopped:
        found["stopped"] = str(stopped)
    found["stopped_left_no_preset"] = not (root / "stopped" / "preset").exists()
    found["resumed"] = lab.train("stopped").to_data()
    found["broken_from_unbroken"] = lab.furthest("stopped", "plain")

    # What was saved and never told is told again; another key's is not touched.
    found["told_again"] = lab.train("stopped", Quiet()).to_data() == found["resumed"]
    found["taken"] = ""
    try:
        lab.train("stopped", key="other")
    except Exception as error:
        found["taken"] = str(error)

    found["lora"] = lab.train("lora", lora_rank=2).to_data()
    differences = [
        float(abs(a - b).max()) for a, b in zip(lab.weights("lora"), lab.weights(None), strict=True)
    ]
    found["lora_changed"] = sum(d > 0 for d in differences)
    found["lora_kept"] = sum(d == 0 for d in differences)

    early = {"early_stop": {"patience": 2}, "evaluate_every": 1, "epochs": 40}
    found["early"] = lab.train("early", held_out=FOREIGN, **early).to_data()
    # A training of no steps to speak of: its loss "before" is that of the preset saved above.
    other = Laboratory(backend, str(root / "early" / "preset"), root)
    still = {"learning_rate": 1e-30, "batches": 1, "epochs": 1}
    found["saved_best"] = other.train("still", held_out=FOREIGN, **still).held_out_loss_before

    found["refused"] = {
        "positions": lab.refusal("r1", sequence_length=65),
        "no_texts": lab.refusal("r2", texts=[]),
        "one_token": lab.refusal("r3", texts=[""] * 8),
        "held_out": lab.refusal("r4", held_out=[], early_stop={}),
        "diverged": lab.refusal("r5", learning_rate=1e6, optimizer="sgd"),
        "no_adapters": adapters_refused(Backbone()),
        "none_added": adapters_refused(BackboneThatAddsNone()),
    }
    return found


class Backbone:
    """A backbone of a kind that has never heard of adapters."""

    weights: tuple[Any, ...] = ()
    trainable_variables: tuple[Any, ...] = ()


class BackboneThatAddsNone(Backbone):
    """One whose layers have other names than those that adapters go into."""

    def enable_lora(self, rank: int) -> None:
        pass


def adapters_refused(backbone: Backbone) -> str:
    """Return why a model with this backbone takes no adapters."""
    from types import SimpleNamespace

    from bench.engine.interface import InputError
    from bench.states.training.model import Trainee

    trainee = Trainee.__new__(Trainee)
    trainee.causal_lm = SimpleNamespace(backbone=backbone)
    try:
        trainee._add_adapters(4)
    except InputError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = sys.argv[1]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(facts(sys.argv[1], sys.argv[2], Path(sys.argv[3])), out)
