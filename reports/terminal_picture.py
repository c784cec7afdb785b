"""What a terminal shows, as an SVG picture."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_TEXT = re.compile(
    r'(?P<before><text [^>]*textLength=")(?P<length>[^"]*)(?P<after>"[^>]*>)(?P<text>[^<]+)'
)


def terminal_svg(console: Console, title: str) -> str:
    """Return what was printed to a console that records.

    Rich (15.0) gives a text as much room as it has characters, but a Chinese character takes two
    cells: its neighbours were drawn over each other.
    """
    return _TEXT.sub(_with_room, console.export_svg(title=title))


def _with_room(match: re.Match[str]) -> str:
    from rich.cells import cell_len

    text = html.unescape(match["text"])
    if text.isascii():
        return match[0]
    length = float(match["length"]) / len(text) * cell_len(text)
    return f"{match['before']}{length:g}{match['after']}{match['text']}"
