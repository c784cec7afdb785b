"""English speech sounds as CMUdict writes them, and how they form syllables.

A pronunciation is a tuple of ARPAbet symbols such as ``("B", "IH0", "L", "IY1", "V")``; a vowel
ends in its stress: 1 primary, 2 secondary, 0 none. A consonant has no digit. There is one syllable
per vowel.
"""

from __future__ import annotations

from collections.abc import Iterable

Sounds = tuple[str, ...]

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH"),
    *("T", "TH", "V", "W", "Y", "Z", "ZH"),
)
SYMBOLS = tuple(vowel + stress for vowel in VOWELS for stress in "012") + CONSONANTS

# One printable character per sound, for the shipped dictionary.
_FIRST = 33
_CODES = {symbol: chr(_FIRST + i) for i, symbol in enumerate(SYMBOLS)}
_SOUNDS = {code: symbol for symbol, code in _CODES.items()}

# Rhymes of one family (Pattison, Writing Better Lyrics): a consonant may stand for another of its
# manner and voice class.
_FAMILIES = ("B D G", "P T K", "V DH Z ZH JH", "F TH S SH CH", "M N NG", "L R", "W Y", "HH")
FAMILY = {sound: family.split()[0] for family in _FAMILIES for sound in family.split()}

_ONSETS = frozenset(
    tuple(cluster.split())
    for cluster in (
        *(
            "P L",
            "P R",
            "B L",
            "B R",
            "T R",
            "T W",
            "D R",
            "D W",
            "K L",
            "K R",
            "K W",
            "G L",
            "G R",
        ),
        *("G W", "F L", "F R", "TH R", "TH W", "SH R", "S P", "S T", "S K", "S M", "S N", "S L"),
        *("S W", "S F", "S P L", "S P R", "S T R", "S K L", "S K R", "S K W", "HH W", "V R"),
        *("P Y", "B Y", "K Y", "G Y", "F Y", "V Y", "M Y", "HH Y", "N Y", "D Y", "T Y", "S P Y"),
        *("S K Y", "S T Y", "L Y", "TH Y", "S Y"),
    )
)


def pack(sounds: Iterable[str]) -> str:
    """Write a pronunciation with one character per sound."""
    return "".join(_CODES[sound] for sound in sounds)


def unpack(packed: str) -> Sounds:
    """Read what ``pack`` wrote."""
    return tuple(_SOUNDS[code] for code in packed)


def is_vowel(sound: str) -> bool:
    """Whether the symbol is a vowel, i.e. carries a stress digit."""
    return sound[-1] in "012"


def stresses(sounds: Sounds) -> str:
    """Return one stress digit per syllable, e.g. ``"010"`` for *believer*; may be empty."""
    return "".join(sound[-1] for sound in sounds if is_vowel(sound))


def bare(sounds: Iterable[str]) -> Sounds:
    """Return the sounds without their stress digits."""
    return tuple(sound.rstrip("012") for sound in sounds)


def onset_before(sounds: Sounds, vowel: int) -> Sounds:
    """Return the consonants that open the syllable whose vowel is ``sounds[vowel]``.

    The longest cluster that can open an English word (maximal onset principle, Kahn 1976): *DR* in
    *address*, *L* in *only*. At the start of a word, everything before the vowel.
    """
    start = vowel
    while start and not is_vowel(sounds[start - 1]):
        start -= 1
    if start == 0:
        return sounds[:vowel]
    for first in range(start, vowel):
        cluster = sounds[first:vowel]
        if cluster in _ONSETS or (len(cluster) == 1 and cluster != ("NG",)):
            return cluster
    return ()


def stressed_vowel(sounds: Sounds) -> int | None:
    """Return the index of the last primary-stressed vowel, else last secondary, else last vowel."""
    for stress in ("1", "2", "0"):
        for i in range(len(sounds) - 1, -1, -1):
            if sounds[i][-1] == stress:
                return i
    return None
