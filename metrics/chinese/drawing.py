"""The picture of a judged poem: its characters, their tones, the pattern, faults, rhyme words.

One description (``drawn``) feeds three renderings: plain text, rich text for a terminal, and an
HTML fragment. Colour never says anything that a sign does not say too::

      1  白 日 依 山 尽                   the characters
         仄 仄 平 平 仄                   their tones: 平 level, 仄 oblique, 通 either, ？ unknown
         中 仄 平 平 仄                   the pattern: 中 either will do; ! fault, ~ licence
"""

from __future__ import annotations

import html as _html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.chinese.patterns import accepted_form
from metrics.chinese.reference import reference
from metrics.chinese.verdict import PoemVerdict

if TYPE_CHECKING:
    from rich.text import Text as RichText

LEGEND = "平 level · 仄 oblique · 通 either · ？ unknown · 中 free · ! fault · ~ licence"
_TONE = {"L": "平", "O": "仄", "B": "通", "?": "？"}
_WANTED = {"L": "平", "O": "仄", ".": "中", " ": " "}
_MARK = {"fault": "!", "warning": "~", "note": "~"}
_INDENT = "     "
_MOST_LINES, _MOST_CHARACTERS = 64, 32  # a text that is no poem is not drawn in full


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


def drawn(verdict: PoemVerdict) -> Iterator[DrawnLine]:
    """Yield the lines of a verdict as they are drawn."""
    rhyming = verdict.rhyme.lines if verdict.rhyme else ()
    group = (verdict.rhyme.group if verdict.rhyme else None) or ""
    for i, line in enumerate(verdict.lines[:_MOST_LINES]):
        remarks = [remark for remark in verdict.remarks if remark.line == i]
        # A fault is drawn over a licence on the same character.
        marks = {
            remark.character: _MARK[remark.kind.severity]
            for remark in sorted(remarks, key=lambda remark: remark.kind.severity == "fault")
        }
        before = [other for other in rhyming if other < i]
        yield DrawnLine(
            number=i + 1,
            cells=tuple(
                Cell(_visible(char), _TONE[tone], _WANTED[wanted], marks.get(place, ""))
                for place, (char, tone, wanted) in enumerate(
                    zip(
                        line[:_MOST_CHARACTERS],
                        verdict.classes[i],
                        _pattern(verdict, i).ljust(_MOST_CHARACTERS),
                        strict=False,
                    )
                )
            ),
            rhyme=group if i in rhyming else "",
            echo=before[-1] + 1 if i in rhyming and before else 0,
            remarks=tuple(
                (
                    _MARK[remark.kind.severity],
                    f"{remark.kind.english} {remark.kind.chinese}"
                    + ("" if remark.character is None else f" ({line[remark.character]})"),
                )
                for remark in remarks
            ),
        )


def _pattern(verdict: PoemVerdict, line: int) -> str:
    """Return the form of the line type that the line takes, or comes nearest to."""
    if verdict.tones is None:
        return ""
    tones = verdict.tones
    return accepted_form(tones.types[line], tones.forms[line], len(verdict.lines[line]))


def heading(verdict: PoemVerdict) -> tuple[str, ...]:
    """Return the verdict in words, a line each: form, pattern, tones, rhyme."""
    form, tones, rhyme = verdict.form, verdict.tones, verdict.rhyme
    if form is None or tones is None or rhyme is None:
        return (f"not in form 不工整: {verdict.reason}",)
    kept = "regulated 合律" if verdict.regulated else "not regulated 不合律"
    more = f"; the text goes on for {verdict.cut.extra} lines" if verdict.cut.extra else ""
    first = f"{form.chinese} {form.english}: {kept}{more}"
    pattern = verdict.pattern or "none of the sixteen; line types " + tones.types
    rows = [first, f"pattern {pattern}", f"tones 平仄 {tones.score:.0%} of the fixed places"]
    human, chance = (reference(row, form.key, "zh_tone_score") for row in ("human", "shuffled"))
    if human and chance:
        rows[-1] += f" (Tang poets {human.value:.0%}, by chance {chance.value:.0%})"
    if rhyme.group is None:
        rows.append(f"no rhyme in {verdict.book.chinese}")
    else:
        lines = " ".join(str(line + 1) for line in rhyme.lines)
        rows.append(f"rhyme 押韵 {rhyme.group} ({verdict.book.chinese}), lines {lines}")
    return tuple(rows)


def plain(verdict: PoemVerdict) -> str:
    """Draw in plain text."""
    rows = [*map(_visible, verdict.cut.title), *map(_visible, heading(verdict))]
    for line in drawn(verdict):
        rows += ["", f"{line.number:>3}  {_row(line, 'text')}  {_rhyme(line)}".rstrip()]
        rows.append(_INDENT + _row(line, "tone").rstrip())
        for which in ("wanted", "mark"):
            if row := _row(line, which).rstrip():
                rows.append(_INDENT + row)
        rows += [f"{_INDENT}{mark} {words}" for mark, words in line.remarks]
    rows += _ending(verdict)
    return "\n".join(rows) + "\n"


def _ending(verdict: PoemVerdict) -> list[str]:
    left = len(verdict.lines) - _MOST_LINES
    more = [f"… {left} more lines"] if left > 0 else []
    return [*more, "", LEGEND] if verdict.lines else []


def _rhyme(line: DrawnLine) -> str:
    return line.rhyme + (f" = {line.echo}" if line.echo else "")


def _row(line: DrawnLine, which: str) -> str:
    """Set the signs in columns of the width of a character and a space."""
    signs = (getattr(cell, which) for cell in line.cells)
    return " ".join(sign + " " * (2 - _width(sign)) for sign in signs)


def _width(sign: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in sign)


def _visible(text: str) -> str:
    """Replace controls, bidi marks and other characters that would disturb the layout."""
    return "".join(
        char if char.isprintable() and not unicodedata.combining(char) else "\ufffd"
        for char in text
    )


def rich_text(verdict: PoemVerdict) -> RichText:
    """Draw as a ``rich.text.Text``, to be printed on any rich console; same signs as ``plain``."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ellipsis")
    for title in verdict.cut.title:
        text.append(_visible(title) + "\n", style="italic")
    for i, words in enumerate(heading(verdict)):
        text.append(_visible(words) + "\n", style="bold" if i == 0 else "")
    for line in drawn(verdict):
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
            text.append(f"{_INDENT}{mark} {_visible(words)}\n", style=_STYLES[mark])
    for row in _ending(verdict):
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


def html(verdict: PoemVerdict, style: bool = True) -> str:
    """Draw as an HTML fragment, all text escaped; its style sheet goes first unless told not to."""
    rows = [_html.escape(_visible(words)) for words in (*verdict.cut.title, *heading(verdict))]
    lines = [
        STYLE if style else "",
        f'<figure class="vb-zh"><figcaption>{"<br>".join(rows)}</figcaption><ol>',
        *map(_html_line, drawn(verdict)),
        "</ol>",
        *(f'<p class="legend">{_html.escape(row)}</p>' for row in _ending(verdict) if row),
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
