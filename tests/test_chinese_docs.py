"""docs/verse-chinese.md shows what the code says today."""

from __future__ import annotations

from pathlib import Path

from chinese_poems import ARTICLE

from metrics.chinese import KINDS, TUNES, judge
from metrics.chinese.books import BOOKS
from metrics.chinese.drawing import plain
from metrics.chinese.form import FORMS
from metrics.chinese.reference import reference
from metrics.chinese.scores import METRICS

DOCUMENT = (Path(__file__).parent.parent / "docs" / "verse-chinese.md").read_text(encoding="utf-8")


def test_the_articles_poem_is_drawn_as_it_is_drawn():
    assert plain(judge(ARTICLE, "qijue")).rstrip() in DOCUMENT


def test_every_fault_form_book_and_tune_is_named():
    keys = [key for key, kind in KINDS.items() if kind.severity == "fault"]
    for key in (*keys, *FORMS, *BOOKS):
        assert f"`{key}`" in DOCUMENT
    for name in TUNES.values():
        assert name in DOCUMENT


def test_human_and_chance_values():
    for metric in METRICS:
        if f"| `{metric.name}` |" in DOCUMENT:
            row = next(r for r in DOCUMENT.splitlines() if r.startswith(f"| `{metric.name}` |"))
            for form in FORMS:
                human = reference("human", form, metric.name)
                chance = reference("shuffled", form, metric.name)
                if human and chance:
                    assert f"{human.value:.3f} / {chance.value:.3f}" in row
