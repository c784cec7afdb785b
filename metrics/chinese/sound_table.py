"""The sound table: the readings of 22,776 characters in the 106 rhyme groups of 平水韵.

One line per character of ``data/sounds.tsv``: the character, its readings, and ``=`` for a
simplified character that stands for several old ones. A reading is tone and group (``平东``,
``去送``), then the division of 词林正韵 where that book splits the group (``平灰5``), then ``-``
for a tone that Tang poets hardly used. How it is made: ``metrics.chinese.build.sound_table``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a character.

    Attributes:
        tone: 平, 上, 去 or 入; in the modern books 平 or 仄.
        group: the rhyme group, e.g. ``东``; in 词林正韵 the number of the division.
        rare: its tone hardly occurs in Tang verse.
        divisions: the divisions of 词林正韵, where that book splits the group.
    """

    tone: str
    group: str
    rare: bool = False
    divisions: tuple[str, ...] = ()

    @property
    def level(self) -> bool:
        """Whether the tone is level (平); the others are oblique (仄)."""
        return self.tone == "平"


@cache
def rows() -> dict[str, str]:
    """Return each character's readings as written in the table."""
    return _table("sounds.tsv")


@cache
def modern_rows() -> dict[str, str]:
    """Return each character's finals in modern Mandarin, as written in ``data/modern.tsv``."""
    return _table("modern.tsv")


@cache
def variants() -> dict[str, str]:
    """Return, for characters outside the table, the form of the same word that is in it."""
    return _table("variants.tsv")


@cache
def readings_of_row(row: str) -> tuple[Reading, ...]:
    """Return the readings that one row of the table writes; many characters share a row."""
    return tuple(_reading(written) for written in row.split("\t")[0].split())


@cache
def merged_characters() -> frozenset[str]:
    """Return the simplified characters that stand for several old ones, as 台 for 台, 臺 and 颱."""
    return frozenset(char for char, row in rows().items() if row.endswith("="))


def _table(name: str) -> dict[str, str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return {line[0]: line[2:] for line in lines}


def _reading(written: str) -> Reading:
    rare = written.endswith("-")
    name = written.rstrip("-")
    group = name[1:].rstrip("0123456789/")
    divisions = name[1 + len(group) :]
    return Reading(name[0], group, rare, tuple(divisions.split("/")) if divisions else ())
