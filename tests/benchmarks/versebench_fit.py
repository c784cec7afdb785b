"""The same training as ``bare_fit.py``, by versebench's trainer; the same arguments and output.

The rate counts everything between the end of the first step and the end of the last: looking at
the loss, telling the parent and drawing the curve are in it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


class Silent:
    """Hears and says nothing."""

    def phase(self, phase: str) -> None:
        pass

    def progress(self, progress: Any) -> None:
        pass

    def stop_asked(self) -> bool:
        return False


def main() -> None:
    """Train into a folder that is thrown away."""
    backend, preset, texts, *numbers = sys.argv[1:]
    steps, batch, length = map(int, numbers)
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from bench.states.training.job import TrainingJob
    from bench.states.training.trainer import Trainer

    lines = Path(texts).read_text(encoding="utf-8").splitlines()
    recipe = {"batch_size": batch, "batches": steps, "sequence_length": length}
    hardware = {"device": "cpu", "backend": backend}
    with tempfile.TemporaryDirectory() as folder:
        work, preset_out = f"{folder}/work", f"{folder}/preset"
        job = TrainingJob("p", "s", "k", preset, "", {}, False, recipe, hardware, work, preset_out)
        trained = Trainer(job, lines, [], Silent()).run()
    assert trained.first_step_seconds is not None
    later = trained.seconds - trained.first_step_seconds
    tokens = trained.tokens * (steps - 1) / steps
    json.dump({"rate": tokens / later, "peak": trained.host_peak_bytes}, out)


if __name__ == "__main__":
    main()
