"""Poems of the repository chinese-poetry: a git checkout of any age, or the npm package.

A poem becomes one line of text, its punctuation as stored; a poem of regular shape (4 or 8 lines
of 5 or 7 characters) is written as the embedded Tang model knows it, with ， and 。 alone. Editors'
notes in brackets and quotation marks go; a poem in which a character is lost (□) or described
({足各}) is left out whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.presets.training.tang import poem_text, shape, verse_lines
from bench.states.data import files
from bench.states.data.found import DataError, Found
from bench.states.data.verse_forms import FORMS, OTHER_FORMS
from scenarios.data_set_kinds import COLLECTIONS, HOW_TO_GET_CHINESE_POETRY
from scenarios.data_sets import ChinesePoetry

# Where a collection lies: the folder of the git repository today, in the npm package, and in older
# checkouts; then its files. The first folder that has any is read.
_LAYOUTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "tang": (("全唐诗", "quantangshi", "json"), ("poet.tang.*.json",)),
    "song": (("全唐诗", "quantangshi", "json"), ("poet.song.*.json",)),
    "ci": (("宋词", "songci", "ci"), ("ci.song.*.json",)),
    "wudai": (
        ("五代诗词", "wudaishici", "wudai"),
        ("huajianji/huajianji-*-juan.json", "nantang/poetrys.json"),
    ),
    "yuanqu": (("元曲", "yuanqu"), ("yuanqu.json",)),
    "shijing": (("诗经", "shijing"), ("shijing.json",)),
    "chuci": (("楚辞", "chuci"), ("chuci.json",)),
    "caocao": (("曹操诗集", "caocaoshiji"), ("caocao.json",)),
    "nalan": (("纳兰性德", "nalanxingde"), ("纳兰性德诗集.json",)),
    "yuding": (("御定全唐詩", "御定全唐诗", "yudingquantangshi"), ("json/*.json",)),
    "shuimo": (("水墨唐诗", "shuimotangshi"), ("shuimotangshi.json",)),
}
_ROOTS = ("", "dist", "package/dist", "node_modules/chinese-poetry/dist")
_PARAGRAPHS = ("paragraphs", "content", "para")
_NOTES = re.compile(
    r"（[^（）]*）|\([^()]*\)|〖[^〖〗]*〗|【[^【】]*】|\[[^\[\]]*\]|｛[^｛｝]*｝|\{[^{}]*\}"
)
_QUOTATION = re.compile(r"[“”‘’「」『』《》〈〉〝〞\"'·・]|[^\S\n]")
_PARAGRAPH_END = re.compile(r"(?<![，。？！；、：,.?!;:\n])\n+")
_NUMBER = re.compile(r"\d+")


def texts(data: ChinesePoetry) -> Found:
    """Return the poems of a collection, of the shapes that are asked for.

    Raises:
        DataError: the collection is not there (says how to get it), or a file of it is broken.
    """
    poems: list[str] = []
    damaged = other = 0
    for path in _files(data):
        for record in _records(path):
            poem, form = _poem(record)
            if poem is None:
                damaged += 1
            elif data.form and form not in data.form:
                other += 1
            else:
                poems.append(poem)
    if data.script == "simplified":
        from metrics.chinese.simplified import fold

        poems = [fold(poem) for poem in poems]
    dropped = {"lost or foreign characters": damaged, OTHER_FORMS: other}
    return Found(
        poems,
        f"chinese-poetry, {COLLECTIONS[data.collection]}, in {data.folder}",
        "poems: public domain; the collection chinese-poetry: MIT",
        {reason: count for reason, count in dropped.items() if count},
    )


def fingerprint(data: ChinesePoetry) -> str:
    """Return a hash of the collection's files; the layout does not count.

    Raises:
        DataError: the collection is not there (says how to get it).
    """
    return files.digest(_files(data))


def look(data: ChinesePoetry) -> None:
    """See that the collection is in the folder, where one is named; no file is read.

    Raises:
        DataError: it is not (says which are).
    """
    if data.folder is not None:
        _files(data)


def _files(data: ChinesePoetry) -> list[Path]:
    if data.folder is None:
        raise DataError(
            f"where the chinese-poetry texts lie is not said; {HOW_TO_GET_CHINESE_POETRY}, "
            "then add --data STATE=./chinese-poetry"
        )
    top = Path(data.folder)
    if not top.is_dir():
        raise DataError(f"there is no such folder: {top}; {HOW_TO_GET_CHINESE_POETRY}")
    found = _collection(top, data.collection)
    if not found:
        there = [name for name in _LAYOUTS if _collection(top, name)]
        has = f"it has {', '.join(there)}" if there else "it has no collection at all"
        words = COLLECTIONS[data.collection]
        raise DataError(
            f"{top}: no collection {data.collection}, {words}; {has}; {HOW_TO_GET_CHINESE_POETRY}",
            "collection" if there else None,
        )
    return found


def _collection(top: Path, name: str) -> list[Path]:
    folders, patterns = _LAYOUTS[name]
    for root in _ROOTS:
        for folder in folders:
            found = [p for pattern in patterns for p in (top / root / folder).glob(pattern)]
            # A checkout has poems in traditional and, beside them, folded to simplified forms.
            found = [path for path in found if not path.name.endswith(".simplified.json")]
            if found:
                return sorted(found, key=_in_order)
    return []


def _in_order(path: Path) -> tuple[str, int, str]:
    """poet.tang.2000 stands before poet.tang.10000."""
    number = _NUMBER.search(path.name)
    return path.parent.name, int(number[0]) if number else 10**9, path.name


def _records(path: Path) -> Iterator[dict[str, Any]]:
    text = "".join(line for _, line in files.lines(path))
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise DataError(f"{where}: not JSON ({error.msg}); get the file anew") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: JSON that cannot be read ({error})") from None
    for record in content if isinstance(content, list) else [content]:
        if isinstance(record, dict) and any(key in record for key in _PARAGRAPHS):
            yield record


def _poem(record: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return a poem as text with the form that its shape is of; no text where it is damaged."""
    [paragraphs] = [record[key] for key in _PARAGRAPHS if key in record][:1]
    if isinstance(paragraphs, str):
        paragraphs = [paragraphs]
    if not isinstance(paragraphs, list) or not all(isinstance(one, str) for one in paragraphs):
        return None, None
    bare = "\n".join([*paragraphs, ""])
    while (shorter := _NOTES.sub("", bare)) != bare:
        if any(note[0] in "{｛" for note in _NOTES.findall(bare)):
            return None, None  # {足各} describes a character that has no code
        bare = shorter
    # Some collections leave the mark out where a paragraph ends.
    bare = _PARAGRAPH_END.sub("。", _QUOTATION.sub("", bare).lstrip("\n")).replace("\n", "")
    if not bare:
        return "", None
    lines = verse_lines(bare)
    if lines is None:
        return None, None
    regular = shape(lines)
    return (poem_text(lines), FORMS[regular]) if regular else (bare, None)
