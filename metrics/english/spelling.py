"""Words that are not in the dictionary, by rule: endings, elisions, prefixes, British spelling.

Each rule takes a word apart until a dictionary word is left, and puts the sounds together again.
Archaic words that no rule reaches are listed. Tried on the 8,524 words of English poems that the
dictionary has, each hidden from it in turn, the rules reach 43 %; of those, 93 % have the right
rhyme part and 96 % the right stresses (docs/verse-english.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from metrics.english.lexicon import lookup
from metrics.english.phones import Sounds, is_vowel

_LONGEST = 40  # letters; longer "words" are noise
_DEPTH = 3  # endings taken off one after another
_SHORTEST_PART = 4  # letters of each part of a compound
_SHORTEST_STEM = 3

LISTED = {
    word: tuple(tuple(one.split()) for one in sounds.split("|"))
    for word, sounds in {
        "o'er": "AO1 R|OW1 ER0",
        "e'er": "EH1 R",
        "th": "DH",
        "th'": "DH",
        "t'": "T",
        "i'": "IH0",
        "o'": "AH0",
        "doth": "D AH1 TH",
        "dost": "D AH1 S T",
        "saith": "S EH1 TH|S EY1 IH0 TH",
        "wert": "W ER1 T",
        "eyne": "AY1 N",
        "ye": "Y IY1",
        "oft": "AO1 F T",
        "wherefore": "W EH1 R F AO2 R",
        "whate'er": "W AH2 T EH1 R",
        "where'er": "W EH2 R EH1 R",
        "whene'er": "W EH2 N EH1 R",
        "howe'er": "HH AW2 EH1 R",
        "beauteous": "B Y UW1 T IY0 AH0 S|B Y UW1 CH AH0 S",
        "plenteous": "P L EH1 N T IY0 AH0 S",
        "antique": "AE0 N T IY1 K|AE1 N T IY0 K",
        "bounteous": "B AW1 N T IY0 AH0 S",
        "duteous": "D UW1 T IY0 AH0 S",
        "covetous": "K AH1 V AH0 T AH0 S",
        "whereon": "W EH0 R AA1 N",
        "whereof": "W EH0 R AH1 V",
        "whereto": "W EH0 R T UW1",
        "nought": "N AO1 T",
        "aright": "ER0 AY1 T",
        "alack": "AH0 L AE1 K",
        "gainst": "G EH1 N S T|G EY1 N S T",
        "twixt": "T W IH1 K S T",
        "gaol": "JH EY1 L",
        "churl": "CH ER1 L",
    }.items()
}

_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_SIBILANT = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))

# Spelled ending -> what it sounds like; the stem is tried as it stands, with e, with y for i, and
# with its last letter once. "S" and "D" stand for the endings that follow their stem's last sound.
# Endings that a network guesses better than these rules (-er, -y) are left to it.
_ENDINGS = (
    *(("wards", "W ER0 D Z"), ("fully", "F AH0 L IY0"), ("able", "AH0 B AH0 L")),
    *(("edly", "IH0 D L IY0"), ("ings", "IH0 NG Z"), ("ness", "N AH0 S"), ("less", "L AH0 S")),
    *(("ment", "M AH0 N T"), ("some", "S AH0 M"), ("like", "L AY2 K"), ("ward", "W ER0 D")),
    *(("ably", "AH0 B L IY0"), ("'st", "S T"), ("'ll", "L"), ("'re", "R"), ("'ve", "V")),
    *(("n't", "AH0 N T"), ("'s", "S"), ("s'", ""), ("'d", "D"), ("'t", "T"), ("'n", "N")),
    *(("eth", "IH0 TH"), ("est", "AH0 S T"), ("ing", "IH0 NG"), ("in'", "IH0 N"), ("'", "")),
    *(("ful", "F AH0 L"), ("ish", "IH0 SH"), ("ed", "D"), ("es", "S"), ("ly", "L IY0")),
    *(("st", "S T"), ("s", "S")),
)
_ARCHAIC = ("eth", "est")  # goeth, owest
_ONLY_AFTER = {
    "st": tuple("dtlrnwy"),
    "s": tuple("bcdefghijklmnopqrtuvwxyz"),
    "es": tuple("chosxzi"),
}
_LONG_VOWEL = re.compile(r"(?:^|[^aeiou])[aiou][^aeiouwxy]$")
_PREFIXES = (
    *(("un", "AH0 N"), ("re", "R IY0"), ("dis", "D IH0 S"), ("mis", "M IH0 S"), ("en", "EH0 N")),
    *(("over", "OW2 V ER0"), ("under", "AH2 N D ER0"), ("out", "AW2 T"), ("fore", "F AO0 R")),
    *(("o'er", "AO2 R"), ("in", "IH0 N"), ("be", "B IH0"), ("non", "N AA2 N"), ("th'", "DH")),
    *(("t'", "T"), ("where", "W EH2 R"), ("there", "DH EH2 R"), ("for", "F AO0 R")),
)
_RESPELLINGS = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"our(?=$|s$|ed$|ing$|ite|abl|less|ful)", "or"),
        (r"is(?=e$|es$|ed$|ing$|er$|ers$|ation)", "iz"),
        (r"ys(?=e$|es$|ed$|ing$)", "yz"),
        (r"(?<=[bt])re(?=s?$)", "er"),
        (r"ence(?=s?$)", "ense"),
        (r"ogue(?=s?$)", "og"),
        (r"ll(?=ed$|ing$|er$|ers$)", "l"),
        (r"[ao]e", "e"),
        (r"mould", "mold"),
        (r"grey", "gray"),
    )
)


@lru_cache(maxsize=50_000)
def by_rule(word: str) -> tuple[Sounds, ...]:
    """Return the pronunciations that the rules give a lower-case word; () where none applies.

    The word may end in *èd*: a sounded ending, as poets mark it (*belovèd*).
    """
    if len(word) > _LONGEST:
        return ()
    return _find(word, _DEPTH)


def _find(word: str, depth: int) -> tuple[Sounds, ...]:
    if word in LISTED:
        return LISTED[word]
    if len(word) < 2 or (found := lookup(word)):
        return found if len(word) > 1 else ()
    if depth == 0:
        return ()
    for rule in (_sounded, _elided, _prefixed, _ended, _respelled):
        if found := tuple(dict.fromkeys(rule(word, depth - 1))):
            return found
    return ()


def _sounded(word: str, depth: int) -> Iterator[Sounds]:
    if word.endswith(("èd", "éd")):
        for stem in _stems(word[:-2], "ed"):
            if found := _find(stem, depth):
                yield from ((*sounds, "IH0", "D") for sounds in found)
                return


def _elided(word: str, depth: int) -> Iterator[Sounds]:
    """*heav'n*, *ev'ry*, *flow'r*: the full word without the vowel that the apostrophe hides."""
    at = word.find("'", 1, -1)
    if at < 0 or word.endswith(("'s", "'d", "'st", "'t", "'ll", "'re", "'ve")):
        return
    nth = len(re.findall(r"[aeiou]+|(?<=[^aeiou])y", word[:at]))
    for letter in "eoi":
        for sounds in _find(word[:at] + letter + word[at + 1 :], depth):
            vowels = [i for i, sound in enumerate(sounds) if is_vowel(sound)]
            if nth < len(vowels) and sounds[vowels[nth]].endswith("0"):
                i = vowels[nth]
                yield sounds[:i] + (("R",) if sounds[i] == "ER0" else ()) + sounds[i + 1 :]


def _ended(word: str, depth: int) -> Iterator[Sounds]:
    for ending, spoken in _ENDINGS:
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if len(stem) < (2 if ending in _ARCHAIC else 1 if "'" in ending else _SHORTEST_STEM):
            continue
        if not stem.endswith(_ONLY_AFTER.get(ending, stem)):
            continue
        if ending == "s'":
            stem += "s"
        candidates = tuple(_stems(stem, ending))
        stems = next(filter(None, map(lookup, candidates)), ()) or next(
            filter(None, (_find(candidate, depth) for candidate in candidates)), ()
        )
        if stems:
            yield from (sounds + _attached(sounds, spoken) for sounds in stems)
            return


def _stems(stem: str, ending: str) -> Iterator[str]:
    """The spellings that the stem may have without the ending, likeliest first."""
    if ending.startswith("'") and ending not in ("'d", "'st"):
        yield stem
        return
    mute = _LONG_VOWEL.search(stem) and ending[0] in "e'iay"
    yield from (stem + "e", stem) if mute else (stem, stem + "e")
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1] + "y"


def _attached(sounds: Sounds, spoken: str) -> Sounds:
    last = sounds[-1]
    if spoken == "S":
        if last in _SIBILANT:
            return ("AH0", "Z")
        return ("S",) if last in _VOICELESS else ("Z",)
    if spoken == "D":
        if last in ("T", "D"):
            return ("AH0", "D")
        return ("T",) if last in _VOICELESS or last in ("S", "SH", "CH") else ("D",)
    added = tuple(spoken.split())
    return added[1:] if added[:2] == ("L", "IY0") and last == "L" else added


def _prefixed(word: str, depth: int) -> Iterator[Sounds]:
    """*unfather* is *un* and *father*, before *unfath* and *er* are thought of."""
    for prefix, spoken in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > _SHORTEST_STEM:
            yield from (tuple(spoken.split()) + sounds for sounds in lookup(word[len(prefix) :]))


def _respelled(word: str, depth: int) -> Iterator[Sounds]:
    for british, american in _RESPELLINGS:
        if british.search(word):
            yield from _find(british.sub(american, word), min(depth, 1))


@lru_cache(maxsize=20_000)
def compound(word: str) -> tuple[Sounds, ...]:
    """Return how two dictionary words in one would sound, for want of better; () where none is.

    The second keeps its stress as a secondary one: *candlestick*. Right in stress for six words in
    ten, so a guess of the network goes before it.
    """
    splits = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1) if len(word) <= _LONGEST else ()
    for at in sorted(splits, key=lambda at: abs(2 * at - len(word))):
        first, second = lookup(word[:at]), lookup(word[at:])
        if first and second:
            lighter = tuple(sound.replace("1", "2") for sound in second[0])
            return tuple(sounds + lighter for sounds in first)
    return ()
