"""How much one text repeats itself, by its n-grams and by its neighbouring units."""

from __future__ import annotations

from metrics.score import Metric, Score
from metrics.text import Text

_UNITS_ONLY = "texts shorter than n units (None); compare only values of one script"


def seq_rep(text: Text, n: int) -> Score:
    """Return 1 - |distinct n-grams| / |n-grams| of one text; None below n units."""
    total = text.ngrams(n)
    if not total:
        return Score(None, 0, text.coverage, f"{len(text.units)} units, needs {n}")
    return Score(1 - text.distinct_ngrams(n) / total, total, text.coverage)


def _seq_rep_metric(n: int) -> Metric:
    return Metric(
        name=f"seq_rep_{n}",
        title=f"rep-{n}",
        unit="share",
        direction="lower",
        level="sample",
        definition=f"1 - distinct {n}-grams / {n}-grams of one text; a case's value is the mean",
        source="Welleck et al. 2020 (arXiv 1908.04319), seq-rep-n",
        cannot_judge=_UNITS_ONLY,
        compute=lambda text: seq_rep(text, n),
        group="repetition",
    )


METRICS = tuple(_seq_rep_metric(n) for n in (1, 2, 3, 4))
