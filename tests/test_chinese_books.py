"""The sound table and the four books of rhymes."""

from __future__ import annotations

import pytest
from chinese_poems import GUANQUE, REGULATED

from metrics.chinese import judge, open_book
from metrics.chinese.books import BOOKS
from metrics.chinese.build.modern import final_of
from metrics.chinese.sound_table import merged_characters, rows, variants

LEVEL = "东冬江支微鱼虞齐佳灰真文元寒删先萧肴豪歌麻阳庚青蒸尤侵覃盐咸"


def names(key: str, char: str) -> tuple[set[str], set[str]]:
    book = open_book(key)
    _, level, oblique = book.row(char)
    return set(book.names(level)), set(book.names(oblique))


def test_size_and_groups():
    assert len(rows()) > 22_700
    found = {
        (reading.level, reading.group) for char in rows() for reading in open_book().readings(char)
    }
    assert len(found) == 106
    assert {group for level, group in found if level} == set(LEVEL)


def test_every_reading_has_a_tone_that_fits_its_group():
    tones = {}
    for char in rows():
        for reading in open_book().readings(char):
            assert tones.setdefault(reading.group, reading.tone) == reading.tone


@pytest.mark.parametrize(
    ("char", "level", "oblique"),
    [
        ("东", {"东"}, set()),
        ("東", {"东"}, set()),
        ("看", {"寒"}, {"翰"}),
        ("先", {"先"}, set()),  # missing from the printed list
        ("龍", {"冬"}, set()),  # strayed into an entering group there
        ("乏", set(), {"洽"}),
        ("回", {"灰"}, set()),
        ("涯", {"支", "佳", "麻"}, set()),
        ("蝴", {"虞"}, set()),
        ("白", set(), {"陌"}),
    ],
)
def test_readings(char, level, oblique):
    assert names("pingshui", char) == (level, oblique)


def test_rare_tones_count_only_when_asked_for():
    assert open_book().classes("中风") == "LL"
    assert open_book(all_readings=True).classes("中风") == "BB"


def test_variants_and_unknown_characters():
    assert "廻" in variants()
    assert open_book().row("廻") == open_book().row("迴")
    assert open_book().classes("廻a□😀\U0003fffe\ud83d") == "L?????"


def test_merged_characters():
    assert {"台", "云", "干", "后"} <= merged_characters()
    assert not {"臺", "天", "山"} & merged_characters()


@pytest.mark.parametrize(
    ("char", "division"),
    [("杯", "3"), ("台", "5"), ("回", "3"), ("村", "6"), ("言", "7"), ("佳", "10"), ("街", "5")],
)
def test_cilin_splits_groups(char, division):
    assert division in names("cilin", char)[0]


@pytest.mark.parametrize(
    ("char", "division"),
    [
        ("会", "3"),
        ("太", "5"),
        ("画", "10"),
        ("白", "17"),
        ("月", "18"),
        ("业", "19"),
        ("木", "15"),
    ],
)
def test_cilin_oblique(char, division):
    assert division in names("cilin", char)[1]


def test_cilin_has_nineteen_divisions():
    assert set(open_book("cilin").groups) == {str(number) for number in range(1, 20)}


@pytest.mark.parametrize(
    ("key", "char", "rhyme"),
    [
        ("xinyun", "东", "庚"), ("xinyun", "风", "庚"), ("xinyun", "知", "支"),
        ("xinyun", "鱼", "齐"), ("xinyun", "儿", "齐"), ("xinyun", "哥", "波"),
        ("tongyun", "东", "雍"), ("tongyun", "风", "英"), ("tongyun", "知", "衣"),
        ("tongyun", "鱼", "迂"), ("tongyun", "儿", "儿"), ("tongyun", "哥", "鹅"),
        ("tongyun", "波", "喔"), ("tongyun", "学", "鹅"), ("tongyun", "云", "恩"),
    ],
)  # fmt: skip
def test_modern_rhymes(key, char, rhyme):
    assert rhyme in names(key, char)[0]


def test_modern_books_have_all_their_rhymes():
    assert len(open_book("xinyun").groups) == 14
    assert len(open_book("tongyun").groups) == 16


@pytest.mark.parametrize(
    ("syllable", "final"),
    [
        ("xué", "üe2"), ("zhī", "-1"), ("qī", "i1"), ("yǒu", "iou3"), ("wèi", "uei4"),
        ("yuán", "üan2"), ("yú", "ü2"), ("liù", "iou4"), ("guī", "uei1"), ("lún", "uen2"),
        ("jūn", "ün1"), ("yòng", "iong4"), ("wēng", "ueng1"), ("ér", "er2"), ("lǜ", "ü4"),
        ("wǔ", "u3"), ("yī", "i1"), ("yīng", "ing1"), ("ma", ""),
    ],
)  # fmt: skip
def test_finals(syllable, final):
    assert final_of(syllable) == final


def test_the_entering_tone_is_modern_level_in_modern_books_only():
    assert open_book().classes("一白") == "OO"
    assert open_book("xinyun").classes("白") == "L"


def test_books_are_not_mixed():
    """A Tang poem is no poem of the modern books, and none falls back on another."""
    text = REGULATED["山行"][0]
    assert judge(text).rhyme.tone == "level"
    assert judge(text).rhyme.first_line == "rhymes"
    assert judge(text, book="xinyun").rhyme.first_line == "free"  # 斜 xié, 家 jiā, 花 huā
    assert judge(GUANQUE, book="中华新韵").book.key == "xinyun"
    assert {open_book(key).key for key in BOOKS} == set(BOOKS)


def test_a_modern_poem_in_the_modern_book():
    text = "春来江岸柳丝长，燕子归来绕画梁。最爱小园花正好，清风送我满身香。"
    assert judge(text, book="xinyun").rhyme.group == "唐"
    assert judge(text, book="tongyun").rhyme.group == "昂"
