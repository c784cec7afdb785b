"""What stands against a form, fault by fault, each with its line and syllable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.english.poem import Poem
from metrics.english.scansion import Scansion
from metrics.english.scheme import SchemeScore
from metrics.english.verdict import Fault


def faults_of(
    poem: Poem,
    scheme: SchemeScore,
    scansions: Sequence[Scansion | None],
    counts: Sequence[tuple[int, int, int]] = (),
) -> tuple[Fault, ...]:
    """Return all faults in the order of lines.

    Args:
        poem: the poem judged.
        scheme: how its rhymes agree with the wanted scheme.
        scansions: of each line; None where no metre is wanted.
        counts: for each line the wanted, fewest and most syllables, where a form counts them.
    """
    found = [
        *_rhyme_faults(poem, scheme),
        *(fault for i, one in enumerate(scansions) if one for fault in _metre_faults(i, one)),
        *_count_faults(counts),
        *_unknown(poem),
    ]
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.syllable or 0, fault.key)))


def _rhyme_faults(poem: Poem, scheme: SchemeScore) -> Iterator[Fault]:
    wordings = (
        ("broken_rhyme", scheme.broken, "{b} does not rhyme with {a} (line {i})"),
        ("repeated_word", scheme.repeated, "{b} repeats the word of line {i}, which is no rhyme"),
        ("stray_rhyme", scheme.stray, "{b} rhymes with {a} (line {i}) against the scheme"),
    )
    for key, pairs, wording in wordings:
        for i, j in pairs:
            text = wording.format(a=poem.ends[i].text, b=poem.ends[j].text, i=i + 1)
            yield Fault(key, j + 1, None, text)


def _metre_faults(line: int, scansion: Scansion) -> Iterator[Fault]:
    for number, syllable in enumerate(scansion.syllables, start=1):
        if not syllable.fault:
            continue
        if syllable.place is None:
            yield Fault("extra_syllable", line + 1, number, "a syllable more than the metre has")
        else:
            own = "stressed" if syllable.stress == "1" else "unstressed"
            where = "strong" if syllable.place == "s" else "weak"
            yield Fault("stress", line + 1, number, f"{own} syllable in a {where} place")
    if scansion.missing:
        places = "place" if scansion.missing == 1 else "places"
        text = f"{scansion.missing} {places} of the metre without a syllable"
        yield Fault("missing_syllable", line + 1, None, text)


def _count_faults(counts: Sequence[tuple[int, int, int]]) -> Iterator[Fault]:
    for line, (wanted, fewest, most) in enumerate(counts, start=1):
        if not fewest <= wanted <= most:
            found = str(fewest) if fewest == most else f"{fewest} to {most}"
            yield Fault("syllable_count", line, None, f"{found} syllables, {wanted} wanted")


def _unknown(poem: Poem) -> Iterator[Fault]:
    for line, words in enumerate(poem.words, start=1):
        for word in words:
            if not word.sounds:
                yield Fault("unknown_word", line, None, f"{word.text}: its sounds are not known")
