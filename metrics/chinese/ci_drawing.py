"""The picture of a judged 词: tones, the template of its tune, faults, rhymes by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.chinese import picture
from metrics.chinese.books import open_book
from metrics.chinese.ci import CiVerdict
from metrics.chinese.picture import Picture, draw_line

if TYPE_CHECKING:
    from rich.text import Text as RichText


def drawn(verdict: CiVerdict) -> Picture:
    """Return the picture of a verdict."""
    book = open_book("cilin", all_readings=verdict.all_readings)
    lines = []
    last: dict[str, int] = {}
    for i, line in enumerate(verdict.lines[: picture.MOST_LINES]):
        letter = verdict.rhymes[i] if verdict.rhymes else ""
        lines.append(
            draw_line(
                i + 1,
                line,
                book.classes(line[: picture.MOST_CHARACTERS]),
                verdict.template[i] if verdict.template else "",
                (remark for remark in verdict.remarks if remark.line == i),
                (letter, last.get(letter, 0)) if letter else ("", 0),
            )
        )
        last[letter] = i + 1
    left_out = len(verdict.lines) - len(lines)
    return Picture(heading(verdict), tuple(lines), left_out, verdict.above)


def heading(verdict: CiVerdict) -> tuple[str, ...]:
    """Return the verdict in words, a line each: tune, tones, rhymes."""
    if verdict.score is None or verdict.rhymed is None:
        return (f"not in form 不工整: {verdict.reason}",)
    kept = "keeps its tune 合律" if not verdict.remarks else "departs from its tune 不合律"
    return (
        f"词 {verdict.title} ({verdict.tune}): {kept}",
        f"tones 平仄 {verdict.score:.0%} of the fixed places",
        f"rhymes 押韵 {verdict.rhymed:.0%} of the rhyming lines (词林正韵)",
    )


def plain(verdict: CiVerdict) -> str:
    """Draw in plain text."""
    return picture.plain(drawn(verdict))


def rich_text(verdict: CiVerdict) -> RichText:
    """Draw as a ``rich.text.Text``, to be printed on any rich console; same signs as ``plain``."""
    return picture.rich_text(drawn(verdict))


def html(verdict: CiVerdict, style: bool = True) -> str:
    """Draw as an HTML fragment, all text escaped; its style sheet goes first unless told not to."""
    return picture.html(drawn(verdict), style)
