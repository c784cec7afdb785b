"""Metres: the patterns of weak and strong places that lines of verse are laid on."""

from __future__ import annotations

from dataclasses import dataclass

WEAK, STRONG = "w", "s"


@dataclass(frozen=True, eq=False)
class Measure:
    """What one line of a metre looks like.

    Attributes:
        pattern: its places, ``w`` and ``s``; the last ones may be optional.
        feet: number of feet.
        starts: places at which a line may begin (a foot may lack its first weak place).
        ends: numbers of places after which a line may end.
    """

    pattern: str
    feet: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def _measure(foot: str, feet: int) -> Measure:
    whole = len(foot) * feet
    if foot == "ws":
        return Measure(foot * feet + "w", feet, (0,), (whole, whole + 1))
    if foot == "sw":
        return Measure(foot * feet, feet, (0,), (whole - 1, whole))
    return Measure(foot * feet + "ww", feet, (0, 1), (whole, whole + 1, whole + 2))


def _limerick_line(feet: int) -> Measure:
    return _measure("wws", feet)


@dataclass(frozen=True)
class Metre:
    """A named metre: the measures that its lines take in turn, from the start of each stanza."""

    name: str
    title: str
    measures: tuple[Measure, ...]

    def of_line(self, place: int) -> Measure:
        """Return the measure of the line at this place of its stanza, from 0."""
        return self.measures[place % len(self.measures)]


METRES = {
    metre.name: metre
    for metre in (
        Metre("iambic_pentameter", "iambic pentameter", (_measure("ws", 5),)),
        Metre("iambic_tetrameter", "iambic tetrameter", (_measure("ws", 4),)),
        Metre("common_metre", "common metre (8.6.8.6)", (_measure("ws", 4), _measure("ws", 3))),
        Metre("trochaic_tetrameter", "trochaic tetrameter", (_measure("sw", 4),)),
        Metre("anapaestic_tetrameter", "anapaestic tetrameter", (_measure("wws", 4),)),
        Metre("limerick", "limerick (3.3.2.2.3)", tuple(map(_limerick_line, (3, 3, 2, 2, 3)))),
    )
}
