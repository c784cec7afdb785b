"""Tang poems of regular shape: 4 or 8 lines of 5 or 7 characters, in one form of text.

The package keeps traditional characters and editors' marks: notes in brackets, variant readings,
□ for a lost character. A poem with anything that is not a plain character is cleaned or dropped,
since a model of four million parameters would learn the marks before the verse.
"""

import json
import re
from pathlib import Path

from . import sources

_NOTES = re.compile(
    r"（[^（）]*）|\([^()]*\)|〖[^〖〗]*〗|【[^【】]*】|\[[^\[\]]*\]|｛[^｛｝]*｝|\{[^{}]*\}"
)
_BREAKS = re.compile(r"[，。？！；、：,.?!;:\s]+")
_CHARACTERS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def tang_texts(folder: Path) -> list[str]:
    """Return the regular Tang poems, each once, fetching the package into `folder`."""
    package = sources.fetch(sources.TANG, folder)
    poems: dict[str, None] = {}
    for path in sorted(package.rglob("quantangshi/poet.tang.*.json")):
        for record in json.loads(path.read_text(encoding="utf-8")):
            lines = verse_lines("".join(record["paragraphs"]))
            if lines and shape(lines):
                poems[poem_text(lines)] = None
    return list(poems)


def verse_lines(text: str) -> list[str] | None:
    """Split a poem into lines without punctuation; None if a line holds foreign marks.

    Editors' notes in brackets go first, with what they hold.
    """
    bare = text
    while (shorter := _NOTES.sub("", bare)) != bare:
        bare = shorter
    lines = [line for line in _BREAKS.split(bare) if line]
    return lines if lines and all(_CHARACTERS.fullmatch(line) for line in lines) else None


def shape(lines: list[str]) -> tuple[int, int] | None:
    """Return (number of lines, characters in a line) of a regular poem, else None."""
    widths = {len(line) for line in lines}
    if len(lines) in (4, 8) and len(widths) == 1 and widths <= {5, 7}:
        return len(lines), widths.pop()
    return None


def poem_text(lines: list[str]) -> str:
    """Write lines as training text: ，after odd and 。after even lines."""
    return "".join(line + "，。"[i % 2] for i, line in enumerate(lines))
