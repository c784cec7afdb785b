"""The suffix array of a sequence of whole numbers (Manber & Myers 1993), by prefix doubling.

After each round suffixes are in order of their first ``depth`` numbers, at first two; the next
round compares twice as many, by the ranks that the first and the second half have already.
Only suffixes that are still tied are sorted again (Larsson & Sadakane 2007): in prose few are left
after eight words, so that the cost is that of two or three sorts. Time O(N log^2 N) at worst, which
is one number repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def suffix_array(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the start of every suffix, in lexicographic order of the suffixes.

    Args:
        codes: [N] numbers below 2**32 - 1, N < 2**32 - 1. A suffix that is the beginning of
            another comes first.
    """
    import numpy as np

    count = len(codes)
    # ranks[count] = 0 is the empty suffix, which comes before all others.
    ranks = np.zeros(count + 1, np.uint32)
    if not count:
        return ranks[:0]
    keys = codes.astype(np.uint64) << np.uint64(32)
    keys[:-1] |= codes[1:] + np.uint64(1)  # 0 is the end
    order = np.argsort(keys).astype(np.uint32)
    keys = keys[order]
    slots = np.arange(count)  # places in ``order`` that are still tied
    depth = 2
    while True:
        changes = np.concatenate(([True], keys[1:] != keys[:-1]))
        # A group's rank is the slot of its first member, from 1: it never changes what is settled.
        first = slots[np.maximum.accumulate(np.where(changes, np.arange(len(slots)), 0))]
        ranks[order[slots]] = first + 1
        tied = ~changes
        tied[:-1] |= ~changes[1:]
        slots = slots[tied]
        if not len(slots):
            return order
        places = order[slots]
        after = np.minimum(places.astype(np.int64) + depth, count)
        keys = ranks[places].astype(np.uint64) << np.uint64(32) | ranks[after]
        turn = np.argsort(keys)
        order[slots] = places[turn]
        keys = keys[turn]
        depth *= 2
