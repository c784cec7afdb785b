"""How two words rhyme: ten classes, from the same word down to nothing, and unknown.

The rhyme part of a word runs from its last primary-stressed vowel to its end (Holtman 1996; CMUdict
practice). All pairs of pronunciations are tried and the strongest class counts, so *wind* rhymes
with *find* and with *sinned*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from metrics.english.phones import FAMILY, Sounds, bare, is_vowel, onset_before, stressed_vowel
from metrics.english.words import Word

RhymeClass = Literal[
    "identity",  # the same word
    "rich",  # another word, but onset and rhyme part sound the same: night, knight; leave, believe
    "perfect",  # equal rhyme parts after different onsets: day, May
    "promoted",  # the last syllables rhyme, one of them stressed by the metre only: see, majesty
    "family",  # equal vowels, kindred consonants (Pattison): mud, rug
    "additive",  # equal vowels, one more consonant on one side: free, speed
    "assonance",  # equal stressed vowels: life, time
    "consonance",  # equal consonants after different vowels: love, prove
    "none",
    "unknown",  # a word whose sounds are not known
]
CLASSES: tuple[RhymeClass, ...] = (
    *("identity", "rich", "perfect", "promoted", "family", "additive", "assonance", "consonance"),
    *("none", "unknown"),
)
FULL = frozenset(CLASSES[1:4])  # what makes two lines rhyme: rich, perfect, promoted
SLANT = frozenset(CLASSES[4:8])
_STRENGTH = {name: i for i, name in enumerate(CLASSES)}
_SPELLED = 3  # letters that must agree where a weakened vowel is promoted: ornament, content


@dataclass(frozen=True)
class Ending:
    """What of a pronunciation matters to rhyme; sounds without stress digits.

    Attributes:
        onset: consonants before the rhyme part.
        part: the rhyme part, weak vowels after its first one levelled to AH.
        final: the last syllable from its vowel on.
        stress: of the last syllable.
        strong: whether a metre can stress the last syllable: it bears a stress of its own, or
            follows an unstressed one.
    """

    onset: Sounds
    part: Sounds
    final: Sounds
    stress: str
    strong: bool


@lru_cache(maxsize=50_000)
def endings(sounds: tuple[Sounds, ...]) -> tuple[Ending, ...]:
    """Return the ending of each pronunciation that has a vowel."""
    return tuple(ending for one in sounds if (ending := _ending(one)) is not None)


def _ending(sounds: Sounds) -> Ending | None:
    at = stressed_vowel(sounds)
    if at is None:
        return None
    vowels = [i for i, sound in enumerate(sounds) if is_vowel(sound)]
    last = vowels[-1]
    stress = sounds[last][-1] if len(vowels) > 1 else "1"
    falls = len(vowels) > 2 and sounds[vowels[-2]].endswith("0")
    return Ending(
        onset=onset_before(sounds, at),
        part=_part(sounds[at:]),
        final=bare(sounds[last:]),
        stress=stress,
        strong=stress != "0" or falls,
    )


def _part(sounds: Sounds) -> Sounds:
    """Write a rhyme part as the ear takes it: *fire* and *tire* are one, with R or with ER."""
    vowel, *rest = sounds
    if vowel[:-1] in ("AY", "AW") and rest[:1] == ["ER0"]:
        rest[0] = "R"
    return (vowel[:-1], *map(_levelled, rest))


def _levelled(sound: str) -> str:
    """CMUdict writes weak vowels as AH0 or IH0 by turns; to the ear of rhyme they are one."""
    return "AH" if sound in ("IH0", "EH0") else sound.rstrip("012")


def rhyme_class(first: Word, second: Word) -> RhymeClass:
    """Return the strongest class over all pairs of pronunciations; symmetric.

    ``unknown`` where one word's sounds are not known, unless both are the same word.
    """
    a, b = first.key.strip("'"), second.key.strip("'")
    if a > b or (a == b and first.sounds > second.sounds):
        return _compare(b, second.sounds, a, first.sounds)
    return _compare(a, first.sounds, b, second.sounds)


@lru_cache(maxsize=50_000)
def _compare(
    a: str, sounds_a: tuple[Sounds, ...], b: str, sounds_b: tuple[Sounds, ...]
) -> RhymeClass:
    if a == b:
        return "identity"
    if not (endings(sounds_a) and endings(sounds_b)):
        return "unknown"
    alike = a[-_SPELLED:] == b[-_SPELLED:]
    return min(_pairs(sounds_a, sounds_b, alike), key=_STRENGTH.__getitem__)


def _pairs(
    sounds_a: tuple[Sounds, ...], sounds_b: tuple[Sounds, ...], alike: bool
) -> Iterator[RhymeClass]:
    for a in endings(sounds_a):
        for b in endings(sounds_b):
            yield _class_of(a, b, alike)


def _class_of(a: Ending, b: Ending, alike: bool) -> RhymeClass:
    if a.part == b.part:
        return "rich" if a.onset == b.onset else "perfect"
    if _promoted(a, b, alike):
        return "promoted"
    return _slant(_groups(a.part), _groups(b.part))


def _promoted(a: Ending, b: Ending, alike: bool) -> bool:
    """Whether the last syllables rhyme once the metre stresses a weak one."""
    if not (a.strong and b.strong) or (a.stress == "1" and b.stress == "1"):
        return False
    if a.final == b.final:
        return True
    weak, other = (a, b) if a.stress == "0" else (b, a)
    if weak.stress != "0":
        return False
    if (weak.final[0], other.final[0]) == ("IY", "AY") and weak.final[1:] == other.final[1:]:
        return True  # memory, die; subtleties, lies: as it was said of old
    return alike and weak.final[0] in ("AH", "IH") and weak.final[1:] == other.final[1:] != ()


def _groups(part: Sounds) -> tuple[Sounds, tuple[Sounds, ...]]:
    """Split a rhyme part into its vowels and the consonants after each."""
    vowels: list[str] = []
    clusters: list[list[str]] = []
    for sound in part:
        if sound in FAMILY:
            clusters[-1].append(sound)
        else:
            vowels.append(sound)
            clusters.append([])
    return tuple(vowels), tuple(map(tuple, clusters))


def _slant(
    a: tuple[Sounds, tuple[Sounds, ...]], b: tuple[Sounds, tuple[Sounds, ...]]
) -> RhymeClass:
    (vowels_a, codas_a), (vowels_b, codas_b) = a, b
    if vowels_a == vowels_b:
        if [_kin(coda) for coda in codas_a] == [_kin(coda) for coda in codas_b]:
            return "family"
        longer, shorter = sorted((codas_a[-1], codas_b[-1]), key=len, reverse=True)
        if codas_a[:-1] == codas_b[:-1] and _extends(longer, shorter):
            return "additive"
    if vowels_a[0] == vowels_b[0]:
        return "assonance"
    return "consonance" if codas_a == codas_b and codas_a[0] else "none"


def _kin(coda: Sounds) -> tuple[str, ...]:
    return tuple(FAMILY[sound] for sound in coda)


def _extends(longer: Sounds, shorter: Sounds) -> bool:
    rest = len(longer) - len(shorter)
    return rest > 0 and shorter in (longer[: len(shorter)], longer[rest:])
