"""Generated text is hostile: make what a terminal would obey into something to see.

A model can write escape sequences, bidirectional overrides and NULs as well as words. Whatever
would move the cursor, change colours, hide or turn around text is shown as a visible sign:
control characters as their pictures (␛, ␀), the others as their code point (\\u202e).
"""

from __future__ import annotations

import unicodedata

_JOINERS = (0x200C, 0x200D)  # part of correct Persian, Hindi and emoji; they move nothing
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class _Signs(dict[int, str | int]):
    """A ``str.translate`` table filled as characters are met."""

    def __missing__(self, code: int) -> str | int:
        sign: str | int = code
        if code < 0x20:
            sign = chr(0x2400 + code)
        elif code == 0x7F:
            sign = "␡"
        elif unicodedata.category(chr(code)) in _HIDDEN and code not in _JOINERS:
            sign = f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
        if len(self) < 50_000:
            self[code] = sign
        return sign


_LINE = _Signs({0x0A: "⏎"})
_LINES = _Signs({0x0A: "\n"})


def one_line(text: object) -> str:
    """Return ``text`` on one line, safe for a terminal; a line break becomes ``⏎``."""
    return str(text).translate(_LINE)


def lines(text: object) -> str:
    """Return ``text`` safe for a terminal, with its line breaks (CR LF is one, too)."""
    return str(text).replace("\r\n", "\n").translate(_LINES)


def shortened(text: str, limit: int) -> str:
    """Cut ``text`` to ``limit`` characters, and say how many are left out."""
    left = len(text) - limit
    return text if left <= 0 else f"{text[:limit]}… ({left:,} more characters)"
