"""Rhyme (押韵): even lines in one level group, line 1 with them, with a neighbour, or oblique.

Source: 王力《诗词格律》 chapter 2 section 1; 《汉语诗律学》 sections 3-5 (first line in a
neighbour group, 孤雁出群). A poem whose even lines share an oblique group is old-style verse
(仄韵): it rhymes, but is not regulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from metrics.chinese.books import UNKNOWN, Book
from metrics.chinese.faults import Remark
from metrics.chinese.sound_table import merged_characters

RhymeTone = Literal["level", "oblique"]
FirstLine = Literal["rhymes", "neighbour", "free"]


class Rhyme(NamedTuple):
    """How a poem rhymes.

    Attributes:
        tone: tone of the rhyme that all even lines share; None where they share none.
        group: its group (the most frequent one where not all lines share it), or None.
        lines: indices of the lines that rhyme in it, line 1 included.
        share: share of the even lines in it; 0 where no two of them rhyme.
        first_line: whether line 1 rhymes, rhymes in a neighbour group, or is free.
        remarks: what is wrong with the rhyme, and licences taken.
    """

    tone: RhymeTone | None
    group: str | None
    lines: tuple[int, ...]
    share: float
    first_line: FirstLine
    remarks: tuple[Remark, ...]


def assess_rhyme(ends: Sequence[str], book: Book) -> Rhyme:
    """Judge the last characters of a poem's lines, two or more in number."""
    known = book.rows.get
    rows = [known(char, UNKNOWN) for char in ends]
    even = _even(len(rows))
    level = oblique = -1
    for _, level_groups, oblique_groups in rows[1::2]:
        level &= level_groups
        oblique &= oblique_groups
    tone: RhymeTone | None = "level" if level else "oblique" if oblique else None
    shared = level or oblique or _most_frequent(rows[1::2])
    if not shared:
        return Rhyme(None, None, (), 0.0, "free", _all_out(ends))
    _, first_level, first_oblique = rows[0]
    first_groups = first_oblique if tone == "oblique" else first_level
    group = shared & first_groups or shared
    group &= -group  # one of several
    lines = even if tone else tuple([i for i in even if rows[i][1] & group])
    share = 1.0 if tone else len(lines) / len(even)
    remarks: list[Remark] = []
    if tone is None:
        remarks = [Remark("out_of_rhyme", i) for i in even if i not in lines]
    elif tone == "oblique":
        remarks = [Remark("oblique_rhyme", 1)]
    first: FirstLine = "free"
    if first_groups & group:
        first = "rhymes"
        lines = (0, *lines)
    elif tone != "oblique" and first_groups & book.near.get(group, 0):
        first = "neighbour"
    words = [ends[i] for i in lines]
    if len(set(words)) < len(words):
        remarks += _repeated(lines, words)
    name = book.groups[group.bit_length() - 1]
    return Rhyme(tone, name, lines, share, first, tuple(remarks))


@cache
def _even(lines: int) -> tuple[int, ...]:
    return tuple(range(1, lines, 2))


def _most_frequent(rows: Sequence[tuple[str, int, int]]) -> int:
    """Return the level groups that most of these lines share; 0 where no two of them rhyme."""
    counts: dict[int, int] = {}
    for _, level, _ in rows:
        left = level
        while left:
            group = left & -left
            counts[group] = counts.get(group, 0) + 1
            left ^= group
    most = max(counts.values(), default=0)
    return sum(group for group, count in counts.items() if count == most) if most > 1 else 0


def _all_out(ends: Sequence[str]) -> tuple[Remark, ...]:
    return tuple(Remark("out_of_rhyme", i) for i in range(3, len(ends), 2))


def _repeated(lines: Sequence[int], words: Sequence[str]) -> list[Remark]:
    found = []
    for position, word in enumerate(words):
        if word in words[:position]:
            key = "repeated_rhyme_form" if word in merged_characters() else "repeated_rhyme"
            found.append(Remark(key, lines[position]))
    return found
