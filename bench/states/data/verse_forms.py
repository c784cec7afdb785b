"""The four regular forms of verse, by shape alone, under the names that they have everywhere."""

from __future__ import annotations

from bench.presets.training.tang import shape, verse_lines

FORMS = {(4, 5): "wujue", (4, 7): "qijue", (8, 5): "wulv", (8, 7): "qilv"}
"""(Lines, characters in a line) -> name."""
OTHER_FORMS = "other forms"
"""Why a poem is left out that is of none of the forms asked for."""


def form_of(poem: str) -> str | None:
    """Return the form of a poem; None where its shape is of none."""
    lines = verse_lines(poem)
    regular = shape(lines) if lines else None
    return FORMS[regular] if regular else None
