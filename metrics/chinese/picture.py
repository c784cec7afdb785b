"""A poem as drawn: rows of characters with signs under them, in three renderings.

``Picture`` is plain data; ``plain``, ``rich_text`` and ``html`` render it. Colour never says what
a sign does not say too::

      1  白 日 依 山 尽                   the characters
         仄 仄 平 平 仄                   their tones: 平 level, 仄 oblique, 通 either, ？ unknown
         中 仄 平 平 仄                   the pattern: 中 either will do; ! fault, ~ licence
"""

from __future__ import annotations

import html as _html
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.chinese.faults import Remark

if TYPE_CHECKING:
    from rich.text import Text as RichText

LEGEND = "平 level · 仄 oblique · 通 either · ？ unknown · 中 free · ! fault · ~ licence"
TONE = {"L": "平", "O": "仄", "B": "通", "?": "？"}
_MARK = {"fault": "!", "warning": "~", "note": "~"}
_INDENT = "     "
MOST_LINES, MOST_CHARACTERS = 64, 32  # a text that is no poem is not drawn in full


@dataclass(frozen=True)
class Cell:
    """One character as drawn: its tone, the tone wanted, and the mark on it (``!``, ``~``, "")."""

    text: str
    tone: str
    wanted: str
    mark: str


@dataclass(frozen=True)
class DrawnLine:
    """One line as drawn.

    Attributes:
        number: from 1.
        cells: its characters.
        rhyme: the group its last character rhymes in, or "".
        echo: number of the line before it that it rhymes with, or 0.
        remarks: (mark, words) of what there is to say about it.
    """

    number: int
    cells: tuple[Cell, ...]
    rhyme: str
    echo: int
    remarks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A whole poem as drawn.

    Attributes:
        heading: the verdict in words, a row each; the first is the most important.
        lines: the lines drawn, at most ``MOST_LINES``.
        left_out: lines that are not.
        title: rows above the poem.
    """

    heading: tuple[str, ...]
    lines: tuple[DrawnLine, ...]
    left_out: int = 0
    title: tuple[str, ...] = ()


def draw_line(
    number: int,
    text: str,
    classes: str,
    wanted: str,
    remarks: Iterable[Remark],
    rhyme: tuple[str, int] = ("", 0),
) -> DrawnLine:
    """Draw one line.

    Args:
        number: of the line, from 1.
        text: its characters.
        classes: their tone classes, L, O, B or ?.
        wanted: the signs of the pattern, or "" where there is none.
        remarks: what there is to say about it.
        rhyme: the rhyme of its last character, and the line before it that it rhymes with (or 0).
    """
    found = list(remarks)
    # A fault is drawn over a licence on the same character.
    by_weight = sorted(found, key=lambda remark: remark.kind.severity == "fault")
    marks = {remark.character: _MARK[remark.kind.severity] for remark in by_weight}
    signs = wanted or " " * len(text)
    return DrawnLine(
        number=number,
        cells=tuple(
            Cell(visible(char), TONE[tone], sign, marks.get(place, ""))
            for place, (char, tone, sign) in enumerate(
                zip(text[:MOST_CHARACTERS], classes, signs, strict=False)
            )
        ),
        rhyme=rhyme[0],
        echo=rhyme[1],
        remarks=tuple((_MARK[remark.kind.severity], _words(remark, text)) for remark in found),
    )


def _words(remark: Remark, text: str) -> str:
    words = f"{remark.kind.english} {remark.kind.chinese}"
    return words if remark.character is None else f"{words} ({visible(text[remark.character])})"


def visible(text: str) -> str:
    """Replace controls, bidi marks and other characters that would disturb the layout."""
    return "".join(
        char if char.isprintable() and not unicodedata.combining(char) else "\ufffd"
        for char in text
    )


def plain(picture: Picture) -> str:
    """Draw in plain text."""
    rows = [*map(visible, picture.title), *map(visible, picture.heading)]
    for line in picture.lines:
        rows += ["", f"{line.number:>3}  {_row(line, 'text')}  {_rhyme(line)}".rstrip()]
        rows.append(_INDENT + _row(line, "tone").rstrip())
        for which in ("wanted", "mark"):
            if row := _row(line, which).rstrip():
                rows.append(_INDENT + row)
        rows += [f"{_INDENT}{mark} {words}" for mark, words in line.remarks]
    rows += _ending(picture)
    return "\n".join(rows) + "\n"


def _ending(picture: Picture) -> list[str]:
    more = [f"… {picture.left_out} more lines"] if picture.left_out else []
    return [*more, "", LEGEND] if picture.lines else []


def _rhyme(line: DrawnLine) -> str:
    return line.rhyme + (f" = {line.echo}" if line.echo else "")


def _row(line: DrawnLine, which: str) -> str:
    """Set the signs in columns of the width of a character and a space."""
    signs = (getattr(cell, which) for cell in line.cells)
    return " ".join(sign + " " * (2 - _width(sign)) for sign in signs)


def _width(sign: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in sign)


def rich_text(picture: Picture) -> RichText:
    """Draw as a ``rich.text.Text``, to be printed on any rich console; same signs as ``plain``."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ellipsis")
    for title in picture.title:
        text.append(visible(title) + "\n", style="italic")
    for i, words in enumerate(picture.heading):
        text.append(visible(words) + "\n", style="bold" if i == 0 else "")
    for line in picture.lines:
        text.append(f"\n{line.number:>3}  ", style="dim")
        for place, cell in enumerate(line.cells):
            rhymes = line.rhyme and place == len(line.cells) - 1
            style = _STYLES.get(cell.mark, "bold cyan" if rhymes else "")
            text.append(cell.text, style=style)
            text.append(" " * (3 - _width(cell.text)))
        text.append(f" {_rhyme(line)}".rstrip() + "\n", style="cyan")
        for which in ("tone", "wanted"):
            if _row(line, which).strip():
                text.append(_INDENT)
                for cell in line.cells:
                    sign: str = getattr(cell, which)
                    text.append(sign, style=_STYLES.get(cell.mark, "dim"))
                    text.append(" " * (3 - _width(sign)))
                text.append("\n")
        if marks := _row(line, "mark").rstrip():
            text.append(_INDENT + marks + "\n", style="bold")
        for mark, words in line.remarks:
            text.append(f"{_INDENT}{mark} {visible(words)}\n", style=_STYLES[mark])
    for row in _ending(picture):
        text.append(row + "\n", style="dim")
    return text


_STYLES = {"!": "bold red", "~": "yellow"}

STYLE = """<style>
.vb-zh{line-height:1.2}
.vb-zh ol{list-style:none;padding:0;margin:0}
.vb-zh li{margin:.5em 0}
.vb-zh span.char{display:inline-block;width:1.8em;text-align:center;font-size:120%}
.vb-zh span.char i,.vb-zh span.char b{display:block;font:normal 60%/1.3 sans-serif;opacity:.7}
.vb-zh .fault,.vb-zh .faults{color:#b00020}
.vb-zh .licence{color:#8a5a00}
.vb-zh .rhymes,.vb-zh .rhyme{color:#0072b2;font-weight:bold}
.vb-zh .faults,.vb-zh .licences,.vb-zh .legend{font-size:85%}
</style>"""


def html(picture: Picture, style: bool = True) -> str:
    """Draw as an HTML fragment, all text escaped; its style sheet goes first unless told not to."""
    rows = [_html.escape(visible(words)) for words in (*picture.title, *picture.heading)]
    lines = [
        STYLE if style else "",
        f'<figure class="vb-zh"><figcaption>{"<br>".join(rows)}</figcaption><ol>',
        *map(_html_line, picture.lines),
        "</ol>",
        *(f'<p class="legend">{_html.escape(row)}</p>' for row in _ending(picture) if row),
        "</figure>",
    ]
    return "\n".join(filter(None, lines)) + "\n"


def _html_line(line: DrawnLine) -> str:
    kinds = {"!": " fault", "~": " licence"}
    cells = []
    for place, cell in enumerate(line.cells):
        rhymes = " rhymes" if line.rhyme and place == len(line.cells) - 1 else ""
        below = f"<b>{cell.wanted} {cell.mark}</b>" if cell.wanted.strip() else ""
        cells.append(
            f'<span class="char{kinds.get(cell.mark, "")}{rhymes}">{_html.escape(cell.text)}'
            f"<i>{cell.tone}</i>{below}</span>"
        )
    rhyme = f'<span class="rhyme">{_html.escape(_rhyme(line))}</span>'
    words = "".join(
        f'<div class="{"faults" if mark == "!" else "licences"}">{mark} {_html.escape(words)}</div>'
        for mark, words in line.remarks
    )
    return f"<li>{''.join(cells)}{rhyme}{words}</li>"
