"""The tonal patterns of regulated verse: four kinds of line, sixteen patterns, what each allows.

Tones are written L (level 平) and O (oblique 仄), a free place ``.``; what a character can be is
one of L, O, B (either: it has readings of both) and ? (not in the book). A line of seven is a line
of five with two syllables of the opposite class in front, of which the first is free.

Source of every rule here: 王力《诗词格律》 (1962), chapter 2; 《汉语诗律学》 (1958), sections 6-9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

Mode = Literal["lenient", "standard", "strict"]
MODES: tuple[Mode, ...] = ("lenient", "standard", "strict")

TYPES = "aAbB"
CANON = {"a": "OOLLO", "A": "OOOLL", "b": "LLLOO", "B": "LLOOL"}

# Regulated verse alternates: within a couplet the lines oppose, across couplets they adhere.
# Name of the pattern = type of its first line; A and B rhyme in line 1.
SEQUENCES = {"a": "aBbAaBbA", "A": "ABbAaBbA", "b": "bAaBbAaB", "B": "BAaBbAaB"}

# What each type accepts, in order of preference: template, kind.
# regular         the pattern itself, with its free places
# self_rescue     孤平拗救: an oblique first syllable made good by a level third in the same line
# special_twist   特拗: third and fourth syllable exchanged; as common as the regular form
# three_oblique   三仄尾: allowed, but better avoided
# special_twist_oblique   特拗 with an oblique first syllable
# minor_twist     小拗: an oblique third syllable; may be made good in the next line
# major_twist     大拗: an oblique fourth syllable; must be made good in the next line
ACCEPTED: dict[str, tuple[tuple[str, str], ...]] = {
    "a": ((".OLLO", "regular"), (".OOLO", "minor_twist"), (".O.OO", "major_twist")),
    "A": ((".OOLL", "regular"),),
    "b": (
        (".LLOO", "regular"),
        ("LLOLO", "special_twist"),
        (".LOOO", "three_oblique"),
        ("OLOLO", "special_twist_oblique"),
    ),
    "B": (("LL.OL", "regular"), ("OLLOL", "self_rescue")),
}

# The fixed places of the tone score: of each type's regular form.
_FIXED = {kind: ACCEPTED[kind][0][0] for kind in TYPES}

ERROR = 1000  # the cost of one fault; a deviation that is allowed costs 1


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one line fits one type.

    Attributes:
        kind: the accepted form it takes (see ``ACCEPTED``), or "" where it takes none.
        faults: (fault key, index of the character) for what is wrong whatever the next line is.
        cost: ``ERROR`` for each fault, 1 for each allowed deviation.
        matches: fixed places that agree, for the tone score.
        needs_rescue: the next line must have a level third syllable (fifth of seven).
        rescues: this line has one.
        length: characters of the line.
    """

    kind: str
    faults: tuple[tuple[str, int], ...]
    cost: int
    matches: int
    needs_rescue: bool
    rescues: bool
    length: int


Fits = tuple[Fit, Fit, Fit, Fit]  # in the order of TYPES


def template(kind: str, length: int) -> str:
    """Return the regular form of a line type, free places as dots: ``template("A", 5)``."""
    return _lengthen(_FIXED[kind], kind, length)


def accepted_form(kind: str, name: str, length: int) -> str:
    """Return the form of a line type that has this name; the regular one if there is none."""
    forms = {taken: form for form, taken in ACCEPTED[kind]}
    return _lengthen(forms.get(name, _FIXED[kind]), kind, length)


def canon(kind: str, length: int) -> str:
    """Return the pattern of a line type without free places."""
    front = {"a": "LL", "A": "LL", "b": "OO", "B": "OO"}[kind] if length == 7 else ""
    return front + CANON[kind]


def pattern_name(start: str, length: int) -> tuple[str, str]:
    """Return a pattern's name in English and Chinese.

    Named by the second syllable of the first line, and by whether that line rhymes.
    """
    level = canon(start, length)[1] == "L"
    rhymes = start in "AB"
    english = f"{'level' if level else 'oblique'} start, first line {'' if rhymes else 'un'}rhymed"
    chinese = f"{'平' if level else '仄'}起首句{'入韵' if rhymes else '不入韵'}"
    return english, chinese


@cache
def fitter(mode: Mode) -> Callable[[str], Fits]:
    """Return the function from a line's tone classes to its fit with each type, which remembers.

    There are 4**5 + 4**7 lines of classes, so that it soon knows them all. Lines of other lengths
    than five and seven have no pattern.
    """

    @cache
    def fits(classes: str) -> Fits:
        a, b, c, d = (_fit(classes, kind, mode) for kind in TYPES)
        return a, b, c, d

    return fits


@cache
def is_regulated_line(classes: str) -> bool:
    """Whether a line is a regulated line (律句) of some type, taken alone."""
    return any(fit.kind and not fit.faults for fit in fitter("standard")(classes))


def _lengthen(form: str, kind: str, length: int) -> str:
    return form if length == 5 else "." + ("L" if kind in "aA" else "O") + form


def _agrees(actual: str, wanted: str) -> bool:
    return wanted == "." or actual in ("?", "B", wanted)


def _differences(classes: str, form: str) -> list[int]:
    pairs = enumerate(zip(classes, form, strict=True))
    return [i for i, (actual, wanted) in pairs if not _agrees(actual, wanted)]


def _fit(classes: str, kind: str, mode: Mode) -> Fit:
    length = len(classes)
    third = length - 3
    forms = [(_lengthen(form, kind, length), name) for form, name in ACCEPTED[kind]]
    matches = sum(
        wanted != "." and _agrees(actual, wanted)
        for actual, wanted in zip(classes, forms[0][0], strict=True)
    )
    rescues = classes[third] in "LB?"
    for form, name in forms:
        if not _differences(classes, form):
            faults = _faults_of(name, length, mode)
            cost = ERROR * len(faults) or int(name != "regular")
            needs = name == "major_twist" or (name == "minor_twist" and mode == "strict")
            return Fit(name, faults, cost, matches, needs, rescues, length)
    # A twist that the next line would have to make good is no help to a line that is wrong anyway.
    wrong = min((_differences(classes, form) for form, _ in forms), key=len)
    faults = tuple((_name_of(kind, wrong, i, length), i) for i in wrong)
    return Fit("", faults, len(faults) * ERROR, matches, False, rescues, length)


def _faults_of(name: str, length: int, mode: Mode) -> tuple[tuple[str, int], ...]:
    """Return what this mode holds against an accepted form."""
    if name == "special_twist_oblique" and mode != "lenient":
        return ((name, length - 5),)
    if name == "three_oblique" and mode == "strict":
        return (("three_oblique_endings", length - 3),)
    return ()


def _name_of(kind: str, wrong: list[int], index: int, length: int) -> str:
    """Return the key of the fault at ``index``; ``wrong`` holds all places at fault in the line."""
    third = length - 3
    if kind == "A" and wrong == [third]:
        return "three_level_endings"
    if kind == "B" and wrong == [length - 5]:
        return "lone_level"
    if index == length - 1:
        return "level_ending" if kind in "ab" else "oblique_ending"
    return "wrong_tone"
