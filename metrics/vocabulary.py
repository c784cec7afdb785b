"""How rich the vocabulary is: distinct-n, TTR, MTLD, and the slope of the Zipf curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from math import log

from metrics.score import Metric, Score
from metrics.text import WINDOW, Text, ngrams

_ZIPF_TYPES = 5000
_MTLD_TYPES, _MTLD_TOKENS = 18, 25  # 18 / 25 = .72, compared in whole numbers


def distinct(texts: Sequence[Text], n: int) -> Score:
    """Return |distinct n-grams of the set| / |n-grams of the set|, first 128 units of each text."""
    total = 0
    different: set[tuple[str, ...]] = set()
    judged = 0
    for text in texts:
        count = max(0, len(text.window) - n + 1)
        total += count
        judged += count > 0
        different.update(ngrams(text.window, n))
    if not total:
        return Score(None, 0, 0.0, f"no text of {n} units or more")
    return Score(len(different) / total, total, judged / len(texts))


def ttr(text: Text) -> Score:
    """Return the type-token ratio of the first 128 units; None for an empty text."""
    if not text.window:
        return Score(None, 0, text.coverage, "no units")
    return Score(len(set(text.window)) / len(text.window), len(text.window), text.coverage)


def mtld(tokens: Sequence[Hashable]) -> float | None:
    """Return the measure of textual lexical diversity: tokens per fall of the TTR to .72.

    Tokens are read until the share of types among them has fallen to .72: one factor; then from
    anew. The rest counts as the part of a factor it has gone, (1 - TTR) / .28. The value is tokens
    / factors, the mean of reading forwards and backwards; None where a direction has no full
    factor, since the value would then be a guess far beyond the text.
    """
    forwards, backwards = _factors(tokens), _factors(reversed(tokens))
    if forwards < 1 or backwards < 1:
        return None
    return (len(tokens) / forwards + len(tokens) / backwards) / 2


def _factors(tokens: Iterable[Hashable]) -> float:
    factors = 0.0
    types: set[Hashable] = set()
    count = 0
    for token in tokens:
        types.add(token)
        count += 1
        if len(types) * _MTLD_TOKENS <= _MTLD_TYPES * count:
            factors += 1
            types.clear()
            count = 0
    if count:
        factors += (1 - len(types) / count) / (1 - _MTLD_TYPES / _MTLD_TOKENS)
    return factors


def zipf(counts: Iterable[int]) -> float | None:
    """Return minus the slope of log(frequency) on log(rank) by least squares.

    Over the 5,000 most frequent types; None for fewer than two types.
    """
    top = sorted(counts, reverse=True)[:_ZIPF_TYPES]
    if len(top) < 2:
        return None
    xs = [log(rank) for rank in range(1, len(top) + 1)]
    ys = [log(count) for count in top]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return max(0.0, -above / sum((x - x_mean) ** 2 for x in xs))  # never rises: counts are sorted


def _mtld(text: Text) -> Score:
    value = mtld(text.units)
    reason = f"the TTR of {len(text.units)} units does not fall to .72" if value is None else None
    return Score(value, len(text.units), text.coverage, reason)


def _zipf(texts: Sequence[Text]) -> Score:
    counts = Counter(unit for text in texts for unit in text.window)
    value = zipf(counts.values())
    reason = f"needs 2 different units, has {len(counts)}" if value is None else None
    judged = sum(1 for text in texts if text.window) / len(texts) if texts else None
    return Score(value, min(len(counts), _ZIPF_TYPES), judged, reason)


def _distinct_metric(n: int) -> Metric:
    return Metric(
        name=f"distinct_{n}",
        title=f"distinct-{n}",
        unit="share",
        direction="higher",
        level="set",
        definition=(
            f"|distinct {n}-grams| / |{n}-grams| over the whole set, first {WINDOW} units of each "
            f"text; n = {n}-grams"
        ),
        source="Li et al. 2016 (arXiv 1510.03055)",
        cannot_judge="falls with the number of texts and their length: compare equal n only",
        compute=lambda texts: distinct(texts, n),
        group="repetition",
    )


METRICS = (
    *map(_distinct_metric, (1, 2, 3, 4)),
    Metric(
        name="ttr",
        title="TTR",
        unit="share",
        direction="higher",
        level="sample",
        definition=f"types / tokens of the first {WINDOW} units; n = units",
        source="Templin 1957; type-token ratio",
        cannot_judge="falls with length: compare equal n and one script only",
        compute=ttr,
        group="repetition",
    ),
    Metric(
        name="mtld",
        title="MTLD",
        unit="units",
        direction="higher",
        level="sample",
        definition=(
            "tokens per factor, a factor ending where the TTR has fallen to .72; mean of both "
            "directions; n = units"
        ),
        source="McCarthy & Jarvis 2010",
        cannot_judge="texts whose TTR never falls to .72, so most short Chinese ones (None)",
        compute=_mtld,
        group="repetition",
    ),
    Metric(
        name="zipf",
        title="Zipf",
        unit="slope",
        direction="neither",
        level="set",
        definition=(
            f"-slope of log frequency on log rank, top {_ZIPF_TYPES} types, first {WINDOW} units "
            "of each text; n = types"
        ),
        source="Holtzman et al. 2020 (arXiv 1904.09751)",
        cannot_judge="small sets: grows with the number of units; compare equal sets only",
        compute=_zipf,
        group="repetition",
    ),
)
