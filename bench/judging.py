"""A text judged by itself, without a run: its scores, and its verdict as verse."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from metrics import Metric, Score, Text, score_samples

if TYPE_CHECKING:
    from rich.text import Text as RichText

Language = Literal["chinese", "english"]


@dataclass(frozen=True)
class Verse:
    """A poem's verdict in every form in which it is shown.

    Attributes:
        language: whose rules were applied.
        data: the verdict as plain data with ASCII keys.
        drawing: for a terminal.
        html: a fragment with its style sheet; all text in it is escaped.
    """

    language: Language
    data: dict[str, Any]
    drawing: RichText
    html: str


@dataclass(frozen=True)
class Judged:
    """A text with its scores and, in a script whose rules are known, its verdict as verse."""

    text: Text
    metrics: Mapping[str, Metric]
    scores: Mapping[str, Score]
    verse: Verse | None

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of metrics that can judge a text in this script."""
        return ("repetition", *([self.verse.language] if self.verse else []))

    def as_data(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        scores = {name: dataclasses.asdict(score) for name, score in self.scores.items()}
        return {
            "schema_version": 1,
            "script": self.text.script,
            "units": len(self.text.units),
            "scores": scores,
            "verse": {"language": self.verse.language, **self.verse.data} if self.verse else None,
        }


def judge(
    content: str, metrics: Mapping[str, Metric], form: str | None, book: str, mode: str
) -> Judged:
    """Judge a text.

    Args:
        content: the text.
        metrics: those to compute; metrics of sets are left out.
        form: the verse form demanded, or None to recognise it.
        book: rhyme book, of Chinese verse.
        mode: strictness, of Chinese verse.

    Raises:
        ValueError: there is no such form, book or mode.
    """
    text = Text.of(content, form=form)
    verse = _verse(text, form, book, mode)
    single = {name: metric for name, metric in metrics.items() if metric.level == "sample"}
    return Judged(text, single, score_samples([text], single).samples[0], verse)


def forms() -> dict[str, Language]:
    """Return the language of every form, by its key (Chinese forms by their Chinese name, too)."""
    from metrics import chinese, english

    found: dict[str, Language] = {}
    for form in chinese.FORMS.values():
        found[form.key] = found[form.chinese] = "chinese"
    for name in (*english.FORMS, *english.KINDS):
        found[name] = "english"
    return found


def _verse(text: Text, form: str | None, book: str, mode: str) -> Verse | None:
    known = forms()
    if form is not None and form not in known:
        raise ValueError(f"no form called {form!r}; there are {', '.join(known)}")
    scripts: dict[str, Language] = {"han": "chinese", "latin": "english"}
    language = known[form] if form else scripts.get(text.script)
    if language == "chinese":
        return _chinese(text.raw, form, book, mode)
    if language == "english":
        return _english(text.raw, form)
    return None


def _chinese(text: str, form: str | None, book: str, mode: str) -> Verse:
    from metrics import chinese
    from metrics.chinese import drawing

    verdict = chinese.judge(text, form, book=book, mode=mode)  # type: ignore[arg-type]
    return Verse("chinese", verdict.as_dict(), drawing.rich_text(verdict), drawing.html(verdict))


def _english(text: str, form: str | None) -> Verse:
    from metrics import english
    from metrics.english import drawing

    verdict = english.judge(text, form)
    data = dataclasses.asdict(verdict)
    return Verse("english", data, drawing.rich_text(verdict), drawing.html(verdict))
