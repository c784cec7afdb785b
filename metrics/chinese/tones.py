"""The tonal pattern (平仄) of a poem: which of the sixteen it follows, and where it departs.

The pattern is the one with the fewest faults, then the fewest licences; a first line that rhymes
speaks for a pattern whose first line does. Where none fits, lines may follow their own types with
the couplets out of step: then the break itself (失对, 失粘) is the fault, and not each syllable
after it.

Source: 王力《诗词格律》 chapter 2 sections 2-4; 《汉语诗律学》 sections 6-9.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from metrics.chinese.faults import Remark
from metrics.chinese.patterns import (
    ERROR,
    SEQUENCES,
    TYPES,
    Fits,
    Mode,
    fitter,
)
from metrics.chinese.rhyme import FirstLine
from metrics.chinese.tally import Tally, pack_costs, tallies, unpack

_a, _A, _b, _B = range(4)
# What each start (a, A, b, B) costs by itself: a first line that can rhyme is taken to rhyme.
_START_COSTS: dict[FirstLine, tuple[int, int, int, int]] = {
    "rhymes": (ERROR // 2, 0, ERROR // 2, 0),
    "neighbour": (0, 1, 0, 1),
    "free": (0, ERROR, 0, ERROR),
}
_PACKED_START_COSTS = {line: pack_costs(costs) for line, costs in _START_COSTS.items()}
_OPPOSED = {(_a, _B), (_b, _A), (_A, _B), (_B, _A)}
_ADHERING = {(_A, _a), (_B, _b)}
_PLANS = {
    lines: [tuple(map(TYPES.index, types[:lines])) for types in SEQUENCES.values()]
    for lines in (4, 8)
}
_REGULAR = {lines: ("regular",) * lines for lines in (4, 8)}


class Tones(NamedTuple):
    """The tonal pattern of a poem.

    Attributes:
        start: type of line 1 in the pattern followed or come nearest to: a, A, b or B.
        types: the type that each line follows or comes nearest to, e.g. ``aBbA``.
        unbroken: whether these types make one of the sixteen patterns.
        forms: the accepted form that each line takes (``regular``, ``special_twist``, ...), or "".
        regulated_lines: share of the lines that are regulated lines (律句) taken alone.
        score: share of the fixed places that agree, in the best of the four starts.
        remarks: faults, warnings and notes.
    """

    start: str
    types: str
    unbroken: bool
    forms: tuple[str, ...]
    regulated_lines: float
    score: float
    remarks: tuple[Remark, ...]


@cache
def _from_last(mode: Mode, total: int) -> tuple[tuple[Tally, Tally], ...]:
    return tuple(reversed(tallies(mode)[:total]))


def assess_tones(classes: Sequence[str], first_line: FirstLine, mode: Mode) -> Tones:
    """Judge the tone classes of a poem's lines: 4 or 8 strings of 5 or 7 of ``LOB?``."""
    length, total = len(classes[0]), len(classes)
    packed = _PACKED_START_COSTS[first_line]
    following = ""
    for line, tally in zip(reversed(classes), _from_last(mode, total), strict=True):
        packed += tally[following != "" and following[-3] != "O"][line]
        following = line
    cost, pattern, matches, regulated = unpack(packed)
    types = _PLANS[total][pattern]
    unbroken = True
    remarks: list[Remark] = []
    forms = _REGULAR[total]
    if cost:
        fits = [fitter(mode)(line) for line in classes]
        if cost >= ERROR + _least(fits):  # a break costs one fault by itself
            broken_cost, broken = _with_breaks(fits, first_line)
            if broken_cost < cost:
                types, unbroken = broken, False
        remarks = _remarks(fits, types)
        if cost >= ERROR:
            remarks += _couplet_faults(classes, () if unbroken else types)
            if first_line == "free" and types[0] in (_A, _B):
                remarks.append(Remark("unrhymed_first_line", 0, length - 1))
        forms = tuple([fit_of[kind].kind for fit_of, kind in zip(fits, types, strict=True)])
    return Tones(
        start=TYPES[types[0]],
        types=_written(types),
        unbroken=unbroken,
        forms=forms,
        regulated_lines=regulated / total,
        score=matches / (total * (length - 1 - (length == 7))),
        remarks=tuple(remarks),
    )


@cache
def _written(types: tuple[int, ...]) -> str:
    return "".join(TYPES[kind] for kind in types)


def _least(fits: Sequence[Fits]) -> int:
    """Return what the lines cost at least, each by itself."""
    least = 0
    for fit_of in fits:
        a, big_a, b, big_b = fit_of
        least += min(a.cost, big_a.cost, b.cost, big_b.cost)
    return least


def _with_breaks(fits: Sequence[Fits], first_line: FirstLine) -> tuple[int, tuple[int, ...]]:
    """Return the cheapest types of the lines where each lost opposition or adhesion is one fault.

    Shortest path over lines × types (Viterbi).
    """
    starts = _START_COSTS[first_line]
    paths: list[tuple[int, tuple[int, ...]]] = [
        (starts[kind] + fits[0][kind].cost, (kind,)) for kind in range(4)
    ]
    for number in range(1, len(fits)):
        even_line = number % 2 == 1
        allowed = _OPPOSED if even_line else _ADHERING
        reached = []
        for kind in (_A, _B) if even_line else (_a, _b):
            fit = fits[number][kind]
            best = 1 << 30
            for cost, path in paths:
                before = path[-1]
                alone = not fit.rescues and fits[number - 1][before].needs_rescue
                total = cost + ERROR * (alone + ((before, kind) not in allowed))
                if total < best:
                    best, taken = total, path
            reached.append((best + fit.cost, (*taken, kind)))
        paths = reached
    return min(paths)


_NOTES = {
    "special_twist": "special_twist",
    "self_rescue": "self_rescue",
    "three_oblique": "three_oblique",
    "special_twist_oblique": "special_twist_licence",
}


def _remarks(fits: Sequence[Fits], types: Sequence[int]) -> list[Remark]:
    found: list[Remark] = []
    length = fits[0][0].length
    for number, kind in enumerate(types):
        fit = fits[number][kind]
        form = fit.kind
        if form == "regular":
            continue
        found += [Remark(key, number, index) for key, index in fit.faults]
        if not form:
            continue
        if form.endswith("r_twist"):  # minor_twist, major_twist
            rescued = fits[number + 1][types[number + 1]].rescues
            place = length - 2 if form == "major_twist" else length - 3
            if rescued:
                found.append(Remark(f"{form}_rescued", number, place))
            elif fit.needs_rescue:
                found.append(Remark(f"unrescued_{form}", number, place))
            else:
                found.append(Remark(form, number, place))
        elif not fit.faults:
            place = length - 5 if form == "self_rescue" else length - 3
            found.append(Remark(_NOTES[form], number, place))
    return found


def _couplet_faults(classes: Sequence[str], broken: Sequence[int]) -> list[Remark]:
    """Return lost opposition (对) and adhesion (粘): by second syllables, and where types break."""
    found = []
    for number in range(1, len(classes)):
        pair = classes[number - 1][1] + classes[number][1]
        even_line = number % 2 == 1
        if even_line:
            lost = pair in ("LL", "OO")
            lost |= bool(broken) and (broken[number - 1], broken[number]) not in _OPPOSED
        else:
            lost = pair in ("LO", "OL")
            lost |= bool(broken) and (broken[number - 1], broken[number]) not in _ADHERING
        if lost:
            found.append(Remark("lost_opposition" if even_line else "lost_adhesion", number, 1))
    return found
