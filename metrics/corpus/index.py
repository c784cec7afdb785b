"""The texts that a model was tuned on, indexed so that any run of units is found in microseconds.

Units are those of every metric (metrics.text), with traditional Chinese characters folded to
simplified ones; punctuation, case and line breaks make no difference, and no run goes from one
text into the next.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from metrics.chinese.simplified import fold
from metrics.corpus.suffix_array import suffix_array
from metrics.text import units_of

_SIZE = 4  # bytes of a unit's number; big-endian, so that bytes sort as the numbers do
_NO_UNIT = 0  # stands between two texts, and in no text that is looked up
_UNKNOWN = 2**32 - 1  # a unit that the corpus does not have
_FIRST_LOOK = 4  # units at the end of a run that are looked up before the whole of it


def folded_units(text: str) -> tuple[str, ...]:
    """Return the units of a text, Chinese characters in simplified form."""
    return units_of(text if text.isascii() else fold(text))


class TrainingCorpus:
    """The index, built once: every lookup is a binary search in a suffix array.

    Args:
        texts: the training texts, in any scripts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np

        # A unit not met before gets the next number, all in C: it is a dictionary's own length.
        numbers: defaultdict[str, int] = defaultdict(None, {"": _NO_UNIT})
        numbers.default_factory = numbers.__len__
        codes = array("I")
        for text in texts:
            codes.extend(map(numbers.__getitem__, folded_units(text)))
            codes.append(_NO_UNIT)
        self._numbers = dict(numbers)
        values = np.array(codes, np.uint32)
        # Where the suffixes that begin with each number start in the order of all.
        counts = np.bincount(values, minlength=len(numbers))
        self._starts = np.concatenate(([0], np.cumsum(counts))).data
        self._order = suffix_array(values).data
        self._data = values.astype(">u4").tobytes()

    def __len__(self) -> int:
        """Return how many different units there are; a corpus without any is false."""
        return len(self._numbers) - 1

    def overlap(self, units: Sequence[str], n: int) -> float | None:
        """Return the share of the n-grams of ``units`` that the corpus has; None below n units."""
        codes = self._encoded(units)
        grams = Counter(
            codes[start : start + n * _SIZE]
            for start in range(0, len(codes) - (n - 1) * _SIZE, _SIZE)
        )
        if not grams:
            return None
        return sum(count for gram, count in grams.items() if self._has(gram)) / grams.total()

    def has(self, units: Sequence[str]) -> bool:
        """Whether the units stand in a row in one of the texts; true for none."""
        return self._has(self._encoded(units))

    def longest_run(self, units: Sequence[str]) -> tuple[str, ...]:
        """Return the longest run of ``units`` that stands in one of the texts, the first of them.

        A run is tried only where it would beat the best one so far. What does not occur is looked
        for from its end, in doubling lengths, so that a long best run lets long stretches be
        passed over at once.
        """
        codes = self._encoded(units)
        best, found, start = 0, 0, 0
        while start + best < len(units):
            missing = self._missing(codes, start, start + best + 1)
            if missing is not None:
                start = missing + 1
                continue
            best, found = self._reach(codes, start, start + best + 1) - start, start
            start += 1
        return tuple(units[found : found + best])

    def _encoded(self, units: Sequence[str]) -> bytes:
        import numpy as np

        return np.array([self._numbers.get(unit, _UNKNOWN) for unit in units], ">u4").tobytes()

    def _has(self, run: bytes) -> bool:
        if not run:
            return True
        first = int.from_bytes(run[:_SIZE], "big")
        if first == _UNKNOWN:
            return False
        data, size, low, high = self._data, len(run), self._starts[first], self._starts[first + 1]
        place = bisect_left(
            self._order, run, low, high, key=lambda at: data[at * _SIZE : at * _SIZE + size]
        )
        return place < high and data.startswith(run, self._order[place] * _SIZE)

    def _missing(self, codes: bytes, start: int, stop: int) -> int | None:
        """Return a place from which the units up to ``stop`` are not in the corpus, if any."""
        length = min(_FIRST_LOOK, stop - start)
        while self._has(codes[(stop - length) * _SIZE : stop * _SIZE]):
            if length == stop - start:
                return None
            length = min(2 * length, stop - start)
        return stop - length

    def _reach(self, codes: bytes, start: int, stop: int) -> int:
        """Return how far the run from ``start``, known up to ``stop``, goes on in the corpus."""
        end, step = len(codes) // _SIZE, 1
        while stop + step <= end and self._has(codes[start * _SIZE : (stop + step) * _SIZE]):
            stop += step
            step *= 2
        while step := step // 2:
            if stop + step <= end and self._has(codes[start * _SIZE : (stop + step) * _SIZE]):
                stop += step
        return stop
