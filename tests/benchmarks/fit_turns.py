"""versebench's watched ``fit`` and a bare one, turn by turn on one model in one process.

``python fit_turns.py BACKEND PRESET TEXTS STEPS BATCH LENGTH ROUNDS`` prints the tokens/s of both,
round by round; STEPS is of one round.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Alternate the two; which goes first changes from round to round."""
    backend, preset, texts, *numbers = sys.argv[1:]
    steps, batch, length, rounds = map(int, numbers)
    os.environ["KERAS_BACKEND"] = backend
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from bench.states.training.batches import Batches, tokenise
    from bench.states.training.job import TrainingJob
    from bench.states.training.model import Trainee
    from bench.states.training.optimizers import learning_rate_at, make_schedule
    from bench.states.training.tally import Tally
    from bench.states.training.watch import Watch
    from scenarios.training import Train

    recipe = Train(batch_size=batch, sequence_length=length)
    hardware = {"device": "cpu", "backend": backend}
    job = TrainingJob("p", "s", "k", preset, "", {}, False, {}, hardware, "", "")
    trainee = Trainee(job, recipe)
    lines = Path(texts).read_text(encoding="utf-8").splitlines()[: steps * batch]
    tokens = tokenise(trainee.causal_lm.preprocessor, lines, length)
    batches = Batches(tokens, batch, shuffle=False, seed=0)
    trainee.compile(recipe, steps * rounds * 2)
    schedule = make_schedule(recipe, steps * rounds * 2)
    tally = Tally()

    def mark(seconds: float) -> None:
        tally.mark(batches.positions, learning_rate_at(schedule, tally.step), seconds)

    watch = Watch(tally, trainee.random, 1, mark, lambda *_: None, lambda: False)
    taken = batches.take(0, 0, steps)

    def ours() -> float:
        tally.start_epoch()
        start = time.perf_counter()
        watch.fit(trainee.network, batches, taken)
        return taken.counted / (time.perf_counter() - start)

    def bare() -> float:
        settings: dict[str, Any] = {"batch_size": batch, "shuffle": False, "verbose": 0}
        start = time.perf_counter()
        trainee.network.fit(taken.inputs, taken.targets, sample_weight=taken.weights, **settings)
        return taken.counted / (time.perf_counter() - start)

    ours()
    bare()
    rates: dict[str, list[float]] = {"versebench": [], "bare": []}
    for turn in range(rounds):
        pair = [("versebench", ours), ("bare", bare)]
        for name, call in pair if turn % 2 else reversed(pair):
            rates[name].append(call())
    json.dump(rates, out)


if __name__ == "__main__":
    main()
