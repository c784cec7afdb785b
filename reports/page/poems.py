"""Drawings of the poems among a page's texts: tones or stresses, pattern, faults, rhymes.

The best are drawn first, until their share of the page is full: what keeps its form and rhymes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.text import Text

if TYPE_CHECKING:
    from reports.page.texts import PageText

_MOST_JUDGED = 400
_LONGEST = 1_000  # characters; a longer text is no poem to draw
_FEWEST_LINES = 2
_RHYMED = 0.5  # of the lines, of an English poem without a form


@dataclass(frozen=True)
class Drawing:
    """One poem, drawn.

    Attributes:
        text: its position among the page's texts.
        language: ``zh`` or ``en``.
        verdict: the first line of the verdict, for people.
        rank: the higher, the better it keeps its form.
        html: a fragment; all text in it is escaped.
    """

    text: int
    language: str
    verdict: str
    rank: tuple[float, ...]
    html: str


def drawings(texts: Sequence[PageText], budget: int) -> list[Drawing]:
    """Draw the poems among the texts, the best first, until they fill ``budget`` bytes."""
    likely = [
        position
        for position, text in enumerate(texts)
        if len(text.sample.text) <= _LONGEST and (text.form or text.verse is not False)
    ]
    drawn = (_drawn(position, texts[position]) for position in likely[:_MOST_JUDGED])
    found = [drawing for drawing in drawn if drawing is not None]
    found.sort(key=lambda one: one.rank, reverse=True)  # stable: of equals the first text
    kept, spent, seen = [], 0, set()
    for drawing in found:
        if drawing.html in seen:
            continue
        seen.add(drawing.html)
        spent += len(drawing.html.encode("utf-8", "replace"))
        if spent > budget:
            break
        kept.append(drawing)
    return kept


def _drawn(position: int, text: PageText) -> Drawing | None:
    prepared = Text.of(text.sample.text, prompt=text.sample.prompt, form=text.form)
    script = Text.of(text.sample.prompt + text.sample.text).script
    if script == "han":
        return _chinese(position, prepared)
    return _english(position, prepared) if script == "latin" else None


def _chinese(position: int, text: Text) -> Drawing | None:
    from metrics import chinese
    from metrics.chinese import ci_drawing, drawing
    from metrics.chinese.scores import asked

    whole = text.prompt + text.text
    tunes = {*chinese.TUNES, *chinese.TUNES.values()}
    if text.form in tunes:
        lyric = chinese.judge_ci(whole, text.form)
        if not lyric.in_form:
            return None
        rank = (1.0, lyric.score or 0.0, lyric.rhymed or 0.0)
        said = ci_drawing.heading(lyric)[0]
        return Drawing(position, "zh", said, rank, ci_drawing.html(lyric, style=False))
    verdict = chinese.judge(whole, asked(text))
    if verdict.tones is None or verdict.rhyme is None:
        return None
    rank = (
        1.0 if verdict.regulated else 0.5,
        (verdict.tones.score or 0.0) + (verdict.rhyme.share or 0.0) / 2,
        float(verdict.in_form),
    )
    said = drawing.heading(verdict)[0]
    return Drawing(position, "zh", said, rank, drawing.html(verdict, style=False))


def _english(position: int, text: Text) -> Drawing | None:
    from metrics import english
    from metrics.english import drawing

    form = text.form if text.form in (*english.FORMS, *english.KINDS) else None
    verdict = english.judge(Text.of(text.raw, prompt=text.prompt), form)
    if verdict.reason or len(verdict.lines) < _FEWEST_LINES:
        return None
    if not (form or verdict.form or (verdict.rhymed_share or 0.0) >= _RHYMED):
        return None  # prose that rhymes by chance
    rank = (float(bool(verdict.follows)) * 0.9, verdict.rhymed_share or 0.0, verdict.fit or 0.0)
    said = drawing.heading(verdict)[0]
    return Drawing(position, "en", said, rank, drawing.html(verdict, style=False))
