"""A benchmark loop written by hand, to hold versebench's numbers against. No versebench in it.

``python bare_loop.py BACKEND PRESET PROMPT MAX_LENGTH CALLS`` prints the tokens/s of each call as
JSON, after three calls that are not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Time calls of KerasHub's compiled generate function with exact token counts."""
    backend, preset, prompt, max_length, calls = sys.argv[1:]
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import keras_hub
    import numpy as np
    from keras import ops

    model = keras_hub.models.CausalLM.from_preset(preset, dtype="float32")
    model.compile(sampler="greedy")
    function = model.make_generate_function()
    inputs = model.preprocessor.generate_preprocess([prompt], sequence_length=int(max_length))
    before = int(np.asarray(ops.convert_to_numpy(inputs["padding_mask"])).sum())
    rates = []
    for _ in range(3 + int(calls)):
        start = time.perf_counter()
        output = function(inputs, stop_token_ids=None)
        ops.convert_to_numpy(output["token_ids"])
        seconds = time.perf_counter() - start
        after = int(np.asarray(ops.convert_to_numpy(output["padding_mask"])).sum())
        rates.append((after - before) / seconds)
    json.dump(rates[3:], out)


if __name__ == "__main__":
    main()
