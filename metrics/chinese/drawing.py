"""The picture of a judged poem of regulated verse: tones, pattern, faults, rhyme words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.chinese import picture
from metrics.chinese.patterns import accepted_form
from metrics.chinese.picture import Picture, draw_line
from metrics.chinese.reference import reference
from metrics.chinese.verdict import PoemVerdict

if TYPE_CHECKING:
    from rich.text import Text as RichText

_WANTED = str.maketrans("LO.", "平仄中")


def drawn(verdict: PoemVerdict) -> Picture:
    """Return the picture of a verdict."""
    rhyming = verdict.rhyme.lines if verdict.rhyme else ()
    group = (verdict.rhyme.group if verdict.rhyme else None) or ""
    lines = []
    for i, line in enumerate(verdict.lines[: picture.MOST_LINES]):
        before = [other + 1 for other in rhyming if other < i]
        lines.append(
            draw_line(
                i + 1,
                line,
                verdict.classes[i],
                _pattern(verdict, i).translate(_WANTED),
                (remark for remark in verdict.remarks if remark.line == i),
                (group, before[-1] if before else 0) if i in rhyming else ("", 0),
            )
        )
    left_out = len(verdict.lines) - len(lines)
    return Picture(heading(verdict), tuple(lines), left_out, verdict.cut.title)


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
    return picture.plain(drawn(verdict))


def rich_text(verdict: PoemVerdict) -> RichText:
    """Draw as a ``rich.text.Text``, to be printed on any rich console; same signs as ``plain``."""
    return picture.rich_text(drawn(verdict))


def html(verdict: PoemVerdict, style: bool = True) -> str:
    """Draw as an HTML fragment, all text escaped; its style sheet goes first unless told not to."""
    return picture.html(drawn(verdict), style)
