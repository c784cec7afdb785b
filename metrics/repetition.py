"""How much texts repeat their own n-grams: within one text, and pooled over a set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from math import prod

from metrics.score import Metric, Score
from metrics.text import Text, ngrams, units_of

_REP_W = 16
_STOPS = re.compile(r"[，。！？；：、,.!?;:…]")

_ONE_SCRIPT = "compare only values of one script: characters and words repeat differently"
_WELLECK = "Welleck et al. 2020 (arXiv 1908.04319), seq-rep-n"
_SIMCTG = "Su et al. 2022 (SimCTG, arXiv 2202.06417)"
_FU = "Fu et al. 2021 (arXiv 2012.14660)"


def seq_rep(text: Text, n: int) -> Score:
    """Return 1 - |distinct n-grams| / |n-grams| of one text; None below n units."""
    total = text.ngrams(n)
    if not total:
        return _too_short(text, n)
    return Score(1 - text.distinct_ngrams(n) / total, total, text.coverage)


def pooled_rep(texts: Sequence[Text], n: int) -> Score:
    """Return 1 - (sum of distinct n-grams per text) / (sum of n-grams per text).

    Long texts weigh more than in the mean of ``seq_rep``. An n-gram that two texts share counts
    as distinct in both.
    """
    total = sum(text.ngrams(n) for text in texts)
    if not total:
        return Score(None, 0, 0.0, f"no text of {n} units or more")
    distinct = sum(text.distinct_ngrams(n) for text in texts)
    judged = sum(1 for text in texts if text.ngrams(n))
    return Score(1 - distinct / total, total, judged / len(texts))


def diversity(texts: Sequence[Text]) -> Score:
    """Return the product over n = 2, 3, 4 of 1 - pooled rep-n: near 1 for human text, 0 in loops.

    ``n`` is the number of 4-grams.
    """
    parts = [pooled_rep(texts, n) for n in (2, 3, 4)]
    if any(part.value is None for part in parts):
        return parts[-1]
    value = prod(1 - part.value for part in parts if part.value is not None)
    return Score(value, parts[-1].n, parts[-1].coverage)


def rep_w(tokens: Sequence[Hashable], w: int = _REP_W) -> float | None:
    """Return the share of tokens that occur among the w tokens before them; None if empty."""
    last: dict[Hashable, int] = {}
    seen = 0
    for i, token in enumerate(tokens):
        seen += i - last.get(token, -w - 1) <= w
        last[token] = i
    return seen / len(tokens) if tokens else None


def rep_r(tokens: Sequence[Hashable]) -> float | None:
    """Return the share of tokens inside some bigram that occurs twice or more; None below 2."""
    if len(tokens) < 2:
        return None
    counts = Counter(ngrams(tokens, 2))
    inside = [False] * len(tokens)
    for i, bigram in enumerate(ngrams(tokens, 2)):
        if counts[bigram] > 1:
            inside[i] = inside[i + 1] = True
    return sum(inside) / len(tokens)


def duplicate_lines(text: Text) -> Score:
    """Return the share of lines whose units an earlier line of the text has too.

    A line ends at a line break; in Chinese text also at a stop or a comma, where a line of verse
    ends. Lines without units do not count; below two lines there is nothing to judge.
    """
    pieces = list(text.lines)
    if text.script == "han":
        pieces = [piece for line in pieces for piece in _STOPS.split(line)]
    lines = [units for units in map(units_of, pieces) if units]
    if len(lines) < 2:
        return Score(None, len(lines), text.coverage, f"needs 2 lines, has {len(lines)}")
    return Score(1 - len(set(lines)) / len(lines), len(lines), text.coverage)


def _too_short(text: Text, n: int) -> Score:
    return Score(None, 0, text.coverage, f"needs {_units(n)}, has {len(text.units)}")


def _units(n: int) -> str:
    return "1 unit" if n == 1 else f"{n} units"


def _rep_w(text: Text) -> Score:
    value = rep_w(text.units)
    return _too_short(text, 1) if value is None else _score(text, value)


def _rep_r(text: Text) -> Score:
    value = rep_r(text.units)
    return _too_short(text, 2) if value is None else _score(text, value)


def _score(text: Text, value: float) -> Score:
    return Score(value, len(text.units), text.coverage)


def _seq_rep_metric(n: int) -> Metric:
    return Metric(
        name=f"seq_rep_{n}",
        title=f"rep-{n}",
        unit="share",
        direction="lower",
        level="sample",
        definition=(
            f"1 - |distinct {n}-grams| / |{n}-grams| of one text, mean over texts (macro); "
            f"n = {n}-grams"
        ),
        source=_WELLECK,
        cannot_judge=f"texts under {_units(n)}; grows with length; {_ONE_SCRIPT}",
        compute=lambda text: seq_rep(text, n),
        group="repetition",
    )


def _pooled_rep_metric(n: int) -> Metric:
    return Metric(
        name=f"pooled_rep_{n}",
        title=f"pooled rep-{n}",
        unit="share",
        direction="lower",
        level="set",
        definition=(
            f"1 - sum of |distinct {n}-grams| / sum of |{n}-grams|, both over texts (micro); "
            f"n = {n}-grams"
        ),
        source=f"{_SIMCTG}, rep-n, as a share and with the last n-gram, which its code drops",
        cannot_judge=f"long texts weigh most; {_ONE_SCRIPT}",
        compute=lambda texts: pooled_rep(texts, n),
        group="repetition",
    )


METRICS = (
    *map(_seq_rep_metric, (1, 2, 3, 4)),
    *map(_pooled_rep_metric, (2, 3, 4)),
    Metric(
        name="diversity",
        title="diversity",
        unit="share",
        direction="higher",
        level="set",
        definition="(1 - pooled_rep_2) (1 - pooled_rep_3) (1 - pooled_rep_4); n = 4-grams",
        source=_SIMCTG,
        cannot_judge=f"noise: random words score 1; {_ONE_SCRIPT}",
        compute=diversity,
        group="repetition",
    ),
    Metric(
        name=f"rep_w{_REP_W}",
        title=f"rep-w{_REP_W}",
        unit="share",
        direction="lower",
        level="sample",
        definition=f"share of units that occur among the {_REP_W} units before; n = units",
        source=f"{_FU}, rep-w",
        cannot_judge=f"loops longer than {_REP_W} units; {_ONE_SCRIPT}",
        compute=_rep_w,
        group="repetition",
    ),
    Metric(
        name="rep_r",
        title="rep-r",
        unit="share",
        direction="lower",
        level="sample",
        definition="share of units inside a bigram that occurs twice or more; n = units",
        source=f"{_FU}, rep-r",
        cannot_judge=f"texts under 2 units; grows with length; {_ONE_SCRIPT}",
        compute=_rep_r,
        group="repetition",
    ),
    Metric(
        name="duplicate_lines",
        title="repeated lines",
        unit="share",
        direction="lower",
        level="sample",
        definition=(
            "1 - |distinct lines| / |lines|, compared by their units; Chinese lines also end at "
            "punctuation; n = lines"
        ),
        source="versebench; Tang poems: about 0",
        cannot_judge="texts of one line; refrains, which repeat on purpose",
        compute=duplicate_lines,
        group="repetition",
    ),
)
