"""The collections of chinese-poetry, in the layouts of the git repository and the npm package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.states.data import DataError, chinese_poetry, fingerprint, read
from scenarios.data_set_kinds import COLLECTIONS
from scenarios.data_sets import ChinesePoetry, parse_data_set

WUJUE = ["春眠不覺曉，處處聞啼鳥。", "夜來風雨聲，花落知多少。"]
QIJUE = ["朝辭白帝彩雲間，千里江陵一日還。", "兩岸猿聲啼不住，輕舟已過萬重山。"]
WULU = [
    "國破山河在，城春草木深。",
    "感時花濺淚，恨別鳥驚心。",
    "烽火連三月，家書抵萬金。",
    "白頭搔更短，渾欲不勝簪。",
]
SONG = ["敕勒川，陰山下。", "天似穹廬，籠蓋四野。"]


def poem(paragraphs: Any, key: str = "paragraphs") -> dict[str, Any]:
    return {"author": "某", "title": "題", key: paragraphs}


def write(folder: Path, path: str, records: Any) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


def in_order(folder: Path, **options: Any) -> list[str]:
    """Return the texts as they are found, before they are divided."""
    data = parse_data_set({"chinese-poetry": str(folder), **options})
    assert isinstance(data, ChinesePoetry)
    return list(chinese_poetry.texts(data).texts)


def one(tmp_path: Path, record: dict[str, Any]) -> list[str]:
    write(tmp_path, "全唐诗/poet.tang.0.json", [record])
    return in_order(tmp_path)


@pytest.mark.parametrize("root", ["", "dist", "package/dist", "node_modules/chinese-poetry/dist"])
@pytest.mark.parametrize("place", ["全唐诗", "quantangshi", "json"])
def test_every_layout_of_the_tang_poems(tmp_path: Path, root: str, place: str) -> None:
    top = tmp_path / root
    for start, record in ((2000, poem(WUJUE)), (10000, poem(WULU)), (0, poem(QIJUE))):
        write(top, f"{place}/poet.tang.{start}.json", [record])
        write(top, f"{place}/poet.song.{start}.json", [poem(SONG)])
        write(top, f"{place}/error/poet.tang.{start}.json", [poem(SONG)])
    write(top, f"{place}/authors.tang.json", [{"name": "某", "desc": "…"}])
    assert in_order(tmp_path) == ["".join(QIJUE), "".join(WUJUE), "".join(WULU)]
    assert in_order(tmp_path, collection="song") == ["".join(SONG)] * 3


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_collection_in_every_place_it_had(tmp_path: Path, collection: str) -> None:
    folders, patterns = chinese_poetry._LAYOUTS[collection]
    prints = set()
    for number, folder in enumerate(folders):
        top = tmp_path / str(number)
        for pattern in patterns:
            write(top, f"{folder}/{pattern.replace('*', '0')}", [poem(WUJUE), poem(WULU)])
            write(top, f"{folder}/{pattern.replace('*', '0')[:-5]}.simplified.json", [poem(SONG)])
        data = parse_data_set({"chinese-poetry": str(top), "collection": collection})
        texts = read(data, 0)
        assert {*texts.train, *texts.held_out} == {"".join(WUJUE), "".join(WULU)}
        assert COLLECTIONS[collection] in texts.facts["source"]
        assert "MIT" in texts.facts["licence"]
        prints.add(fingerprint(data))
    assert len(prints) == 1  # the layout does not count


def test_forms_and_script(tmp_path: Path) -> None:
    records = [poem(WUJUE), poem(QIJUE), poem(WULU), poem(SONG), poem([*WULU, *WULU])]
    write(tmp_path, "全唐诗/poet.tang.0.json", records)
    assert len(in_order(tmp_path)) == 5
    assert in_order(tmp_path, form="wujue") == ["".join(WUJUE)]
    assert in_order(tmp_path, form=["wulv", "qijue"]) == ["".join(QIJUE), "".join(WULU)]
    assert in_order(tmp_path, form="wujue", script="simplified") == [
        "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
    ]
    data = parse_data_set({"chinese-poetry": str(tmp_path), "form": ["wujue", "qijue"]})
    assert read(data, 0).facts["dropped"] == {"other forms": 3}
    none = parse_data_set({"chinese-poetry": str(tmp_path), "form": "qilv"})
    with pytest.raises(DataError, match=r"no text in chinese-poetry.* \(5 left out: other forms\)"):
        read(none, 0)


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        (["春眠不覺曉，", "處處聞啼鳥？夜來風雨聲；花落知多少！"], "".join(WUJUE)),
        (["春眠不覺曉（一作曉）處處聞啼鳥。", *WUJUE[1:]], "春眠不覺曉處處聞啼鳥。" + WUJUE[1]),
        (["春眠不覺曉（一作□），處處聞啼鳥。", WUJUE[1]], "".join(WUJUE)),
        (["春眠（題注。", "又）不覺曉，處處聞啼鳥。", WUJUE[1]], "".join(WUJUE)),
        (["「敕勒川，陰山下。」", "天似穹廬，　籠蓋四野"], "敕勒川，陰山下。天似穹廬，籠蓋四野。"),
        (["蜡灯香灺冷，恨天明", "青苹风转彩帆轻"], "蜡灯香灺冷，恨天明。青苹风转彩帆轻。"),
        ("云想衣裳花想容", "云想衣裳花想容。"),
    ],
)
def test_how_a_poem_is_written(tmp_path: Path, paragraphs: Any, text: str) -> None:
    for key in ("paragraphs", "content", "para"):
        assert one(tmp_path, poem(paragraphs, key)) == [text]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ["春眠不□曉，處處聞啼鳥。"],
        ["春眠不{足各}曉，處處聞啼鳥。"],
        ["春眠 abc，處處聞啼鳥。"],
        ["春眠不覺曉（，處處聞啼鳥。"],
        [1, 2],
        [["a"]],
        None,
        {"a": "b"},
    ],
)
def test_damaged_poems_are_left_out_and_counted(tmp_path: Path, paragraphs: Any) -> None:
    records = [poem(paragraphs), poem(WUJUE), poem(WULU), {"name": "no poem"}, 3]
    write(tmp_path, "全唐诗/poet.tang.0.json", records)
    assert in_order(tmp_path) == ["".join(WUJUE), "".join(WULU)]
    facts = read(parse_data_set({"chinese-poetry": str(tmp_path)}), 0).facts
    assert facts["dropped"] == {"lost or foreign characters": 1}


def test_poems_without_text_are_counted_as_empty(tmp_path: Path) -> None:
    write(
        tmp_path, "全唐诗/poet.tang.0.json", [poem([]), poem(["（題注）"]), poem(WUJUE), poem(WULU)]
    )
    facts = read(parse_data_set({"chinese-poetry": str(tmp_path)}), 0).facts
    assert facts["dropped_empty"] == 2


def said(data: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(data, 0)
    with pytest.raises(DataError) as again:
        fingerprint(data)
    assert str(caught.value) == str(again.value)
    return str(caught.value)


def test_what_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    advice = "get it by `git clone https://github.com/chinese-poetry/chinese-poetry`, or by `npm pa"
    missing = parse_data_set({"chinese-poetry": str(tmp_path / "no")})
    assert said(missing).startswith(f"there is no such folder: {tmp_path / 'no'}; {advice}")
    empty = parse_data_set({"chinese-poetry": str(tmp_path)})
    assert said(empty).startswith(
        f"{tmp_path}: no collection tang, Tang poems (全唐诗); "
        f"it has no collection at all; {advice}"
    )
    write(tmp_path, "宋词/ci.song.0.json", [poem(SONG)])
    write(tmp_path, "诗经/shijing.json", [poem(SONG)])
    assert "; it has ci, shijing; get it" in said(empty)


def test_broken_files_are_named(tmp_path: Path) -> None:
    data = parse_data_set({"chinese-poetry": str(tmp_path)})
    path = tmp_path / "json" / "poet.tang.0.json"
    path.parent.mkdir()
    for content, words in (
        (b"[\n{", f"{path}:2:2: not JSON"),
        (b"[" * 200_000, f"{path}: JSON that cannot be read"),
        ("春".encode("gb18030"), f"{path}:1: not UTF-8 text"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            read(data, 0)
        assert str(caught.value).startswith(words)
        assert len(fingerprint(data)) == 64
