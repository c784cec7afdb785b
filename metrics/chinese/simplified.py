"""Traditional characters folded to simplified ones, one for one (OpenCC's TSCharacters)."""

from __future__ import annotations

from functools import cache

from metrics.chinese.sound_table import DATA


@cache
def _table() -> dict[int, str]:
    lines = (DATA / "simplified.tsv").read_text(encoding="utf-8").splitlines()
    return {ord(line[0]): line[2:] for line in lines}


def fold(text: str) -> str:
    """Return the text in simplified characters; its length stays the same."""
    return text.translate(_table())
