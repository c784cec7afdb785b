"""Scansion: how a line's syllables lie on a pattern of weak and strong places.

The rule of matching is that of generative metrics in its plainest form (Halle & Keyser 1966;
Kiparsky 1977; Hanson & Kiparsky 1996): the main stress of a word of several syllables stands in a
strong place, its unstressed neighbours in weak ones; a monosyllable may stand anywhere, but an
article not in a strong place, nor another proclitic (*and*, *of*, *my*) in the last one.

A line is **strict** when it meets that rule with the syllables that the dictionary gives it, an
extra weak ending allowed. It is **loose** when it meets it with two old licences as well: the
first foot turned round (*Making a famine*), and elision (*heaven*, *being*, *every* one syllable
shorter). Since monosyllables go almost anywhere, chance is high: of lines whose words are shuffled,
three in ten are still strict. Every table shows that row beside the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from metrics.english.metre import STRONG, WEAK, Measure
from metrics.english.phones import Sounds
from metrics.english.stress import ARTICLES, FUNCTION_WORDS, PROCLITICS, elided, spoken
from metrics.english.words import Word

_FAULT, _LICENCE = 1_000_000, 1_000  # below a licence: taste, which only chooses among equals
_INFINITE = 10**12
_INVERSION = "10"
_Weight = Literal[0, 1, 2]  # of a monosyllable: full, light, never stressed


@dataclass(frozen=True)
class Syllable:
    """One syllable as it is scanned.

    Attributes:
        word: index of its word in the line.
        stress: ``1`` main, ``2`` secondary, ``0`` none, ``?`` unknown.
        place: ``w`` or ``s``; None for a syllable too many.
        fault: it stands against the metre.
    """

    word: int
    stress: str
    place: str | None
    fault: bool


@dataclass(frozen=True)
class Scansion:
    """The best way to lay a line on a measure.

    Attributes:
        syllables: in order.
        strict, loose: see the top of this file; both False where a word's sounds are unknown.
        known: whether all words' sounds are known.
        inverted: the first foot is turned round.
        elisions: words said with one syllable less.
        missing: places of the pattern that no syllable fills.
        faults: places against the rule, syllables too many, places missing.
        fit: 1 - faults / (places or syllables, whichever is more), at least 0.
    """

    syllables: tuple[Syllable, ...]
    strict: bool
    loose: bool
    known: bool
    inverted: bool
    elisions: int
    missing: int
    faults: int
    fit: float


def scan(words: Sequence[Word], measure: Measure) -> Scansion:
    """Lay a line on a measure with the fewest faults, then the fewest licences.

    Dynamic programming over words and places, linear in the words of the line; lines without fault
    (most lines of verse) are found without looking at the ways to repair one.
    """
    last = len(words) - 1
    readings = [_readings(word.key, word.sounds, i == last) for i, word in enumerate(words)]
    best = _best(readings, measure, repair=False) or _best(readings, measure, repair=True)
    assert best is not None  # with repairs, any word may be left over and any place left empty
    return _traced(words, measure, *best)


@dataclass(frozen=True)
class _Reading:
    """One way to say a word: its stresses, whether it is light, what it costs to say it so."""

    stress: str
    weight: _Weight
    cost: int


@dataclass(frozen=True)
class _Step:
    """How a place was reached: from which place, where the word was laid (None: left over)."""

    origin: int
    place: int | None
    reading: _Reading


_Steps = list[dict[int, _Step]]


def _best(
    readings: Sequence[tuple[_Reading, ...]], measure: Measure, repair: bool
) -> tuple[int, int, _Steps] | None:
    """Return the least cost, the place where the line then ends, and the steps; None if none."""
    size = len(measure.pattern)
    costs = dict.fromkeys(measure.starts, 0)
    steps: _Steps = []
    for choices in readings:
        after: dict[int, int] = {}
        step: dict[int, _Step] = {}
        origins = _with_gaps(costs, size) if repair else [(p, c, p) for p, c in costs.items()]
        for reading in choices:
            row = _row(reading.stress, reading.weight, measure)
            length = len(reading.stress)
            for place, cost, origin in origins:
                if place >= len(row):
                    continue
                laid = cost + reading.cost + row[place]
                if laid < after.get(place + length, _INFINITE) and (repair or laid < _FAULT):
                    after[place + length] = laid
                    step[place + length] = _Step(origin, place, reading)
        if repair:
            shortest = min(choices, key=lambda reading: len(reading.stress))
            for place, cost in costs.items():
                over = cost + shortest.cost + _FAULT * max(1, len(shortest.stress))
                if over < after.get(place, _INFINITE):
                    after[place], step[place] = over, _Step(place, None, shortest)
        costs = after
        steps.append(step)
    ended = [
        (cost + _FAULT * max(0, measure.ends[0] - place), place)
        for place, cost in costs.items()
        if repair or place in measure.ends
    ]
    return (*min(ended), steps) if ended else None


def _with_gaps(costs: dict[int, int], size: int) -> list[tuple[int, int, int]]:
    """Return (place, cost, from where): each place a word may begin at, others left empty."""
    best: list[tuple[int, int, int]] = []
    for place in range(size + 1):
        cost = costs.get(place, _INFINITE)
        if best and best[-1][1] + _FAULT < cost:
            best.append((place, best[-1][1] + _FAULT, best[-1][2]))
        else:
            best.append((place, cost, place))
    return best


@lru_cache(maxsize=50_000)
def _readings(key: str, sounds: tuple[Sounds, ...], last: bool) -> tuple[_Reading, ...]:
    stressless = PROCLITICS if last else ARTICLES
    weight: _Weight = 2 if key in stressless else 1 if key in FUNCTION_WORDS else 0
    plain = spoken(key, sounds)
    shorter = [stress for stress in elided(sounds) if stress not in plain]
    return tuple(
        [_Reading(stress, weight, i) for i, stress in enumerate(plain)]
        + [_Reading(stress, weight, _LICENCE) for stress in shorter]
    )


@lru_cache(maxsize=20_000)
def _row(stress: str, weight: _Weight, measure: Measure) -> tuple[int, ...]:
    """Return what it costs to begin a word of these stresses at each place of the measure."""
    return tuple(
        _laid(stress, weight, measure.pattern[place : place + len(stress)], place)
        for place in range(len(measure.pattern) - len(stress) + 1)
    )


def _laid(stress: str, weight: _Weight, places: str, place: int) -> int:
    if len(stress) == 1:
        if weight == 2:
            return _FAULT * (places == STRONG)
        return int((places == STRONG) == (weight == 1))
    faults = _against(stress, weight, places)
    if any(faults) and place == 0 and _inverts(stress, places):
        return _LICENCE + _FAULT * sum(faults[2:])
    return _FAULT * sum(faults)


def _inverts(stress: str, places: str) -> bool:
    """Whether a word that opens a rising line opens it with a falling foot."""
    return places.startswith("ws") and stress.startswith(_INVERSION)


def _against(stress: str, weight: _Weight, places: str) -> list[bool]:
    """Per syllable of a word, whether it stands in the wrong place."""
    if len(stress) < 2:
        return [weight == 2 and places == STRONG] * len(stress)
    faults = []
    for i, (own, place) in enumerate(zip(stress, places, strict=False)):
        beside = "1" in (stress[i - 1 : i] + stress[i + 1 : i + 2])
        faults.append((own == "1" and place == WEAK) or (own == "0" and beside and place == STRONG))
    return faults


def _traced(
    words: Sequence[Word], measure: Measure, total: int, end: int, steps: _Steps
) -> Scansion:
    path: list[_Step] = []
    at = end
    for step in reversed(steps):
        path.append(step[at])
        at = path[-1].origin
    syllables: list[Syllable] = []
    filled, inverted = 0, False
    for number, taken in enumerate(reversed(path)):
        stress, weight = taken.reading.stress, taken.reading.weight
        if taken.place is None:
            syllables += [Syllable(number, own, None, True) for own in stress]
            continue
        places = measure.pattern[taken.place : taken.place + len(stress)]
        faults = _against(stress, weight, places)
        if any(faults) and taken.place == 0 and _inverts(stress, places):
            inverted, faults[:2] = True, [False, False]
        filled += len(stress)
        syllables += map(Syllable, [number] * len(stress), stress, places, faults)
    known = bool(words) and all(word.sounds for word in words)
    faults_in_all = total // _FAULT
    return Scansion(
        syllables=tuple(syllables),
        strict=known and total < _LICENCE,
        loose=known and total < _FAULT,
        known=known,
        inverted=inverted,
        elisions=sum(taken.reading.cost >= _LICENCE for taken in path),
        missing=max(end, measure.ends[0]) - at - filled,
        faults=faults_in_all,
        fit=max(0.0, 1 - faults_in_all / max(measure.ends[0] - at, len(syllables), 1)),
    )
