"""Stresses of a word as a poet may say it: as listed, elided, or counted from the spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from metrics.english.phones import Sounds, is_vowel, stresses

ARTICLES = frozenset(("a", "an", "the"))  # never stressed (Kiparsky 1977): no strong place
# They lean on the next word of their phrase, so at the end of a line they bear no stress either.
PROCLITICS = ARTICLES | frozenset(
    ("and", "or", "nor", "but", "of", "from", "than", "my", "thy", "our", "your", "their", "if")
)
# Closed-class monosyllables: light, so that a scansion prefers them in weak places.
_LIGHT = """
    and or nor but if so as at by for from in of off on to up with than that this these those who
    whom whose which what when where while how i me my mine thou thee thy thine he him his she her
    it its we us our you your ye they them their is am are was were be been do does did doth hath
    has have had can could may might must shall should will would wilt shalt not no o oh 's 'tis
    till th' t' i' o' there then yet too such some
"""
FUNCTION_WORDS = ARTICLES | frozenset(_LIGHT.split())


@lru_cache(maxsize=50_000)
def spoken(key: str, sounds: tuple[Sounds, ...]) -> tuple[str, ...]:
    """Return the stress strings of a word, e.g. ``("10", "01")``; ``"??"`` where unknown.

    The number of syllables of an unknown word is that of nltk's sonority syllabifier.
    """
    if not sounds:
        return ("?" * count_spelled(key),)
    return tuple(dict.fromkeys(map(stresses, sounds)))


@lru_cache(maxsize=50_000)
def elided(sounds: tuple[Sounds, ...]) -> tuple[str, ...]:
    """Return the stress strings with one weak syllable swallowed, as verse allows.

    After a vowel (*being*, *power*), before a vowel where it is *er* (*flattery*), between a
    consonant and R, L or N before a weak vowel (*natural*), and in final -ven, -then (*heaven*).
    """
    found: list[str] = []
    for one in sounds:
        vowels = [i for i, sound in enumerate(one) if is_vowel(sound)]
        for nth, at in enumerate(vowels):
            if nth and one[at][-1] == "0" and _may_go(one, at):
                marks = stresses(one)
                found.append(marks[:nth] + marks[nth + 1 :])
    return tuple(dict.fromkeys(found))


def _may_go(sounds: Sounds, at: int) -> bool:
    before = sounds[at - 1]
    after = sounds[at + 1 : at + 3]
    if is_vowel(before):
        return True
    if not after:
        return False
    if sounds[at] == "ER0":
        return is_vowel(after[0])
    if len(after) == 2 and after[0] in ("R", "L", "N") and after[1][-1] == "0":
        return True
    return before in ("V", "DH") and after == ("N",)


@cache
def _syllabifier() -> Any:
    from nltk.tokenize import SyllableTokenizer

    return SyllableTokenizer()


@lru_cache(maxsize=20_000)
def syllables_spelled(word: str) -> tuple[str, ...]:
    """Cut a spelling into syllables by the sonority principle (nltk's ``SyllableTokenizer``).

    A mute final *e* stays with the syllable before it. At least one syllable; the parts joined are
    the word.
    """
    letters = re.sub(r"[^a-z]", "a", word.casefold())
    if len(letters) != len(word) or not word.isascii():
        return (word,)
    parts: list[str] = []
    at = 0
    for part in _syllabifier().tokenize(letters):
        piece = word[at : at + len(part)]
        at += len(part)
        mute = re.fullmatch(r"[^aeiouy]*e(s|d)?|[^aeiouy]+", part) and at >= len(letters)
        if parts and mute and not part.startswith(("le", "te", "de")):
            parts[-1] += piece
        else:
            parts.append(piece)
    return tuple(parts) if "".join(parts) == word else (word,)


def count_spelled(word: str) -> int:
    """Return how many syllables the spelling suggests, at least 1."""
    return len(syllables_spelled(word))


@lru_cache(maxsize=20_000)
def spelled_as(word: str, syllables: int) -> tuple[str, ...]:
    """Cut a spelling into a known number of syllables, for show; "" where letters run out."""
    parts = list(syllables_spelled(word))
    while len(parts) > max(syllables, 1):
        at = min(range(1, len(parts)), key=lambda i: (len(parts[i]) + len(parts[i - 1]), -i))
        parts[at - 1 : at + 1] = [parts[at - 1] + parts[at]]
    while len(parts) < syllables:
        at = max(range(len(parts)), key=lambda i: len(parts[i]))
        parts[at : at + 1] = _halved(parts[at])
    return tuple(parts)


def _halved(part: str) -> list[str]:
    """Cut between two vowels where there are such, else in the middle."""
    hiatus = re.search(r"(?<=[aeiouy])(?=[aeiouy]\w)", part)
    at = hiatus.start() if hiatus else (len(part) + 1) // 2
    return [part[:at], part[at:]]


def fewest_and_most(words: Sequence[tuple[str, tuple[Sounds, ...]]]) -> tuple[int, int]:
    """Return the fewest and the most syllables of a line, over all pronunciations, none elided."""
    counts = [[len(stress) for stress in spoken(key, sounds)] for key, sounds in words]
    return sum(map(min, counts)), sum(map(max, counts))
