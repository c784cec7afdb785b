"""The picture of a poem: what is drawn, in three renderings that say the same."""

from __future__ import annotations

import io

import pytest
from chinese_poems import ARTICLE, GUANQUE, NOT_REGULATED
from hostile_texts import HOSTILE
from rich.console import Console

from metrics.chinese import ci_drawing, judge, judge_ci
from metrics.chinese.drawing import html, plain, rich_text
from metrics.chinese.picture import LEGEND

PICTURE = """\
  2  大 河 入 海 流  尤
     仄 平 仄 仄 平
     平 平 中 仄 平
     !
     ! lone level syllable 孤平 (大)
"""


def printed(verdict) -> str:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(rich_text(verdict), end="")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def test_fault_under_its_character():
    assert PICTURE in plain(judge(GUANQUE.replace("黄河", "大河")))


def test_heading_says_chance_beside_the_score():
    heading = plain(judge(ARTICLE, "qijue")).splitlines()[:4]
    assert heading[0] == "七绝 quatrain of seven-character lines: not regulated 不合律"
    assert "平起首句不入韵" in heading[1]
    assert "by chance 64%" in heading[2]
    assert heading[3] == "rhyme 押韵 麻 (平水韵), lines 2 4"


def test_rhyme_words_are_linked():
    assert "暮 晴 沙  麻 = 2" in plain(judge(ARTICLE))


def test_rich_and_plain_say_the_same():
    for text in (ARTICLE, GUANQUE, NOT_REGULATED["黄鹤楼"][0], "abc，白日"):
        verdict = judge(text)
        assert printed(verdict) == plain(verdict)


def test_rich_colours_faults():
    text = rich_text(judge(GUANQUE.replace("黄河", "大河")))
    assert any("red" in str(span.style) and text.plain[span.start] == "大" for span in text.spans)


def test_html_escapes_everything():
    fragment = html(judge("<b>&\"'，" * 4), style=False)
    assert "<b>&" not in fragment
    assert "&lt;" in fragment
    assert fragment.startswith('<figure class="vb-zh">')
    assert "<style>" in html(judge(ARTICLE))


def test_html_marks_faults_and_rhymes():
    fragment = html(judge(ARTICLE))
    assert '<span class="char fault rhymes">沙' in fragment
    assert "rhyme word repeated 重韵" in fragment


def test_what_is_not_in_form_is_drawn_with_the_reason():
    picture = plain(judge("白日依山尽", "wujue"))
    assert picture.startswith("not in form 不工整: 1 lines, 五绝 has 4")
    assert LEGEND in picture


def test_a_long_text_is_not_drawn_in_full():
    assert len(plain(judge("白日依山尽，" * 100_000))) < 20_000
    assert len(plain(judge("白" * 1_000_000))) < 2_000


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_drawn_harmlessly(name):
    verdict = judge(HOSTILE[name])
    for picture in (plain(verdict), printed(verdict), html(verdict, style=False)):
        assert all(char.isprintable() or char == "\n" for char in picture)
    assert "<script" not in html(verdict)


XIJIANGYUE = (
    "明月别枝惊鹊，清风半夜鸣蝉。稻花香里说丰年，听取蛙声一片。"
    "七八个星天外，两三点雨山前。旧时茅店社林边，路转溪桥忽见。"
)


def test_lyric():
    assert (
        "  2  清 风 半 夜 鸣 蝉  A\n     平 平 仄 仄 平 平\n     中 平 中 仄 平 平\n"
    ) in ci_drawing.plain(judge_ci(XIJIANGYUE))
    assert "说 丰 年  A = 2\n" in ci_drawing.plain(judge_ci(XIJIANGYUE))
    wrong = judge_ci(XIJIANGYUE.replace("鸣蝉", "鸣鹤"))
    assert "! out of rhyme 出韵 (鹤)" in ci_drawing.plain(wrong)
    assert "departs from its tune" in str(ci_drawing.rich_text(wrong))
    assert 'class="char fault' in ci_drawing.html(wrong)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lyric(name):
    picture = ci_drawing.plain(judge_ci(HOSTILE[name], "浣溪沙"))
    assert all(char.isprintable() or char == "\n" for char in picture)
