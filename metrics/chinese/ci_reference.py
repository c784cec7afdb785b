"""What to compare a lyric 词 with: Song lyrics, and the same lyrics with shuffled characters."""

from __future__ import annotations

from metrics.chinese.sound_table import DATA
from metrics.reference import ReferenceRow, read_rows

POEMS = "Song lyrics"
TITLES = {
    "human": "Song lyrics",
    "shuffled": "the same, characters shuffled",
}
# Shuffling the characters of a lyric keeps these as they are: its value in them is no chance level.
UNCHANGED = frozenset({"zh_ci_in_form"})


def reference_rows() -> tuple[ReferenceRow, ...]:
    """Return all comparison rows, computed by ``build/ci_reference.py`` and shipped."""
    return read_rows(DATA / "ci_reference.json")
