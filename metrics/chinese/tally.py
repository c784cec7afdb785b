"""How well a line fits the four patterns of a form at once, packed in one integer.

Each line of a form has one type in each of the four patterns, so that a poem's costs and matches
under all four are the sum of one number per line. There are 4**5 + 4**7 lines of tone classes at
most, and each number is worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from metrics.chinese.patterns import ERROR, SEQUENCES, TYPES, Mode, fitter, is_regulated_line

# Fields of the packed number: four costs, four counts of matches, regulated lines.
_COST_BITS, _MATCH_BITS = 24, 8
_COST_MASK, _MATCH_MASK = (1 << _COST_BITS) - 1, (1 << _MATCH_BITS) - 1
_MATCHES_AT = 4 * _COST_BITS
_REGULATED_AT = _MATCHES_AT + 4 * _MATCH_BITS
STARTS = tuple(SEQUENCES)


class Tally(dict[str, int]):
    """The packed number of a line at one place of the poem, by its tone classes.

    Args:
        mode: see ``patterns``.
        number: index of the line in the poem.
        rescued: whether the next line has a level third syllable.
    """

    def __init__(self, mode: Mode, number: int, rescued: bool) -> None:
        super().__init__()
        self._fits = fitter(mode)
        self._types = [TYPES.index(SEQUENCES[start][number]) for start in STARTS]
        self._rescued = rescued

    def __missing__(self, classes: str) -> int:
        fits = self._fits(classes)
        packed = is_regulated_line(classes) << _REGULATED_AT
        for pattern, kind in enumerate(self._types):
            fit = fits[kind]
            cost = fit.cost + (ERROR if fit.needs_rescue and not self._rescued else 0)
            packed += cost << pattern * _COST_BITS
            packed += fit.matches << _MATCHES_AT + pattern * _MATCH_BITS
        self[classes] = packed
        return packed


@cache
def tallies(mode: Mode) -> tuple[tuple[Tally, Tally], ...]:
    """Return, for each of eight lines, its tally without and with rescue by the next line."""
    return tuple((Tally(mode, i, False), Tally(mode, i, True)) for i in range(8))


def pack_costs(costs: Sequence[int]) -> int:
    """Return what to add to a sum so that each pattern costs so much more."""
    return sum(cost << pattern * _COST_BITS for pattern, cost in enumerate(costs))


def unpack(packed: int) -> tuple[int, int, int, int]:
    """Return the cheapest pattern's cost and number, the most matches, and the regulated lines."""
    cost, pattern = packed & _COST_MASK, 0
    for number in (1, 2, 3):
        other = packed >> number * _COST_BITS & _COST_MASK
        if other < cost:
            cost, pattern = other, number
    counts = packed >> _MATCHES_AT
    most = max(
        counts & _MATCH_MASK,
        counts >> _MATCH_BITS & _MATCH_MASK,
        counts >> 2 * _MATCH_BITS & _MATCH_MASK,
        counts >> 3 * _MATCH_BITS & _MATCH_MASK,
    )
    return cost, pattern, most, packed >> _REGULATED_AT
