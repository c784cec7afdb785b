"""Trains a model from a local Hugging Face folder, and prints how it is saved, as JSON.

Run as ``python training_saving_facts.py BACKEND HUGGING_FACE_FOLDER FOLDER``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from training_facts import Laboratory


def unreadable(*_: object) -> None:
    raise ValueError("special token is missing")


def facts(backend: str, base: str, root: Path) -> dict[str, Any]:
    """Return what was found, as plain data."""
    from bench import preset_folder
    from bench.states.training import saving

    lab = Laboratory(backend, base, root)
    lab.train("kerashub", epochs=1)
    kerashub = saving._as_kerashub
    saving._as_kerashub = unreadable
    lab.train("hugging_face", epochs=1, lora_rank=2)
    found: dict[str, Any] = {
        name: {
            "kind": preset_folder.kind(root / name / "preset"),
            "faults": preset_folder.check(root / name / "preset"),
            "from_base": lab.furthest(name, None),
        }
        for name in ("kerashub", "hugging_face")
    }
    saving._as_hugging_face = unreadable  # type: ignore[assignment]
    for name, way in (("neither", unreadable), ("other_weights", zeroed(kerashub))):
        saving._as_kerashub = way  # type: ignore[assignment]
        try:
            lab.train(name, epochs=1)
        except saving.SavingError as error:
            found[name] = str(error)
        assert [path.name for path in (root / name).iterdir()] == ["work"]
    return found


def zeroed(save: Any) -> Any:
    """Return a way of saving that loses the weights."""

    def way(causal_lm: Any, folder: Path) -> None:
        for variable in causal_lm.backbone.weights:
            variable.assign(0 * variable)
        save(causal_lm, folder)

    return way


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = sys.argv[1]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(facts(sys.argv[1], sys.argv[2], Path(sys.argv[3])), out)
