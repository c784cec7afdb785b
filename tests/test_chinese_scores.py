"""The metrics of a run, and the rows they are compared with."""

from __future__ import annotations

import subprocess
import sys

import pytest
from chinese_poems import ARTICLE, GUANQUE, NOT_REGULATED
from hostile_texts import HOSTILE

from metrics import score_samples, select
from metrics.chinese.form import FORMS
from metrics.chinese.reference import reference, reference_rows
from metrics.chinese.scores import METRICS
from metrics.text import Text

BY_NAME = {metric.name: metric for metric in METRICS}
NEED_A_FORM = [
    name
    for name in BY_NAME
    if name not in ("zh_in_form", "zh_opens_in_form", "zh_coverage", "zh_tang_lines")
]


def score(name: str, text: str, **options):
    return BY_NAME[name].compute(Text.of(text, **options))


def test_all_are_registered_in_one_group():
    assert set(select(["chinese"])) >= set(BY_NAME)


def test_articles_poem():
    values = {name: score(name, ARTICLE, form="qijue").value for name in BY_NAME}
    assert values["zh_in_form"] == values["zh_rhyme"] == values["zh_coverage"] == 1
    assert values["zh_regulated_lines"] == 1
    assert values["zh_tone_score"] == pytest.approx(0.95)
    assert values["zh_regulated"] == 0


def test_prompt_and_continuation_are_one_poem():
    whole = score("zh_regulated", GUANQUE[6:], prompt=GUANQUE[:6], form="wujue")
    assert whole.value == 1
    assert score("zh_in_form", GUANQUE[6:], form="wujue").value == 0


@pytest.mark.parametrize("name", NEED_A_FORM)
def test_no_score_out_of_form(name):
    found = score(name, "白日依山尽，黄河", form="wujue")
    assert found.value is None
    assert found.reason.startswith("not in form")


@pytest.mark.parametrize("name", BY_NAME)
def test_no_score_for_another_language_or_another_form(name):
    assert score(name, "My trip was great.").reason == "not Chinese"
    assert "sonnet" in score(name, GUANQUE, form="sonnet").reason


def test_a_form_asked_for_and_not_given_is_a_zero():
    assert score("zh_in_form", "My trip was great.", form="qijue").value == 0


def test_a_text_that_runs_on_opens_in_form():
    text = GUANQUE + "春眠不觉晓，处处闻啼鸟。"
    assert score("zh_in_form", text, form="wujue").value == 0
    assert score("zh_opens_in_form", text, form="wujue").value == 1
    assert score("zh_regulated", text, form="wujue").value == 1


def test_case_mean_says_what_share_was_judged():
    texts = [Text.of(text, form="wujue") for text in (GUANQUE, "白日，", NOT_REGULATED["江雪"][0])]
    case = score_samples(texts, select(["zh_regulated", "zh_in_form"])).case()
    assert case["zh_regulated"].value == pytest.approx(1 / 2)
    assert case["zh_regulated"].coverage == pytest.approx(2 / 3)
    assert case["zh_in_form"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize("form", [None, "qijue"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name, form):
    for metric in METRICS:
        found = metric.compute(Text.of(HOSTILE[name], form=form))
        assert found.value is None or 0 <= found.value <= 1 or metric.unit == "nats"
        assert (found.value is None) == (found.reason is not None)


def test_every_metric_has_a_human_and_a_chance_row_for_each_form():
    rows = {(row.row, row.form, row.metric) for row in reference_rows()}
    wanted = {
        (row, form, name)
        for row in ("human", "shuffled")
        for form in FORMS
        for name in BY_NAME
        if name != "zh_antithesis" or FORMS[form].lines == 8
    }
    assert rows == wanted
    assert all(row.low <= row.value <= row.high and row.n > 1500 for row in reference_rows())


def test_human_poems_are_far_above_chance():
    for form in FORMS:
        for name in ("zh_regulated", "zh_tone_score", "zh_rhyme", "zh_regulated_lines"):
            assert reference("human", form, name).low > reference("shuffled", form, name).high + 0.1
        assert reference("shuffled", form, "zh_regulated").value == 0


def test_import_reads_no_table_and_no_library():
    code = (
        "import sys, metrics.chinese as c; "
        "from metrics.chinese import sound_table as t; "
        "assert not t.rows.cache_info().currsize; "
        "assert not {'numpy', 'nltk', 'rich', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
