"""What to compare a value with: human sonnets, and the same sonnets with shuffled words."""

from __future__ import annotations

from pathlib import Path

from metrics.reference import ReferenceRow, read_rows

_FILE = Path(__file__).parent / "data" / "reference.json"
POEMS = "sonnets"
TITLES = {
    "human": "Shakespeare's sonnets",
    "shuffled": "the same, words of each line shuffled",
}
# Shuffling the words of a line keeps these as they are: its value in them is no chance level.
UNCHANGED = frozenset({"en_in_form", "en_syllables", "en_unknown_words"})


def reference_rows() -> tuple[ReferenceRow, ...]:
    """Return all comparison rows, computed by ``build/make_reference.py`` and shipped."""
    return read_rows(_FILE)


def reference(row: str, form: str, metric: str) -> ReferenceRow | None:
    """Return one row's value of one metric for one form, if there is one."""
    wanted = (row, form, metric)
    return next((r for r in reference_rows() if (r.row, r.form, r.metric) == wanted), None)
