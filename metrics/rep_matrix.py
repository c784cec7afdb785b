"""rep-1..4 of very many token sequences at once: one sort per text gives all four."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import TYPE_CHECKING, Any

from metrics.text import ngrams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MAX_N = 4
_BITS = 16  # four codes of 16 bits are one 64-bit key
_MAX_CODE = (1 << _BITS) - 1  # code 0 stands for "no token"
_BLOCK = 1 << 15  # tokens in hand at once: they stay in the cache, and 16 bits can name them all


def rep_rates(ids: Sequence[Sequence[int]] | NDArray[Any]) -> Floats:
    """Return seq-rep-n, 1 - |distinct n-grams| / |n-grams|, for n = 1..4 of each text.

    Each position of a text becomes a 64-bit key, its 4-gram, first token in the highest bits.
    Sorted, equal n-grams are neighbours for every n <= 4, so that the number of distinct n-grams
    is one more than the number of neighbours that differ within their first n tokens.

    Args:
        ids: shape (texts, tokens), any integer dtype; or a list of sequences of any lengths.

    Returns:
        float64, shape (texts, 4), columns n = 1..4; NaN where a text has fewer than n tokens.
    """
    import numpy as np

    rates = np.full((len(ids), _MAX_N), np.nan)
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    longest_first = np.argsort(-lengths, kind="stable")  # so that blocks need little padding
    start = 0
    while start < len(ids) and (width := int(lengths[longest_first[start]])):
        rows = longest_first[start : start + max(1, _BLOCK // width)]
        start += len(rows)
        codes = _codes(ids, rows, lengths[rows])
        if codes is None:
            rates[rows] = [_plain(ids[row]) for row in rows]
        else:
            rates[rows] = _block_rates(codes, lengths[rows])
    return rates


def _codes(ids: Any, rows: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.uint64] | None:
    """Return the block's tokens as codes 1..65535, 0 after a text's end and in 3 more columns.

    None where 16 bits do not suffice, which takes one text of more than 65,535 different tokens.
    """
    import numpy as np

    width = int(lengths[0])
    if isinstance(ids, np.ndarray):
        tokens = ids[rows].astype(np.int64, copy=False).ravel()
    else:
        # struct reads a list three times as fast as numpy does.
        packed = [pack(f"{len(ids[row])}q", *ids[row]) for row in rows]
        tokens = np.frombuffer(b"".join(packed), np.int64)
    if int(tokens.min()) < 0 or int(tokens.max()) >= _MAX_CODE:
        names, tokens = np.unique(tokens, return_inverse=True)
        if len(names) > _MAX_CODE:
            return None
    codes = np.zeros((len(rows), width + _MAX_N - 1), np.uint64)
    if int(lengths[-1]) == width:
        codes[:, :width] = tokens.reshape(len(rows), width)
        codes[:, :width] += 1
    else:
        codes[:, :width][np.arange(width) < lengths[:, None]] = tokens + 1
    return codes


def _block_rates(codes: NDArray[np.uint64], lengths: NDArray[Any]) -> Floats:
    import numpy as np

    width = codes.shape[1] - _MAX_N + 1
    keys = codes[:, :width].copy()
    for i in range(1, _MAX_N):
        keys <<= _BITS
        keys |= codes[:, i : i + width]
    keys.sort(axis=1)
    changes = keys[:, 1:] ^ keys[:, :-1]
    # Keys that start after a text's end are all zero: one more distinct value for every n.
    padding = (lengths < width).astype(np.int64)
    rates = np.full((len(codes), _MAX_N), np.nan)
    for n in range(1, _MAX_N + 1):
        differ = changes >= np.uint64(1 << _BITS * (_MAX_N - n))
        # The last n - 1 tokens start n-grams cut by the text's end, each distinct from all others.
        distinct = 1 + np.count_nonzero(differ, axis=1) - (n - 1) - padding
        total = lengths - n + 1
        whole = total > 0
        rates[whole, n - 1] = 1 - distinct[whole] / total[whole]
    return rates


def _plain(tokens: Sequence[int]) -> list[float]:
    """Return the four rates by the definition."""
    totals = [len(tokens) - n + 1 for n in range(1, _MAX_N + 1)]
    distinct = [len(set(ngrams(tokens, n))) for n in range(1, _MAX_N + 1)]
    return [1 - d / t if t > 0 else float("nan") for d, t in zip(distinct, totals, strict=True)]
