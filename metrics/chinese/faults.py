"""What can be said of a place in a poem: faults, warnings and notes, with their names.

A fault keeps a poem from being regulated (in the mode asked for); a warning is what the rule books
advise against; a note names a licence that was taken. Terms as in 王力《诗词格律》, chapter 2.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["fault", "warning", "note"]


class Kind(NamedTuple):
    """A kind of remark: its English name, the Chinese term, how much it weighs."""

    english: str
    chinese: str
    severity: Severity


KINDS: dict[str, Kind] = {
    "wrong_tone": Kind("tone against the pattern", "失律", "fault"),
    "three_level_endings": Kind("three level endings", "三平尾", "fault"),
    "three_oblique_endings": Kind("three oblique endings", "三仄尾", "fault"),
    "lone_level": Kind("lone level syllable", "孤平", "fault"),
    "special_twist_oblique": Kind("twist after an oblique first syllable", "特拗首仄", "fault"),
    "unrescued_major_twist": Kind("major twist left unrescued", "大拗未救", "fault"),
    "unrescued_minor_twist": Kind("minor twist left unrescued", "小拗未救", "fault"),
    "level_ending": Kind("unrhymed line ends level", "出句平脚", "fault"),
    "oblique_ending": Kind("rhyming line ends oblique", "对句仄脚", "fault"),
    "lost_opposition": Kind("lines of a couplet do not oppose", "失对", "fault"),
    "lost_adhesion": Kind("couplets do not adhere", "失粘", "fault"),
    "unrhymed_first_line": Kind("level first line outside the rhyme", "首句平脚不入韵", "fault"),
    "out_of_rhyme": Kind("out of rhyme", "出韵", "fault"),
    "repeated_rhyme": Kind("rhyme word repeated", "重韵", "fault"),
    "oblique_rhyme": Kind("rhymes in an oblique tone: old-style verse", "仄韵", "fault"),
    "unknown_character": Kind("not in the rhyme book", "书中无字", "fault"),
    "three_oblique": Kind("three oblique endings", "三仄尾", "warning"),
    "repeated_rhyme_form": Kind("rhyme word repeated, perhaps two words", "重韵存疑", "warning"),
    "minor_twist": Kind("minor twist", "小拗", "note"),
    "minor_twist_rescued": Kind("minor twist, rescued by the next line", "小拗对句救", "note"),
    "major_twist_rescued": Kind("major twist, rescued by the next line", "大拗对句救", "note"),
    "special_twist": Kind("special twist", "特拗", "note"),
    "special_twist_licence": Kind("twist after an oblique first syllable", "特拗首仄", "note"),
    "self_rescue": Kind("lone level rescued in the line", "孤平拗救", "note"),
    "neighbour_first_line": Kind("first line rhymes in a neighbour group", "孤雁出群", "note"),
}


class Remark(NamedTuple):
    """Something found at one place of a poem.

    Attributes:
        key: stable ASCII key into ``KINDS``.
        line: index of the line, from 0.
        character: its index in the line, from 0; None where the whole line is meant.
    """

    key: str
    line: int
    character: int | None = None

    @property
    def kind(self) -> Kind:
        """Its names and weight."""
        return KINDS[self.key]

    def __str__(self) -> str:
        place = f"line {self.line + 1}"
        if self.character is not None:
            place += f", character {self.character + 1}"
        return f"{place}: {self.kind.english} {self.kind.chinese}"

    def as_dict(self) -> dict[str, str | int | None]:
        """Return it for JSON; lines and characters are counted from 1."""
        return {
            "key": self.key,
            "line": self.line + 1,
            "character": None if self.character is None else self.character + 1,
            "severity": self.kind.severity,
            "english": self.kind.english,
            "chinese": self.kind.chinese,
        }
