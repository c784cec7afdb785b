"""Every metric there is, by name; and the one way to score texts with them.

Built-in metrics are listed here, explicitly. Others come from installed packages through the entry
point group ``versebench.metrics``: an entry point is a ``Metric`` or a sequence of them. One that
cannot be loaded is reported and left out.
"""

from __future__ import annotations

import fnmatch
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from metrics.score import Metric, Score
from metrics.text import Text

ENTRY_POINTS = "versebench.metrics"
ALIASES = {f"rep_{n}": f"seq_rep_{n}" for n in (1, 2, 3, 4)}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ALIKE = 0.5  # of 1: what two names must have in common
_LONGEST_NAME = 100  # characters that are looked at


def _built_in() -> tuple[Metric, ...]:
    """The metrics of this package. To add one: put it in its module's ``METRICS``."""
    from metrics import (
        chinese,
        corpus,
        encoding,
        english,
        loops,
        repetition,
        self_bleu,
        style,
        vocabulary,
    )

    return (
        *repetition.METRICS,
        *loops.METRICS,
        *vocabulary.METRICS,
        *self_bleu.METRICS,
        *encoding.METRICS,
        *style.METRICS,
        *chinese.METRICS,
        *chinese.CI_METRICS,
        *english.METRICS,
        *corpus.METRICS,
    )


@cache
def _discover() -> tuple[dict[str, Metric], tuple[str, ...]]:
    """Find all metrics; return them, and what is wrong with the entry points left out."""
    from importlib.metadata import entry_points  # 0.1 s on a slow machine

    found = {metric.name: metric for metric in _built_in()}
    faults: list[str] = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
            for metric in (loaded,) if isinstance(loaded, Metric) else tuple(loaded):
                _check(metric, found)
                found[metric.name] = metric
        # Foreign code runs here, at import: whatever it does must not take the run with it.
        except Exception as error:
            faults.append(
                f"metric entry point {entry.name} = {entry.value}: {type(error).__name__}: {error}"
            )
    return found, tuple(faults)


def _check(metric: object, found: Mapping[str, Metric]) -> None:
    if not isinstance(metric, Metric):
        raise TypeError(f"not a Metric: {metric!r}")
    if not _NAME.fullmatch(metric.name):
        raise ValueError(f"metric name {metric.name!r} must match {_NAME.pattern}")
    if metric.name in found or metric.name in ALIASES:
        raise ValueError(f"there is already a metric called {metric.name}")


def all_metrics() -> dict[str, Metric]:
    """Return every metric by name: the built-in ones, then those of installed packages.

    A broken third-party entry point gives a ``RuntimeWarning`` (see also ``entry_point_faults``).
    """
    found, faults = _discover()
    for fault in faults:
        warnings.warn(fault, RuntimeWarning, stacklevel=2)
    return dict(found)


def entry_point_faults() -> tuple[str, ...]:
    """Return one line per third-party entry point that could not be used."""
    return _discover()[1]


def groups() -> dict[str, tuple[str, ...]]:
    """Return the names of each group's metrics, e.g. ``{"repetition": ("seq_rep_1", ...)}``."""
    found: dict[str, tuple[str, ...]] = {}
    for metric in all_metrics().values():
        found[metric.group] = (*found.get(metric.group, ()), metric.name)
    return found


def canonical(name: str) -> str:
    """Return the metric's own name: ``rep_4``, in tables ``rep-4``, is short for ``seq_rep_4``."""
    plain = name if "[" in name else name.replace("-", "_")  # in a glob, [a-z] is a range
    return ALIASES.get(plain, plain)


def select(names: Iterable[str]) -> dict[str, Metric]:
    """Return the metrics of these names, groups and globs, each once, in the order asked for.

    Raises:
        ValueError: a name is neither a metric, an alias, a group nor a glob that fits a metric; the
            message says which one is nearest.
    """
    found, kin = all_metrics(), groups()
    chosen: dict[str, Metric] = {}
    for name in names:
        fitting = fnmatch.filter(found, name.casefold())
        for member in kin.get(name, fitting or (canonical(name),)):
            if member not in found:
                raise ValueError(_unknown(name, (*kin, *found)))
            chosen[member] = found[member]
    return chosen


def closest(name: str, known: Collection[str]) -> str | None:
    """Return the name that somebody may have meant, or None.

    ``_``, ``-`` and case do not matter. The aliases of what is known count, and before the others:
    ``rep4`` and ``rep_5`` are near ``rep_4``, the one that is reported most.
    """
    import difflib

    def plain(one: str) -> str:
        return one[:_LONGEST_NAME].casefold().replace("_", "").replace("-", "")

    def alike(one: str) -> float:
        return difflib.SequenceMatcher(None, plain(name), plain(one)).ratio()

    short = sorted((one for one, own in ALIASES.items() if own in known), reverse=True)
    near = max((*short, *known), key=alike, default=None)  # of equals the first
    return near if near is not None and alike(near) >= _ALIKE else None


def _unknown(name: str, known: Collection[str]) -> str:
    near = closest(name, known)
    hint = f"did you mean {near}?" if near else "versebench list metrics shows all"
    return f"no metric or group called {name!r}; {hint}"


@dataclass(frozen=True)
class Scores:
    """What the metrics say about the texts of one case.

    Attributes:
        samples: for each text, its score by each sample metric.
        set: the score of all texts together by each set metric.
    """

    samples: tuple[dict[str, Score], ...]
    set: dict[str, Score]

    def case(self) -> dict[str, Score]:
        """Return one score per metric: set scores, and the mean of each sample metric.

        A mean is over the texts that could be judged: ``n`` is their number, ``coverage`` their
        share of all texts. Where no text could be judged the value is None.
        """
        names = self.samples[0] if self.samples else {}
        return {name: _mean([scores[name] for scores in self.samples]) for name in names} | self.set


def _mean(scores: Sequence[Score]) -> Score:
    values = [score.value for score in scores if score.value is not None]
    if not values:
        return Score(None, 0, 0.0, next((score.reason for score in scores), None))
    return Score(sum(values) / len(values), len(values), len(values) / len(scores))


def score_samples(texts: Sequence[Text], metrics: Mapping[str, Metric]) -> Scores:
    """Score the texts of one case: each by every sample metric, all together by every set metric.

    A metric that raises costs its own score only, and the reason says what happened.
    """
    single = [metric for metric in metrics.values() if metric.level == "sample"]
    joint = [metric for metric in metrics.values() if metric.level == "set"]
    return Scores(
        samples=tuple({m.name: _guarded(m, text) for m in single} for text in texts),
        set={m.name: _guarded(m, texts) for m in joint},
    )


def _guarded(metric: Metric, argument: Text | Sequence[Text]) -> Score:
    compute = cast(Callable[[Text | Sequence[Text]], Score], metric.compute)
    try:
        return compute(argument)
    except Exception as error:  # a third-party metric may do anything
        return Score(None, reason=f"{metric.name} failed: {type(error).__name__}: {error}")
