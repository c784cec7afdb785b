"""KerasHub's own ``generate`` in a loop, to hold versebench's numbers against; no versebench.

``python bare_generate.py BACKEND PRESET DTYPE PROMPT MAX_LENGTH BATCH CALLS`` prints, as JSON, the
tokens/s of each call after three calls that are not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Time calls that generate every position, tokenising included, as a user would."""
    backend, preset, dtype, prompt, max_length, batch, calls = sys.argv[1:]
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import keras_hub
    import numpy as np
    from keras import ops

    if backend != "tensorflow" and "tensorflow" in sys.modules:  # it only tokenises here
        sys.modules["tensorflow"].config.set_visible_devices([], "GPU")
    model = keras_hub.models.CausalLM.from_preset(preset, dtype=dtype)
    model.compile(sampler="greedy")
    length, prompts = int(max_length), [prompt] * int(batch)
    mask = model.preprocessor.generate_preprocess(prompts, sequence_length=length)["padding_mask"]
    new = length * len(prompts) - int(np.asarray(ops.convert_to_numpy(mask)).sum())
    rates = []
    for _ in range(3 + int(calls)):
        start = time.perf_counter()
        model.generate(prompts, max_length=length, stop_token_ids=None)
        rates.append(new / (time.perf_counter() - start))
    json.dump(rates[3:], out)


if __name__ == "__main__":
    main()
