"""What to compare a value with: human Tang poems, and the same poems with shuffled characters."""

from __future__ import annotations

from metrics.chinese.sound_table import DATA
from metrics.reference import ReferenceRow, read_rows

POEMS = "Tang poems"
TITLES = {
    "human": "Tang poems",
    "shuffled": "the same, characters shuffled",
}
# Shuffling the characters of a poem keeps these as they are: its value in them is no chance level.
UNCHANGED = frozenset({"zh_in_form", "zh_opens_in_form", "zh_coverage", "zh_ambiguous"})


def reference_rows() -> tuple[ReferenceRow, ...]:
    """Return all comparison rows, computed by ``build/reference.py`` and shipped."""
    return read_rows(DATA / "reference.json")


def reference(row: str, form: str, metric: str) -> ReferenceRow | None:
    """Return one row's value of one metric for one form, if there is one."""
    wanted = (row, form, metric)
    return next((r for r in reference_rows() if (r.row, r.form, r.metric) == wanted), None)
