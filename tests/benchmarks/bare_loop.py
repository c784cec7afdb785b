"""A benchmark loop written by hand, to hold versebench's numbers against. No versebench in it.

``python bare_loop.py BACKEND PRESET PROMPT MAX_LENGTH`` makes three calls that are not counted,
says so with a line, and then makes one call for each line it reads, and answers its tokens/s.
"""

from __future__ import annotations

import os
import sys
import time

WARM_UP = 3


def main() -> None:
    """Time calls of KerasHub's compiled generate function with exact token counts."""
    backend, preset, prompt, max_length = sys.argv[1:]
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    import keras_hub
    import numpy as np
    from keras import ops

    model = keras_hub.models.CausalLM.from_preset(preset, dtype="float32")
    model.compile(sampler="greedy")
    function = model.make_generate_function()
    inputs = model.preprocessor.generate_preprocess([prompt], sequence_length=int(max_length))
    before = int(np.asarray(ops.convert_to_numpy(inputs["padding_mask"])).sum())

    def call() -> float:
        start = time.perf_counter()
        output = function(inputs, stop_token_ids=None)
        ops.convert_to_numpy(output["token_ids"])
        seconds = time.perf_counter() - start
        after = int(np.asarray(ops.convert_to_numpy(output["padding_mask"])).sum())
        return (after - before) / seconds

    for _ in range(WARM_UP):
        call()
    print("ready", file=out)
    for _ in sys.stdin:
        print(call(), file=out)


if __name__ == "__main__":
    main()
