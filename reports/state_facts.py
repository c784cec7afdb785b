"""What a state was trained on, how, and what it cost: facts in words, and states side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from reports.numbers import plain
from reports.training import Training

_HASH = re.compile("[0-9a-f]{16,}")  # a preset of a hub has its name instead
_SHORT = 8  # hexadecimal digits of a fingerprint that people compare
COST_HEADINGS = (
    "state",
    "trains",
    "steps",
    "s",
    "ms/step",
    "host MB",
    "device MB",
    "perplexity",
)
_NOTHING = "–"


def facts(training: Training) -> tuple[str, ...]:
    """Return what is known of a training, each in a few words."""
    data, ran = training.data, training.what_ran
    said = [
        f"{data.get('dataset', 'texts')}: {_texts(training)}, {training.tokens:,} tokens counted "
        f"in {training.steps:,} steps",
        training.line(),
    ]
    if training.loss_per_token is not None:
        said.append(f"without padding {training.loss_per_token:.2f} nats per token")
    if training.stopped_early:
        said.append(f"stopped early at {training.steps:,} of {training.planned_steps:,} steps")
    if training.best_step is not None:
        said.append(f"the weights of step {training.best_step:,} were kept")
    if training.perplexity is not None and training.perplexity_before is not None:
        said.append(
            f"held-out perplexity {plain(training.perplexity_before)} → "
            f"{plain(training.perplexity)} ({data.get('held_out_texts', 0):,} texts)"
        )
    how = f"{training.trainable_parameters:,} of {training.parameters:,} parameters"
    backend = ran.get("backend")
    said.append(f"{how} on {backend}" if backend else how)
    said.append(_cost(training))
    made_of = [
        f"{what} {digest[:_SHORT] if _HASH.fullmatch(digest) else digest}"
        for what, digest in (
            ("data", training.fingerprint),
            ("base", training.base_fingerprint),
            ("recipe", training.recipe_fingerprint),
        )
        if digest
    ]
    if made_of:
        said.append(f"made of {', '.join(made_of)}")
    if training.reused:
        said.append("trained by an earlier run")
    return tuple(said)


def costs(trainings: Sequence[Training]) -> list[tuple[str, ...]]:
    """Return the states of a run side by side, under ``COST_HEADINGS``; none where there is one.

    A preset with one state has nothing to be compared with and is left out.
    """
    rows = []
    for _, group in groupby(sorted(trainings, key=lambda t: t.preset), key=lambda t: t.preset):
        states = list(group)
        rows += [_row(one) for one in states] if len(states) > 1 else []
    return rows


def _texts(training: Training) -> str:
    data = training.data
    texts = f"{data.get('texts', 0):,}"
    if (there := data.get("texts_there", data.get("texts"))) != data.get("texts"):
        texts += f" of {there:,}"
    texts += " texts"
    characters, used = data.get("characters"), data.get("characters_used")
    if not isinstance(characters, int):
        return texts
    if not isinstance(used, int):  # a record of an older version, which did not count the cut ones
        return f"{texts}, {characters:,} characters before any was cut"
    if not (cut := data.get("texts_cut")):
        return f"{texts}, {characters:,} characters"
    length = training.recipe.get("sequence_length")
    return (
        f"{texts}, {used:,} of their {characters:,} characters ({cut:,} texts cut at {length} "
        "tokens)"
    )


def _cost(training: Training) -> str:
    said = f"{plain(training.seconds)} s of training"
    for name, number in (
        ("host", training.host_peak_bytes),
        ("device", training.device_peak_bytes),
    ):
        if number is not None:
            said += f", {plain(number / 1e6)} MB {name} memory at most"
    return said


def _row(training: Training) -> tuple[str, ...]:
    def number(value: float | None, scale: float = 1.0) -> str:
        return _NOTHING if value is None else plain(value * scale)

    return (
        f"{training.preset}/{training.state}",
        f"{training.trainable_parameters:,}",
        f"{training.steps:,}",
        number(training.seconds),
        number(training.milliseconds_per_step),
        number(training.host_peak_bytes, 1e-6),
        number(training.device_peak_bytes, 1e-6),
        number(training.perplexity),
    )
