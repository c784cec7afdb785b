"""词: famous lyrics keep their tunes, and what breaks them is found."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hostile_texts import HOSTILE

from metrics.chinese.ci import TUNES, find_tune, judge_ci, templates
from metrics.chinese.ci_drawing import drawn
from metrics.chinese.ci_scores import METRICS
from metrics.text import Text

YAN_SHU = (
    "一曲新词酒一杯，去年天气旧亭台。夕阳西下几时回。"
    "无可奈何花落去，似曾相识燕归来。小园香径独徘徊。"
)
LI_QINGZHAO = (
    "蹴罢秋千，起来慵整纤纤手。露浓花瘦，薄汗轻衣透。"
    "见有人来，袜刬金钗溜。和羞走，倚门回首，却把青梅嗅。"
)
XIN_QIJI = (
    "明月别枝惊鹊，清风半夜鸣蝉。稻花香里说丰年，听取蛙声一片。"
    "七八个星天外，两三点雨山前。旧时茅店社林边，路转溪桥忽见。"
)
WEN_TINGYUN = (
    "小山重叠金明灭，鬓云欲度香腮雪。懒起画蛾眉，弄妆梳洗迟。"
    "照花前后镜，花面交相映。新帖绣罗襦，双双金鹧鸪。"
)


@pytest.mark.parametrize(
    ("text", "tune"),
    [
        (LI_QINGZHAO, "dianjiangchun"),
        (XIN_QIJI, "xijiangyue"),
        (WEN_TINGYUN, "pusaman"),
    ],
)
def test_famous_lyrics(text, tune):
    verdict = judge_ci(text)
    assert verdict.tune == tune
    assert verdict.score == 1, list(map(str, verdict.remarks))
    assert verdict.rhymed == 1
    assert not verdict.remarks


def test_one_group_of_pingshui_may_be_two_divisions():
    """晏殊's 杯 and 台 rhyme in 平水韵 (灰), and lie in divisions 3 and 5 of 词林正韵."""
    verdict = judge_ci(YAN_SHU)
    assert verdict.tune == "huanxisha"
    assert verdict.score == 1
    assert 0.4 <= verdict.rhymed < 1
    assert {remark.key for remark in verdict.remarks} == {"out_of_rhyme"}


@pytest.mark.parametrize(
    "above",
    [
        "浣溪沙\n",
        "浣溪沙\n晏殊\n",
        "《浣溪沙》\n\n晏殊\n\n",
        "浣溪沙·一曲新词酒一杯\n",
    ],
)
@pytest.mark.parametrize("tune", ["huanxisha", "浣溪沙", None])
def test_title_and_author_above_a_lyric_are_none_of_its_lines(above, tune):
    plain, titled = judge_ci(YAN_SHU, tune), judge_ci(above + YAN_SHU, tune)
    assert titled.above == tuple(row for row in above.split("\n") if row)
    assert dataclasses.replace(titled, above=()) == plain
    assert drawn(titled).title == titled.above


def test_what_is_no_title_counts_as_lines():
    for above in ("浣溪沙，晏殊。\n", "一\n二\n三\n"):
        assert not judge_ci(above + YAN_SHU, "huanxisha").in_form


def test_rare_readings_count_when_they_are_asked_for():
    """中 in an oblique place: it has an oblique reading, which Tang poets hardly used."""
    text = YAN_SHU.replace("天气", "天中")
    common, every = judge_ci(text), judge_ci(text, all_readings=True)
    assert ("wrong_tone", 1, 3) in {(r.key, r.line, r.character) for r in common.remarks}
    assert {r.key for r in every.remarks} == {"out_of_rhyme"}
    assert every.as_dict()["all_readings"]


def test_the_other_reading_of_a_line_breaks_the_tune():
    remarks = judge_ci(LI_QINGZHAO.replace("见有人来", "见客入来")).remarks
    assert [(remark.key, remark.line, remark.character) for remark in remarks] == [
        ("wrong_tone", 4, 2)
    ]


def test_wrong_tone_and_lost_rhyme_are_placed():
    verdict = judge_ci(XIN_QIJI.replace("清风半夜鸣蝉", "清风半夜鸣鹤"), "西江月")
    places = {(remark.key, remark.line, remark.character) for remark in verdict.remarks}
    assert ("wrong_tone", 1, 5) in places
    assert ("out_of_rhyme", 1, 5) in places


def test_punctuation_may_differ_but_not_at_a_rhyme():
    assert judge_ci(WEN_TINGYUN.replace("小山重叠", "小山，重叠")).in_form
    assert not judge_ci(WEN_TINGYUN.replace("灭，", "灭")).in_form


def test_not_the_tune():
    verdict = judge_ci(XIN_QIJI, "huanxisha")
    assert not verdict.in_form
    assert "浣溪沙" in verdict.reason
    assert verdict.score is None


def test_unknown_tune_lists_the_known_ones():
    with pytest.raises(ValueError, match="浣溪沙"):
        judge_ci("", "x")


def test_templates():
    assert {template.tune for template in templates()} == set(TUNES)
    for template in templates():
        assert template.n >= 50
        assert sum(map(bool, template.rhymes)) >= 4
        assert set("".join(template.lines)) <= set("平仄中")
    huanxisha = next(t for t in templates() if t.tune == "huanxisha")
    # 钦定词谱 (1715): 中仄中平中仄平 韵 中平中仄仄平平 韵 中平中仄仄平平 韵 / …
    assert huanxisha.lengths == (7,) * 6
    assert huanxisha.rhymes == ("A", "A", "A", "", "A", "A")
    assert huanxisha.lines[1] == "中平中仄仄平平"


def test_json():
    data = json.loads(json.dumps(judge_ci(YAN_SHU).as_dict()))
    assert data["tune"] == "huanxisha"
    assert data["remarks"][0]["key"] == "out_of_rhyme"
    assert all(key.isascii() for key in data)


def test_metrics_need_a_tune():
    values = {m.name: m.compute(Text.of(XIN_QIJI, form="西江月")).value for m in METRICS}
    assert set(values.values()) == {1.0}
    for metric in METRICS:
        assert metric.compute(Text.of(XIN_QIJI)).value is None
        assert metric.compute(Text.of(XIN_QIJI, form="qijue")).reason == "no tune was asked for"
    assert METRICS[0].compute(Text.of("明月", form="xijiangyue")).value == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name):
    assert not judge_ci(HOSTILE[name]).in_form
    for metric in METRICS:
        metric.compute(Text.of(HOSTILE[name], form=find_tune("浣溪沙")))
