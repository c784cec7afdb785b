"""Keras's ``fit`` by hand, to hold versebench's training against. No versebench in it.

``python bare_fit.py BACKEND PRESET TEXTS STEPS BATCH LENGTH`` trains on the lines of TEXTS and
prints, as JSON, tokens/s without the first step and the peak of resident memory while training.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """One step that compiles, then the others, timed together."""
    backend, preset, texts, *numbers = sys.argv[1:]
    steps, batch, length = map(int, numbers)
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import keras
    import keras_hub
    import numpy as np
    from keras import ops

    causal_lm = keras_hub.models.CausalLM.from_preset(preset, dtype="float32")
    lines = Path(texts).read_text(encoding="utf-8").splitlines()[: steps * batch]
    data: Any = causal_lm.preprocessor(lines, sequence_length=length)
    x, y, weights = keras.tree.map_structure(lambda a: np.asarray(ops.convert_to_numpy(a)), data)
    model = keras.Model(causal_lm.input, causal_lm.output)
    rate = keras.optimizers.schedules.PolynomialDecay(5e-5, steps, end_learning_rate=0.0)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )

    def fit(rows: slice) -> None:
        inputs = {name: array[rows] for name, array in x.items()}
        settings: dict[str, Any] = {"batch_size": batch, "shuffle": False, "verbose": 0}
        model.fit(inputs, y[rows], sample_weight=weights[rows], **settings)

    Path("/proc/self/clear_refs").write_text("5")
    fit(slice(0, batch))
    start = time.perf_counter()
    fit(slice(batch, None))
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text()
    peak = int(next(s for s in status.splitlines() if s.startswith("VmHWM:")).split()[1]) * 1024
    json.dump({"rate": int(weights[batch:].sum()) / seconds, "peak": peak}, out)


if __name__ == "__main__":
    main()
