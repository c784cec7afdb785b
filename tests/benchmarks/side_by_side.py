"""versebench's own trials and a bare call of the same compiled function, turn by turn.

``python side_by_side.py BACKEND PRESET PROMPT MAX_LENGTH ROUNDS`` prints, as JSON, the tokens/s of
both, round by round, from one process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def main() -> None:
    """Alternate the two; which goes first changes from round to round."""
    backend, preset, prompt, max_length, rounds = sys.argv[1:]
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from bench.engine.loading import load
    from bench.job import CaseJob, Job
    from bench.speed import run_trial, speed_batches

    engine = load(preset, {"backend": backend, "device": "cpu", "dtype": "float32"}).engine
    program: Any = engine.program({"kind": "greedy", "arguments": {}})
    case = CaseJob("case", "hash", {"kind": "greedy", "arguments": {}}, 1, [(0, prompt)])
    job = Job("g", 0, "a", preset, {}, 0, int(max_length), 0, 1, 3, 0.05, 0, [case])
    speed = speed_batches(engine, case, job.max_length, 0).main

    import numpy as np
    from keras import ops

    function, before = program._function, sum(speed.batch.prompt_tokens)
    inputs = {
        "token_ids": ops.convert_to_tensor(speed.batch.token_ids),
        "padding_mask": ops.convert_to_tensor(speed.batch.padding_mask),
    }

    def ours() -> float:
        trial = run_trial(engine, program, case, job, "timed", 0, speed)
        return trial.new_tokens / trial.seconds

    def bare() -> float:
        start = time.perf_counter()
        output = function(inputs, stop_token_ids=None)
        ops.convert_to_numpy(output["token_ids"])
        seconds = time.perf_counter() - start
        return (int(np.sum(ops.convert_to_numpy(output["padding_mask"]))) - before) / seconds

    for _ in range(3):
        ours()
    rates: dict[str, list[float]] = {"versebench": [], "bare": []}
    for turn in range(int(rounds)):
        pair = [("versebench", ours), ("bare", bare)]
        for name, call in pair if turn % 2 else reversed(pair):
            rates[name].append(call())
    json.dump(rates, out)


if __name__ == "__main__":
    main()
