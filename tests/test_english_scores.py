"""The metrics of a run: values, and None with a reason where they cannot judge."""

import re
from pathlib import Path

import pytest
from english_poems import POEMS, SONNETS

from metrics import Text
from metrics.english import METRICS
from metrics.english.reference import TITLES, reference, reference_rows

SONNET = "shakespearean_sonnet"
BY_NAME = {metric.name: metric for metric in METRICS}


def value(name, text, form=None, prompt=""):
    return BY_NAME[name].compute(Text.of(text, form=form, prompt=prompt))


def test_names_and_words():
    assert len(BY_NAME) == len(METRICS) == 9
    for metric in METRICS:
        assert metric.name.startswith("en_")
        assert (metric.group, metric.level) == ("english", "sample")
        assert metric.definition
        assert metric.source
        assert metric.cannot_judge


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en_in_form", 1),
        ("en_form_kept", 1),
        ("en_scheme_f1", 1),
        ("en_rhymed_lines", 1),
        ("en_repeated_ends", 0),
        ("en_pentameter", 12 / 14),
        ("en_unknown_words", 0),
    ],
)
def test_sonnet_18(name, expected):
    assert value(name, SONNETS[18], "sonnet").value == pytest.approx(expected)


def test_metre_fit_is_against_the_form_asked_for():
    limerick = POEMS["limerick"]
    assert value("en_metre_fit", limerick, "limerick").value == 1.0
    assert value("en_metre_fit", limerick).value < 1.0
    assert value("en_syllables", POEMS["haiku"]).value == pytest.approx(17 / 3)


def test_without_a_form_the_scores_of_form_are_none():
    for name in ("en_form_kept", "en_scheme_f1"):
        score = value(name, SONNETS[18])
        assert (score.value, score.reason) == (None, "no English form was asked for")
    assert value("en_in_form", SONNETS[18]).value == 1.0


def test_a_chinese_form_is_not_asked_of_an_english_poem():
    assert value("en_rhymed_lines", SONNETS[18], "qijue").value == 1.0
    assert value("en_form_kept", SONNETS[18], "qijue").value is None


def test_what_is_not_in_form_has_no_score_of_form():
    score = value("en_scheme_f1", "a day\na way\nto say", "sonnet")
    assert score.value is None
    assert score.reason == "3 lines, a Shakespearean sonnet has 14"
    assert value("en_in_form", "a day\na way\nto say", "sonnet").value == 0.0
    assert "no rhyme" in value("en_scheme_f1", POEMS["haiku"], "haiku").reason


@pytest.mark.parametrize("name", BY_NAME)
def test_other_scripts_give_none(name):
    score = value(name, "春眠不觉晓\n处处闻啼鸟")
    assert score.value is None
    assert "not in Latin script" in score.reason


@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "en_in_form"])
def test_prose_gives_none(name):
    assert value(name, POEMS["prose"]).value is None
    assert value("en_in_form", POEMS["prose"]).value == 0.0


def test_a_loop_of_one_line_neither_rhymes_nor_keeps_a_scheme():
    loop = "the sun goes down upon the day\n" * 14
    assert value("en_rhymed_lines", loop).value == 0.0
    assert value("en_repeated_ends", loop).value == 1.0
    assert value("en_scheme_f1", loop, "sonnet").value == 0.0


def test_the_prompt_is_part_of_the_poem():
    assert value("en_rhymed_lines", "I walked away", prompt="A sunny day\n").value == 1.0


def test_the_comparison_rows_meet_the_bars():
    rows = {(row.row, row.metric): row for row in reference_rows()}
    assert set(rows) == {(row, name) for row in TITLES for name in BY_NAME}
    assert all(row.low <= row.value <= row.high and row.n == 152 for row in rows.values())
    assert reference("human", SONNET, "en_pentameter").value >= 0.70
    assert reference("shuffled", SONNET, "en_pentameter").high <= 0.35
    assert reference("human", SONNET, "en_scheme_f1").low > 0.85
    assert reference("shuffled", SONNET, "en_form_kept").value == 0.0
    assert reference("human", SONNET, "no_such_metric") is None


def test_the_documentation_says_what_the_rows_say():
    page = (Path(__file__).parents[1] / "docs" / "verse-english.md").read_text(encoding="utf-8")

    def shown(row, metric):
        found = reference(row, SONNET, metric)
        value, low, high = (f"{x:.3f}".lstrip("0") for x in (found.value, found.low, found.high))
        return f"{value} ({low} to {high})"

    for metric in re.findall(r"^\| `(en_\w+)` \|", page, flags=re.MULTILINE):
        assert f"| `{metric}` | {shown('human', metric)} | {shown('shuffled', metric)} |" in page
