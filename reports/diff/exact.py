"""Exact tests of a shift, and the intervals that belong to them.

Every test here has one form. From the data follow K *critical shifts*: the shifts at which one of
K rearrangements of the data (or one pair of values) becomes as extreme as what was seen. With c of
them at or below a shift d, the one-sided p-value of "the true shift is at most d" is ``tail[c]``,
where ``tail`` depends on the sizes alone and is kept. The interval holds the shifts whose p-values
(from either side) exceed the level, so test and interval never contradict each other.

=============  ======================================  ========================  ================
rows compared  rearrangements                          critical shifts           ``tail``
=============  ======================================  ========================  ================
few launches   swap k of A with as many of B           differences of the means  (1 + c) / (1 + K)
               (Fisher's permutation test)             of what is swapped
more launches  none: ranks (Mann-Whitney)              all b - a; their median   P(U <= c)
                                                       is Hodges and Lehmann's
paired values  flip the signs of a subset              means of the subsets      (1 + c) / (1 + K)
               (Fisher's randomisation test)           (Hartigan 1969, JASA 64)
=============  ======================================  ========================  ================

Ranks resist a launch that a slow minute hit; up to ``FEW`` rearrangements they are too coarse
(five launches against five give 26 values of U, but 252 rearrangements).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reports.statistics import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 1000
FLIPS = 12  # up to 2 ** FLIPS sign flips
_SEED = 20261122
_CHUNK = 500_000  # critical shifts held at once: what stays in a cache


@dataclass(frozen=True)
class Test:
    """A test for data of certain sizes.

    Attributes:
        name: for people.
        weights: critical shifts of a row of data are ``row @ weights``; shape (values, K).
        tail: p-value by the number of critical shifts at or below; shape (K + 1,).
    """

    name: str
    weights: NDArray[Any]
    tail: NDArray[Any]

    @property
    def smallest(self) -> float:
        """The smallest p-value that it can give."""
        return float(self.tail[0])

    def level_within(self, limit: float) -> float:
        """Return the largest p-value not above ``limit``; 0 where there is none."""
        import numpy as np

        place = int(np.searchsorted(self.tail, limit * (1 + 1e-9), side="right"))
        return float(self.tail[place - 1]) if place else 0.0


@dataclass(frozen=True)
class Tested:
    """The outcome for each row of data, each an array of shape (rows,).

    Attributes:
        low: lower end of the two-sided interval of the shift; -inf where there is none.
        high: upper end; inf where there is none.
        above: p-value against "the shift is at most floor".
        below: p-value against "the shift is at least -floor".
    """

    low: NDArray[Any]
    high: NDArray[Any]
    above: NDArray[Any]
    below: NDArray[Any]


@cache
def two_samples(n: int, m: int) -> Test:
    """Return the test for ``n`` values of A followed by ``m`` of B; the shift is B's minus A's."""
    return _swaps(n, m) if math.comb(n + m, n) <= FEW else _ranks(n, m)


@cache
def pairs(n: int) -> Test:
    """Return the test for ``n`` paired differences; the shift is their mean's.

    All 2^n flips up to ``FLIPS`` values. Above, a fixed subgroup of 2^``FLIPS`` flips, which is
    exact as the whole group is (Hemerik and Goeman 2018, TEST 27): value i is flipped by member u
    where the bits that u shares with a code of i are odd in number.
    """
    import numpy as np

    bits = min(n, FLIPS)
    codes = 2 ** np.arange(n, dtype=np.int64)
    if n > FLIPS:
        generator = np.random.default_rng([_SEED, n])
        drawn = generator.permutation(2**FLIPS - 1)[: n - FLIPS] + 1
        more = np.resize(drawn, n - FLIPS)
        codes = np.concatenate([2 ** np.arange(FLIPS, dtype=np.int64), more])
    members = np.arange(1, 2**bits, dtype=np.int64)
    shared = members[:, None] & codes[None, :]
    flipped = np.zeros(shared.shape, dtype=np.int64)
    for bit in range(bits):
        flipped ^= (shared >> bit) & 1
    counts = flipped.sum(axis=1)
    weights = (flipped / np.maximum(counts, 1)[:, None]).T
    tail = np.arange(1, len(members) + 2) / (len(members) + 1)
    return Test(f"sign flips of {n} paired values", weights, tail)


def _swaps(n: int, m: int) -> Test:
    import numpy as np

    rows = []
    for k in range(1, min(n, m) + 1):
        for a in itertools.combinations(range(n), k):
            for b in itertools.combinations(range(n, n + m), k):
                row = np.zeros(n + m)
                row[list(a)], row[list(b)] = -1 / k, 1 / k
                rows.append(row)
    tail = np.arange(1, len(rows) + 2) / (len(rows) + 1)
    return Test(f"permutations of {n} and {m} launches", np.array(rows).T, tail)


def _ranks(n: int, m: int) -> Test:
    import numpy as np

    weights = np.zeros((n + m, n, m))
    for i in range(n):
        weights[i, i, :] = -1
    for j in range(m):
        weights[n + j, :, j] = 1
    return Test(
        f"Mann-Whitney over {n} and {m} launches",
        weights.reshape(n + m, n * m),
        _rank_tail(n, m),
    )


def _rank_tail(n: int, m: int) -> NDArray[Any]:
    """P(U <= u) for u = 0 … nm."""
    import numpy as np

    # counts[u]: in how many of the C(n + m, n) orders U is u. The coefficients of the Gaussian
    # binomial, the product over i of (1 - q^(m+i)) / (1 - q^i); whole numbers: nothing is rounded.
    counts = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for u in range(n * m, m + i - 1, -1):
            counts[u] -= counts[u - m - i]
        for u in range(i, n * m + 1):
            counts[u] += counts[u - i]
    orders = math.comb(n + m, n)
    tail = np.array([sums / orders for sums in itertools.accumulate(counts)])
    return tail


def evaluate(test: Test, data: NDArray[Any], floor: NDArray[Any], level: float = LEVEL) -> Tested:
    """Test each row of ``data`` against its floor.

    Args:
        test: of ``data``'s sizes.
        data: shape (rows, values): A's then B's values, or paired differences.
        floor: shape (rows,), not below 0; the shifts within ±floor are what does not matter.
        level: of the two-sided interval; its ends are one-sided bounds at (1 - level) / 2.
    """
    import numpy as np

    rows, size = len(data), test.weights.shape[1]
    found = Tested(*(np.empty(rows) for _ in range(4)))
    allowed = int(np.searchsorted(test.tail, (1 - level) / 2 * (1 + 1e-9), side="right"))
    # Equal values give critical shifts that differ in their last digits: a tie counts against.
    near = 1e-12 * (np.abs(data).max(axis=1, initial=0.0) + floor)
    step = max(_CHUNK // max(size, 1), 1)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        shifts = data[part] @ test.weights
        limit = (floor[part] + near[part])[:, None]
        found.above[part] = test.tail[(shifts <= limit).sum(axis=1)]
        found.below[part] = test.tail[(shifts >= -limit).sum(axis=1)]
        if 0 < allowed <= size:
            # One end at a time: numpy is three times as fast as with both.
            for end, place in ((found.low, allowed - 1), (found.high, size - allowed)):
                shifts.partition(place, axis=1)
                end[part] = shifts[:, place]
        else:
            found.low[part], found.high[part] = -np.inf, np.inf
    return found
