"""How alike the texts of one set are: self-BLEU, with all n-gram counts made once.

The plain definition compares every text with all others, T x T times. What it needs of the others
is, for each n-gram, the largest count in any of them; so it is enough to keep, for each n-gram, the
largest and the second largest count over all texts, and to leave a text's own count out.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from metrics.score import Metric, Score
from metrics.text import WINDOW, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_N = 4
_EPSILON = 0.1  # of smoothing method 1 (Chen & Cherry 2014), as in nltk


def self_bleu(texts: Sequence[Sequence[Hashable]], n: int = _N) -> list[float]:
    """Return the BLEU-n of each text against all the others.

    Uniform weights over 1..n-grams, clipped counts, closest reference length, smoothing method 1:
    the same values as nltk's ``sentence_bleu(others, text, weights=n * (1 / n,),
    smoothing_function=SmoothingFunction().method1)``. O(N log N) for N tokens in all.

    Args:
        texts: at least two token sequences; a token is anything hashable.
        n: the longest n-gram.

    Raises:
        ValueError: there are fewer than two texts, and so nothing to compare with.
    """
    if len(texts) < 2:
        raise ValueError(f"self-BLEU needs at least two texts, got {len(texts)}")
    lengths = [len(text) for text in texts]
    by_length = sorted(lengths)
    matches = _matches(texts, n)
    scores = []
    for i, length in enumerate(lengths):
        if not matches[0][i]:
            scores.append(0.0)
            continue
        logs = []
        for k in range(1, n + 1):
            matched = matches[k - 1][i]
            logs.append(math.log((matched or _EPSILON) / max(1, length - k + 1)) / n)
        closest = _closest_other(by_length, length)
        brevity = 1.0 if length > closest else math.exp(1 - closest / length)
        scores.append(brevity * math.exp(math.fsum(logs)))
    return scores


def _closest_other(by_length: list[int], length: int) -> int:
    """Return the length nearest to ``length`` among the other texts, the shorter of two as near."""
    at = bisect_left(by_length, length)
    others = by_length[max(0, at - 1) : at] + by_length[at + 1 : at + 2]
    return min(others, key=lambda other: (abs(other - length), other))


def _matches(texts: Sequence[Sequence[Hashable]], n: int) -> list[list[int]]:
    """Return, for k = 1..n, how many k-grams of each text the others have too (clipped)."""
    import numpy as np

    codes: dict[Hashable, int] = {}
    flat = np.array(
        [codes.setdefault(token, len(codes)) for text in texts for token in text], dtype=np.int64
    )
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(flat))  # tokens to the text's end

    grams = flat
    found = [_clipped(grams, owner, len(texts))]
    for k in range(2, n + 1):
        # A k-gram is a (k-1)-gram and one more token; ranks keep the codes small at any k.
        pairs = grams[: max(0, len(flat) - k + 1)] * len(codes) + flat[k - 1 :]
        grams = np.unique(pairs, return_inverse=True)[1]
        whole = left[: len(grams)] >= k
        found.append(_clipped(grams[whole], owner[: len(grams)][whole], len(texts)))
    return found


def _clipped(grams: Ints, owner: Ints, texts: int) -> list[int]:
    """Sum, per text, min(own count, largest count in another text) over its distinct n-grams."""
    import numpy as np

    if not len(grams):
        return [0] * texts
    keys, counts = np.unique(grams * texts + owner, return_counts=True)
    gram = keys // texts
    starts = np.flatnonzero(np.diff(gram, prepend=-1))
    group = np.cumsum(np.diff(gram, prepend=-1) != 0) - 1  # sorted by n-gram, then by text
    best = np.maximum.reduceat(counts, starts)[group]
    leads = counts == best
    second = np.maximum.reduceat(np.where(leads, 0, counts), starts)[group]
    alone = np.add.reduceat(leads.astype(np.int64), starts)[group] == 1
    clipped = np.minimum(counts, np.where(leads & alone, second, best))
    sums: Any = np.bincount(keys % texts, weights=clipped, minlength=texts)
    return [int(total) for total in sums]


def _score(texts: Sequence[Text]) -> Score:
    windows = [text.window for text in texts if len(text.window) >= _N]
    coverage = len(windows) / len(texts) if texts else None
    if len(windows) < 2:
        reason = f"needs 2 texts of {_N} units or more, has {len(windows)}"
        return Score(None, len(windows), coverage, reason)
    return Score(sum(self_bleu(windows)) / len(windows), len(windows), coverage)


METRICS = (
    Metric(
        name="self_bleu_4",
        title="self-BLEU-4",
        unit="share",
        direction="neither",
        level="set",
        definition=(
            f"mean over texts of BLEU-4 (smoothing method 1) against all others, first {WINDOW} "
            f"units of each; n = texts"
        ),
        source="Zhu et al. 2018 (Texygen, arXiv 1802.01886)",
        cannot_judge=(
            f"texts under {_N} units are left out; grows with the number of texts and with their "
            "length: compare equal n only; a greedy sampler repeats itself by nature"
        ),
        compute=_score,
        group="repetition",
    ),
)
