"""The verdict on each line: its syllables with stress and place, its rhyme letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.english.poem import Poem
from metrics.english.scansion import Scansion
from metrics.english.stress import FUNCTION_WORDS, spelled_as, spoken
from metrics.english.verdict import LineVerdict, SyllableVerdict
from metrics.english.words import Word

_Mark = tuple[str, str | None, bool]  # stress, place, fault of one syllable


def line_verdicts(
    poem: Poem, scheme: str, scansions: Sequence[Scansion | None]
) -> tuple[LineVerdict, ...]:
    """Return one verdict per line; a line without scansion has the stresses of the dictionary."""
    stanza = 0
    found = []
    starts = {0, *poem.breaks}
    for i, (line, words, scansion) in enumerate(
        zip(poem.lines, poem.words, scansions, strict=True)
    ):
        stanza += i in starts
        found.append(
            LineVerdict(
                text=line,
                stanza=stanza,
                syllables=tuple(_syllables(line, words, _marks(words, scansion))),
                end=words[-1].text,
                end_source=words[-1].source,
                rhyme=scheme[i],
                strict=scansion.strict if scansion else None,
                loose=scansion.loose if scansion else None,
                fit=scansion.fit if scansion else None,
                licences=_licences(scansion),
            )
        )
    return tuple(found)


def _licences(scansion: Scansion | None) -> tuple[str, ...]:
    if scansion is None:
        return ()
    used = (("inversion", scansion.inverted), ("elision", bool(scansion.elisions)))
    return tuple(name for name, there in used if there)


def _marks(words: Sequence[Word], scansion: Scansion | None) -> list[list[_Mark]]:
    """Return the marks of each word's syllables."""
    marks: list[list[_Mark]] = [[] for _ in words]
    if scansion is None:
        for own, word in zip(marks, words, strict=True):
            own += [(stress, None, False) for stress in spoken(word.key, word.sounds)[0]]
    else:
        for syllable in scansion.syllables:
            marks[syllable.word].append((syllable.stress, syllable.place, syllable.fault))
    for own, word in zip(marks, words, strict=True):
        if len(own) == 1 and word.key in FUNCTION_WORDS:
            own[0] = ("0", *own[0][1:])  # the dictionary says them alone, where they are stressed
    return marks


def _syllables(
    line: str, words: Sequence[Word], marks: Sequence[Sequence[_Mark]]
) -> Iterator[SyllableVerdict]:
    """Yield the syllables; what stands between words goes with the syllable before it."""
    pieces: list[tuple[str, _Mark]] = []
    begun = ""  # what stands before the first syllable
    at = 0
    for word, own in zip(words, marks, strict=True):
        gap, at = line[at : word.start], word.start + len(word.text)
        if pieces:
            pieces[-1] = (pieces[-1][0] + gap, pieces[-1][1])
        else:
            begun += gap
        if not own:  # th' has no syllable of its own
            begun += word.text if not pieces else ""
            if pieces:
                pieces[-1] = (pieces[-1][0] + word.text, pieces[-1][1])
            continue
        texts = spelled_as(word.text, len(own))
        pieces += [(begun + texts[0], own[0]), *zip(texts[1:], own[1:], strict=True)]
        begun = ""
    if pieces:
        pieces[-1] = (pieces[-1][0] + line[at:], pieces[-1][1])
    for text, (stress, place, fault) in pieces:
        yield SyllableVerdict(text, stress, place, fault)
