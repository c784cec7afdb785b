"""The picture of a judged poem: stress above each syllable, the metre below, faults marked, rhymes.

One description (``drawn``) feeds three renderings: plain text, rich text for a terminal, and an
HTML fragment. Colour never says anything that a sign does not say too::

    /   . .    /   .    .  /   .    /          stress: / main, \\ secondary, . none, ? unknown
    Making a famine where abundance lies,    A = 3  the text; rhyme letter; the line it rhymes with
    -   ^ -    ^   -    ^  -   ^    -  ^       metre: ^ strong place, - weak, ! fault, + too many
"""

from __future__ import annotations

import html as _html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.english.forms import FORMS, KINDS
from metrics.english.metre import METRES
from metrics.english.reference import reference
from metrics.english.rhyme import FULL
from metrics.english.scheme import UNKNOWN, UNRHYMED
from metrics.english.verdict import LineVerdict, PoemVerdict, SyllableVerdict

if TYPE_CHECKING:
    from rich.text import Text as RichText

LEGEND = (
    "/ main stress · \\ secondary · . none · ^ strong place · - weak · ! fault · + too many · "
    "= rhymes with line · ~ half rhymes"
)
_SONNET = "shakespearean_sonnet"  # the form of the comparison rows
_MOST_LINES = 200  # a longer text is not drawn to its end
_STRESS = {"1": "/", "2": "\\", "0": ".", "?": "?"}
_PLACE = {"s": "^", "w": "-"}
_FAULT, _TOO_MANY = "!", "+"
_INDENT = "    "
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red", "bright_cyan")


@dataclass(frozen=True)
class Cell:
    """One syllable as drawn: what stands above it, its text, what stands below it.

    ``kind`` is ``fault``, ``stressed`` or ``plain``; ``below`` is "" without a metre.
    """

    above: str
    text: str
    below: str
    kind: str


@dataclass(frozen=True)
class DrawnLine:
    """One line as drawn.

    Attributes:
        number: from 1.
        new_stanza: a blank line stands before it.
        cells: its syllables; their texts joined are the line.
        letter: of its rhyme.
        echo: the nearest earlier line that it rhymes with, as ``= 3 perfect``; or a weaker echo,
            as ``~ 3 consonance``; or "".
        faults: what is wrong with it, in words.
    """

    number: int
    new_stanza: bool
    cells: tuple[Cell, ...]
    letter: str
    echo: str
    faults: tuple[str, ...]


def drawn(verdict: PoemVerdict) -> Iterator[DrawnLine]:
    """Yield the lines of a verdict as they are drawn, at most 200."""
    echoes = _echoes(verdict)
    faults: dict[int, list[str]] = {}
    for fault in verdict.faults:
        where = f"syllable {fault.syllable}: " if fault.syllable else ""
        faults.setdefault(fault.line, []).append(_visible(where + fault.text))
    stanza = 1
    for i, line in enumerate(verdict.lines[:_MOST_LINES]):
        yield DrawnLine(
            number=i + 1,
            new_stanza=line.stanza != stanza,
            cells=_cells(line),
            letter=line.rhyme,
            echo=echoes.get(i + 1, ""),
            faults=tuple(faults.get(i + 1, ())),
        )
        stanza = line.stanza


def _cells(line: LineVerdict) -> tuple[Cell, ...]:
    return tuple(
        Cell(_STRESS[syllable.stress], _visible(syllable.text), *_below(syllable))
        for syllable in line.syllables
    )


def _below(syllable: SyllableVerdict) -> tuple[str, str]:
    kind = "stressed" if syllable.stress == "1" else "plain"
    if syllable.fault:
        return (_TOO_MANY if syllable.place is None else _FAULT), "fault"
    return _PLACE.get(syllable.place or "", ""), kind


def _echoes(verdict: PoemVerdict) -> dict[int, str]:
    """Say for each line which line before it echoes it best; of equals the nearest."""
    best: dict[int, tuple[int, int, str]] = {}
    for echo in verdict.echoes:
        full = echo.kind in FULL
        rank = 0 if full else 1 if echo.kind == "identity" else 2
        if rank == 2 and echo.kind not in ("consonance", "family"):
            continue  # assonance is too common to be drawn
        words = f"{'=' if full else '~'} {echo.first} {echo.kind}"
        key = (rank, echo.second - echo.first, words)
        best[echo.second] = min(best.get(echo.second, key), key)
    return {line: words for line, (_, _, words) in best.items()}


def _visible(text: str) -> str:
    """Replace controls, bidi marks and other characters that would disturb the layout."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def heading(verdict: PoemVerdict) -> tuple[str, ...]:
    """Return the verdict in words, a line each: form, rhyme, metre with its chance level, words."""
    return tuple(
        filter(None, (_form_words(verdict), _rhyme_words(verdict), *_metre_words(verdict)))
    )


def _form_words(verdict: PoemVerdict) -> str:
    if verdict.reason:
        asked = f"{_title(verdict.asked)}: not in form: " if verdict.asked else ""
        return asked + verdict.reason
    if verdict.form is None:
        return "no form recognised"
    return f"{_title(verdict.form)}: {'kept' if verdict.follows else 'not kept'}"


def _title(form: str | None) -> str:
    if form in KINDS:
        return form or ""
    return FORMS[form].title if form in FORMS else str(form)


def _rhyme_words(verdict: PoemVerdict) -> str:
    if not verdict.scheme:
        return ""
    if verdict.wanted_scheme is None:
        return f"rhyme scheme {verdict.scheme}"
    f1 = "none judged" if verdict.scheme_f1 is None else f"F1 {verdict.scheme_f1:.2f}"
    return f"rhyme scheme {verdict.scheme}, wanted {verdict.wanted_scheme}: {f1}"


def _metre_words(verdict: PoemVerdict) -> Iterator[str]:
    if verdict.metre is None or verdict.strict_share is None or verdict.loose_share is None:
        return
    yield (
        f"{METRES[verdict.metre].title}: {verdict.strict_share:.0%} of lines strict, "
        f"{verdict.loose_share:.0%} with licences, fit {verdict.fit or 0:.2f}"
    )
    human = reference("human", _SONNET, "en_pentameter")
    chance = reference("shuffled", _SONNET, "en_pentameter")
    if verdict.metre == "iambic_pentameter" and human and chance:
        yield f"  (strict by human hand {human.value:.0%}, by chance {chance.value:.0%})"


def plain(verdict: PoemVerdict) -> str:
    """Draw in plain text, three rows a line."""
    rows = [*map(_visible, heading(verdict)), ""] if verdict.lines else [*heading(verdict)]
    for line in drawn(verdict):
        if line.new_stanza:
            rows.append("")
        rows.append((_INDENT + _row(line, "above")).rstrip())
        text = "".join(cell.text for cell in line.cells)
        rows.append(f"{line.number:>3} {text}  {line.letter} {line.echo}".rstrip())
        if below := _row(line, "below").rstrip():
            rows.append(_INDENT + below)
        rows += [f"{_INDENT}{_FAULT} {fault}" for fault in line.faults]
    return "\n".join(rows) + "\n"


def _row(line: DrawnLine, which: str) -> str:
    """Set each syllable's sign above or below the syllable's first letter."""
    row = ""
    for cell in line.cells:
        lead = len(cell.text) - len(cell.text.lstrip("'\"“‘(-– "))
        sign = cell.above if which == "above" else cell.below
        width = _width(cell.text)
        row += (" " * min(lead, max(0, width - 1)) + sign).ljust(width)
    return row


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def rich_text(verdict: PoemVerdict) -> RichText:
    """Draw as a ``rich.text.Text``, to be printed on any rich console; same signs as ``plain``."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ellipsis")
    for i, words in enumerate(heading(verdict)):
        text.append(_visible(words) + "\n", style="bold" if i == 0 else "")
    for line in drawn(verdict):
        text.append("\n" if line.new_stanza or line.number == 1 else "")
        text.append(_INDENT + _row(line, "above").rstrip() + "\n", style="dim")
        text.append(f"{line.number:>3} ", style="dim")
        for cell in line.cells:
            text.append(
                cell.text, style={"fault": "bold red", "stressed": "bold"}.get(cell.kind, "")
            )
        text.append(f"  {line.letter}", style=_rhyme_style(line.letter))
        text.append(f" {line.echo}\n" if line.echo else "\n", style="dim")
        if below := _row(line, "below").rstrip():
            for sign in _INDENT + below:
                text.append(sign, style="bold red" if sign in (_FAULT, _TOO_MANY) else "dim")
            text.append("\n")
        for fault in line.faults:
            text.append(f"{_INDENT}{_FAULT} {fault}\n", style="red")
    return text


def _rhyme_style(letter: str) -> str:
    if letter in (UNRHYMED, UNKNOWN):
        return "dim"
    return f"bold {_COLOURS[ord(letter) % len(_COLOURS)]}"


STYLE = """<style>
.vb-en{font-family:Georgia,serif;line-height:1.1}
.vb-en ol{list-style:none;padding:0;margin:0}
.vb-en li{margin:.35em 0}
.vb-en li.stanza{margin-top:1.4em}
.vb-en span.syl{display:inline-block;text-align:left;white-space:pre;vertical-align:bottom}
.vb-en span.syl i,.vb-en span.syl b{display:block;font:normal 75%/1 monospace;opacity:.65}
.vb-en .stressed{font-weight:600}
.vb-en .fault,.vb-en .faults{color:#b00020}
.vb-en .rhyme{margin-left:1em;font-weight:bold}
.vb-en .r0{color:#0072b2}.vb-en .r1{color:#a3006e}.vb-en .r2{color:#00704f}
.vb-en .r3{color:#8a5a00}.vb-en .r4{color:#5a3fc0}.vb-en .r5{color:#a33d00}
.vb-en .echo,.vb-en .faults{font-size:85%}
</style>"""


def html(verdict: PoemVerdict, style: bool = True) -> str:
    """Draw as an HTML fragment, all text escaped; its style sheet goes first unless told not to."""
    lines = [
        STYLE if style else "",
        '<figure class="vb-en"><figcaption>',
        "<br>".join(_html.escape(_visible(words)) for words in heading(verdict)),
        "</figcaption><ol>",
        *map(_html_line, drawn(verdict)),
        "</ol></figure>",
    ]
    return "\n".join(filter(None, lines)) + "\n"


def _html_line(line: DrawnLine) -> str:
    cells = "".join(
        f'<span class="syl {cell.kind}"><i>{_html.escape(cell.above)}</i>{_html.escape(cell.text)}'
        f"<b>{_html.escape(cell.below) or '&nbsp;'}</b></span>"
        for cell in line.cells
    )
    colour = "" if line.letter in (UNRHYMED, UNKNOWN) else f" r{ord(line.letter) % 6}"
    echo = f' <span class="echo">{_html.escape(line.echo)}</span>' if line.echo else ""
    faults = "".join(f'<div class="faults">! {_html.escape(fault)}</div>' for fault in line.faults)
    stanza = ' class="stanza"' if line.new_stanza else ""
    rhyme = f'<span class="rhyme{colour}">{_html.escape(line.letter)}</span>'
    return f"<li{stanza}>{cells}{rhyme}{echo}{faults}</li>"
