"""KerasHub's own ``generate`` in a loop, to hold versebench's numbers against; no versebench.

``python bare_generate.py BACKEND PRESET DTYPE PROMPT MAX_LENGTH 1,8,64 CALLS`` prints, as JSON, by
batch size the tokens/s of each call after three calls that are not counted, or why there are none.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Time calls that generate every position, tokenising included, as a user would."""
    backend, preset, dtype, prompt, max_length, batches, calls = sys.argv[1:]
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
    length = int(max_length)

    def rates(prompts: list[str]) -> list[float]:
        encoded = model.preprocessor.generate_preprocess(prompts, sequence_length=length)
        given = int(np.asarray(ops.convert_to_numpy(encoded["padding_mask"])).sum())
        found = []
        for _ in range(3 + int(calls)):
            start = time.perf_counter()
            model.generate(prompts, max_length=length, stop_token_ids=None)
            found.append((length * len(prompts) - given) / (time.perf_counter() - start))
        return found[3:]

    told: dict[str, list[float] | str] = {}
    for batch in batches.split(","):
        try:
            told[batch] = rates([prompt] * int(batch))
        except Exception as error:  # out of memory, most often: the other sizes are worth having
            told[batch] = f"{type(error).__name__}: {str(error).strip()[:200]}".partition("\n")[0]
    json.dump(told, out)


if __name__ == "__main__":
    main()
