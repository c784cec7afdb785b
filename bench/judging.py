"""A text judged by itself, without a run: its scores, and its verdict as verse."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from metrics import Metric, Score, Text, score_samples
from metrics.reference import Comparison, comparisons

if TYPE_CHECKING:
    from rich.text import Text as RichText

    from metrics.chinese import PoemVerdict

Language = Literal["chinese", "english"]
_MOST_POEMS = 20


@dataclass(frozen=True)
class Poem:
    """One poem's verdict in every form in which it is shown.

    Attributes:
        data: the verdict as plain data with ASCII keys.
        drawing: for a terminal.
        html: a fragment with its style sheet; all text in it is escaped.
    """

    data: dict[str, Any]
    drawing: RichText
    html: str


@dataclass(frozen=True)
class Rules:
    """By which rules Chinese verse is judged; the metrics go by these."""

    book: str = "pingshui"
    mode: str = "standard"
    all_readings: bool = False


@dataclass(frozen=True)
class Verse:
    """The poems of a text, judged by the rules of one language."""

    language: Language
    poems: tuple[Poem, ...]


@dataclass(frozen=True)
class Judged:
    """A text with its scores and, in a script whose rules are known, its verdict as verse.

    Attributes:
        text: the text.
        metrics: those computed, by name.
        scores: their values.
        verse: the verdict; None in a script without rules.
        own_rules: whether the verdict goes by other rules of Chinese verse than the metrics do.
    """

    text: Text
    metrics: Mapping[str, Metric]
    scores: Mapping[str, Score]
    verse: Verse | None
    own_rules: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of metrics that can judge a text in this script."""
        verse = {"chinese": ("chinese", "ci"), "english": ("english",)}
        return ("repetition", *(verse[self.verse.language] if self.verse else ()))

    @property
    def forms(self) -> frozenset[str]:
        """The keys of the forms and tunes that the poems have."""
        found = [poem.data for poem in self.verse.poems] if self.verse else []
        return frozenset(form for one in found if (form := one.get("form") or one.get("tune")))

    def comparisons(self, names: Collection[str]) -> tuple[Comparison, ...]:
        """Return human poems and chance in these metrics: poems of the same forms, or of all."""
        return comparisons(names, self.forms)

    def as_data(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        valued = [name for name, score in self.scores.items() if score.value is not None]
        scores = {name: dataclasses.asdict(score) for name, score in self.scores.items()}
        return {
            "schema_version": 1,
            "script": self.text.script,
            "units": len(self.text.units),
            "scores": scores,
            "comparisons": [dataclasses.asdict(row) for row in self.comparisons(valued)],
            "verse": None
            if self.verse is None
            else {
                "language": self.verse.language,
                "poems": [poem.data for poem in self.verse.poems],
            },
        }


def judge(
    content: str,
    metrics: Mapping[str, Metric],
    form: str | None,
    book: str,
    mode: str,
    *,
    all_readings: bool = False,
) -> Judged:
    """Judge a text.

    Args:
        content: the text.
        metrics: those to compute; metrics of sets are left out.
        form: the verse form demanded, or None to recognise it.
        book: rhyme book, of Chinese verse.
        mode: strictness, of Chinese verse.
        all_readings: whether readings of Chinese characters that Tang poets hardly used count.

    Raises:
        ValueError: there is no such form, book or mode.
    """
    text = Text.of(content, form=form)
    rules = Rules(book, mode, all_readings)
    verse = _verse(text, form, rules)
    single = {name: metric for name, metric in metrics.items() if metric.level == "sample"}
    own = rules != Rules() and verse is not None and verse.language == "chinese"
    return Judged(text, single, score_samples([text], single).samples[0], verse, own)


def forms() -> dict[str, Language]:
    """Return the language of every form, by its key (Chinese forms by their Chinese name, too)."""
    from metrics import chinese, english

    found: dict[str, Language] = {}
    for form in chinese.FORMS.values():
        found[form.key] = found[form.chinese] = "chinese"
    for tune, name in chinese.TUNES.items():
        found[tune] = found[name] = "chinese"
    for name in (*english.FORMS, *english.KINDS):
        found[name] = "english"
    return found


def _verse(text: Text, form: str | None, rules: Rules) -> Verse | None:
    known = forms()
    if form is not None and form not in known:
        raise ValueError(f"no form called {form!r}; there are {', '.join(known)}")
    scripts: dict[str, Language] = {"han": "chinese", "latin": "english"}
    language = known[form] if form else scripts.get(text.script)
    if language == "chinese":
        return Verse("chinese", _chinese(text.raw, form, rules))
    if language == "english":
        return Verse("english", (_english(text.raw, form),))
    return None


def _chinese(text: str, form: str | None, rules: Rules) -> tuple[Poem, ...]:
    """Judge as regulated verse; as a lyric 词 if one is asked for, or only that fits."""
    from metrics import chinese
    from metrics.chinese import ci_drawing, drawing

    tunes = {*chinese.TUNES, *chinese.TUNES.values()}
    regular = [] if form in tunes else _regular(text, form, rules)
    if form in tunes or (form is None and not any(verdict.in_form for verdict in regular)):
        lyric = chinese.judge_ci(text, form, all_readings=rules.all_readings)
        if form or lyric.in_form:
            drawn, page = ci_drawing.rich_text(lyric), ci_drawing.html(lyric)
            return (Poem(lyric.as_dict(), drawn, page),)
    return tuple(
        Poem(
            v.as_dict() | {"all_readings": rules.all_readings},
            drawing.rich_text(v),
            drawing.html(v),
        )
        for v in regular
    )


def _regular(text: str, form: str | None, rules: Rules) -> list[PoemVerdict]:
    from metrics import chinese

    verdicts = chinese.judge_all(text, form, **dataclasses.asdict(rules))
    return list(verdicts[:_MOST_POEMS])


def _english(text: str, form: str | None) -> Poem:
    from metrics import english
    from metrics.english import drawing

    verdict = english.judge(text, form)
    return Poem(dataclasses.asdict(verdict), drawing.rich_text(verdict), drawing.html(verdict))
