"""Gold poems, poems that break one rule each, and what must hold for any poem."""

from __future__ import annotations

import json
import random

import pytest
from chinese_poems import ARTICLE, CHUNWANG, GUANQUE, LENIENT_ONLY, NOT_REGULATED, REGULATED
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.chinese import judge, judge_all
from metrics.chinese.faults import KINDS
from metrics.chinese.form import FORMS, cut_lines
from metrics.chinese.patterns import MODES

FURONG = REGULATED["芙蓉楼送辛渐"][0]


def keys(text: str, **options: str) -> set[str]:
    return {fault.key for fault in judge(text, **options).faults}


@pytest.mark.parametrize("title", REGULATED)
def test_regulated_poem(title):
    text, start, group = REGULATED[title]
    verdict = judge(text)
    assert verdict.regulated, list(map(str, verdict.faults))
    assert verdict.tones.start == start
    assert verdict.rhyme.group == group
    assert verdict.in_form
    assert verdict.coverage == 1


@pytest.mark.parametrize("title", NOT_REGULATED)
def test_unregulated_poem(title):
    text, fault = NOT_REGULATED[title]
    verdict = judge(text)
    assert verdict.regulated is False
    assert fault in {found.key for found in verdict.faults}


@pytest.mark.parametrize("title", LENIENT_ONLY)
def test_special_twist_after_oblique_syllable_is_for_lenient_readers(title):
    text = LENIENT_ONLY[title]
    assert keys(text) == {"special_twist_oblique"}
    assert judge(text, mode="lenient").regulated


@pytest.mark.parametrize(
    ("title", "note", "line"),
    [
        ("夜宿山寺", "self_rescue", 4),
        ("清明", "neighbour_first_line", 1),
        ("江南逢李龟年", "special_twist", 3),
        ("送杜少府之任蜀州", "special_twist", 7),
        ("与诸子登岘山", "major_twist_rescued", 1),
        ("与诸子登岘山", "self_rescue", 2),
        ("蜀相", "minor_twist_rescued", 3),
        ("咸阳城东楼", "minor_twist_rescued", 3),
        ("咸阳城东楼", "self_rescue", 4),
    ],
)
def test_licences_are_named(title, note, line):
    remarks = judge(REGULATED[title][0]).remarks
    assert (note, line - 1) in {(remark.key, remark.line) for remark in remarks}


@pytest.mark.parametrize("group", ["筱", "屑", "养"])
def test_oblique_rhyme_names_its_group(group):
    titles = {"筱": "春晓", "屑": "江雪", "养": "鹿柴"}
    rhyme = judge(NOT_REGULATED[titles[group]][0]).rhyme
    assert (rhyme.tone, rhyme.group) == ("oblique", group)


@pytest.mark.parametrize(
    ("old", "new", "fault", "line", "character"),
    [
        ("黄河入海流", "大河入海流", "lone_level", 2, 1),
        ("更上一层楼", "更上高城楼", "three_level_endings", 4, 3),
        ("黄河入海流", "绿水入海流", "lost_opposition", 2, 2),
        ("一层楼", "一层山", "out_of_rhyme", 4, 5),
        ("千里目", "千里楼", "level_ending", 3, 5),
        ("依山尽", "依□尽", "unknown_character", 1, 4),
    ],
)
def test_one_rule_broken(old, new, fault, line, character):
    verdict = judge(GUANQUE.replace(old, new))
    assert verdict.regulated is False
    places = {(found.key, found.line + 1, found.character) for found in verdict.faults}
    assert (fault, line, character - 1) in places


def test_a_single_fault_is_the_only_fault():
    assert keys(GUANQUE.replace("黄河", "大河")) == {"lone_level"}
    assert keys(GUANQUE.replace("一层楼", "一层山")) == {"out_of_rhyme"}
    assert keys(GUANQUE.replace("千里目", "千里楼")) == {"level_ending"}


def test_unknown_character_lowers_coverage_and_never_passes():
    verdict = judge(GUANQUE.replace("山", "□"))
    assert verdict.coverage == pytest.approx(19 / 20)
    assert verdict.in_form
    assert not verdict.regulated


def test_couplets_exchanged_lose_adhesion():
    lines = cut_lines(CHUNWANG)
    assert keys("，".join([*lines[:2], *lines[4:6], *lines[2:4], *lines[6:]])) == {"lost_adhesion"}


def test_repeated_rhyme_word():
    assert keys(FURONG.replace("玉壶", "玉孤")) == {"repeated_rhyme"}


def test_repeated_merged_form_is_only_a_warning():
    # 回 stands for 回 and 迴 in simplified characters.
    text = REGULATED["凉州词"][0].replace("马上催", "马上回")
    assert "repeated_rhyme_form" in {remark.key for remark in judge(text).remarks}
    assert judge(text).regulated


def test_one_line_four_times():
    assert judge("，".join(["黄河入海流"] * 4)).regulated is False


def test_strict_mode_wants_minor_twists_rescued():
    text = judge(ARTICLE, mode="strict")
    assert "unrescued_minor_twist" in {fault.key for fault in text.faults}
    assert judge(REGULATED["蜀相"][0], mode="strict").regulated


def test_articles_poem():
    verdict = judge(ARTICLE, "qijue")
    assert verdict.tones.types == "aBbA"
    assert verdict.tones.regulated_lines == 1
    assert verdict.rhyme.group == "麻"
    assert [(fault.key, fault.line) for fault in verdict.faults] == [("repeated_rhyme", 3)]


@pytest.mark.parametrize(
    "text",
    ["风急天高猿啸哀，渚清沙白鸟飞回。无边落木下，不尽长江滚滚来。", "My trip was great.", ""],
)
def test_not_in_form_has_no_tones(text):
    verdict = judge(text)
    assert not verdict.in_form
    assert verdict.regulated is verdict.tones is verdict.rhyme is verdict.pattern is None
    assert verdict.reason


def test_json_round_trip_with_ascii_keys():
    for text in (GUANQUE, ARTICLE, "", "白日依山尽"):
        data = json.loads(json.dumps(judge(text).as_dict()))
        assert data["schema"] == 1
        assert all(key.isascii() for key in data)
    assert {remark["key"] for remark in judge(ARTICLE).as_dict()["remarks"]} <= set(KINDS)


@pytest.mark.parametrize("options", [{"book": "x"}, {"mode": "x"}, {"form": "x"}])
def test_unknown_options_say_what_there_is(options):
    with pytest.raises(ValueError, match=r"pingshui|lenient|qijue"):
        judge(GUANQUE, **options)


def test_stricter_modes_pass_fewer():
    for text, *_ in REGULATED.values():
        passed = [judge(text, mode=mode).regulated for mode in MODES]
        assert passed == sorted(passed, reverse=True)


def test_shuffled_poems_hardly_ever_pass():
    rng = random.Random(7)
    passed = tried = 0
    for text, *_ in REGULATED.values():
        lines = cut_lines(text)
        length = len(lines[0])
        for _ in range(40):
            characters = list("".join(lines))
            rng.shuffle(characters)
            rows = ["".join(characters[i : i + length]) for i in range(0, len(characters), length)]
            passed += bool(judge("，".join(rows)).regulated)
            tried += 1
    assert passed < tried / 1000


@pytest.mark.parametrize(
    "title", [t for t, (text, start, _) in REGULATED.items() if start in "ab" and len(text) < 40]
)
def test_exchanging_couplets_of_a_quatrain_keeps_the_verdict(title):
    """An a-start becomes a b-start; only rescues and first lines tie a couplet to its place."""
    first, second, third, fourth = cut_lines(REGULATED[title][0])
    assert judge("，".join([third, fourth, first, second])).regulated


def test_poems_of_a_file():
    text = "登鹳雀楼\n王之涣\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n\n" + ARTICLE
    first, second = judge_all(text)
    assert first.cut.title == ("登鹳雀楼", "王之涣")
    assert first.regulated
    assert second.form == FORMS["qijue"]


HOSTILE = [
    "",
    "\x00",
    "白",
    "白" * 1_000_000,
    "白日依山尽，" * 100_000,
    "\n" * 100_000,
    " \n" * 100_000,
    "（" * 100_000,
    "白\n\n" * 50_000,
    "\u202e白日依山尽，黄河入海流。\u202c",
    "😀" * 28,
    "\ud83d白日依山" * 4,
    "<script>alert(1)</script>白日",
    "𠀀𠀁𠀂𠀃𠀄，" * 4,
    "e\u0301" * 1000,
    "白a日b依，" * 4,
]


@pytest.mark.parametrize("form", [None, "qijue", "wulv"])
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text(number, form):
    for verdict in judge_all(HOSTILE[number], form)[:3]:
        verdict.as_dict()
        assert not verdict.regulated


CHARACTERS = st.sampled_from("白日依山尽黄河入海流欲穷千里目更上一层楼不看□a😀")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(CHARACTERS, min_size=7, max_size=7), min_size=4, max_size=4),
    st.sampled_from(MODES),
)
def test_any_quatrain_gets_a_full_verdict(lines, mode):
    verdict = judge("，".join(lines), "qijue", mode=mode)
    assert verdict.in_form
    assert verdict.regulated == (not verdict.faults)
    assert 0 <= verdict.tones.score <= 1
    assert 0 <= verdict.tones.regulated_lines <= 1
    if verdict.regulated:
        assert verdict.tones.unbroken
        assert verdict.rhyme.tone == "level"
        assert verdict.coverage == 1
    for remark in verdict.remarks:
        assert 0 <= remark.line < 4
        assert remark.character is None or 0 <= remark.character < 7


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_judged(text):
    for verdict in judge_all(text):
        verdict.as_dict()


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        (
            "國破山河在，城春草木深。感時花濺淚，恨別鳥驚心。"
            "烽火連三月，家書抵萬金。白頭搔更短，渾欲不勝簪。",
            CHUNWANG,
        ),
        (
            "風急天高猿嘯哀，渚清沙白鳥飛迴。無邊落木蕭蕭下，不盡長江滾滾來。"
            "萬里悲秋常作客，百年多病獨登臺。艱難苦恨繁霜鬢，潦倒新停濁酒杯。",
            REGULATED["登高"][0],
        ),
        (
            "渭城朝雨浥輕塵，客舍青青柳色新。勸君更盡一杯酒，西出陽關無故人。",
            NOT_REGULATED["送元二使安西"][0],
        ),
    ],
)
def test_traditional_and_simplified_characters_get_one_verdict(traditional, simplified):
    old, new = judge(traditional), judge(simplified)
    assert old.regulated == new.regulated
    assert old.remarks == new.remarks
    assert old.rhyme == new.rhyme
    assert old.tones.types == new.tones.types
