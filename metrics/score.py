"""The two types of this package: what a metric is, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from metrics.text import Text

Direction = Literal["lower", "higher", "neither"]
Level = Literal["sample", "set"]


@dataclass(frozen=True)
class Score:
    """One value with what it rests on.

    Attributes:
        value: the score, or None where the metric cannot judge (never 0 in its place).
        n: how many things were counted (units, n-grams, pairs); the metric's definition says what.
        coverage: share in [0, 1] of the text that could be judged.
        reason: why ``value`` is None.
    """

    value: float | None
    n: int = 0
    coverage: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Metric:
    """A pure function over text, with the words that a table or a diff needs to show it.

    A ``sample`` metric judges one text; a case's value is the mean over its samples. A ``set``
    metric judges all texts of a case together.

    Attributes:
        name: stable ASCII key, e.g. ``seq_rep_4``; names the definition exactly.
        title: column heading.
        unit: ``share``, ``ratio``, ``count``, ...
        direction: which way is better; ``neither`` where a middle value is natural.
        definition: the formula in one or two lines.
        source: paper, standard or rule book.
        cannot_judge: what gives a None, or misleads.
        compute: ``Text -> Score`` (sample) or ``Sequence[Text] -> Score`` (set). It never raises.
        group: the name that selects this metric together with its kin, e.g. ``repetition``.
    """

    name: str
    title: str
    unit: str
    direction: Direction
    level: Level
    definition: str
    source: str
    cannot_judge: str
    compute: Callable[[Text], Score] | Callable[[Sequence[Text]], Score]
    group: str = "other"
