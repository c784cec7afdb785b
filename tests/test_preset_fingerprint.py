from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bench.preset_folder import fingerprint
from bench.preset_folder.fingerprint import _WHOLE


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    folder = tmp_path / "preset"
    for name in ("config.json", "assets/tokenizer/merges.txt", "model.weights.h5"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    return folder


def test_fingerprint_heeds_content_only(preset: Path, tmp_path: Path) -> None:
    first = fingerprint(preset)
    assert len(first) == 64
    copy = tmp_path / "elsewhere"
    shutil.copytree(preset, copy)
    os.utime(copy / "config.json", (0, 0))
    (copy / "README.md").write_text("a card")
    (copy / ".cache").mkdir()
    (copy / ".cache/x").write_text("x")
    assert fingerprint(copy) == first


@pytest.mark.parametrize("name", ["config.json", "assets/tokenizer/merges.txt", "model.weights.h5"])
def test_fingerprint_changes_with_each_file(preset: Path, name: str) -> None:
    first = fingerprint(preset)
    content = (preset / name).read_bytes()
    (preset / name).write_bytes(content + b"x")
    longer = fingerprint(preset)
    (preset / name).rename((preset / name).with_suffix(".other"))
    assert len({first, longer, fingerprint(preset)}) == 3


def test_fingerprint_of_a_large_file_sees_its_ends_and_spots_between(tmp_path: Path) -> None:
    file = tmp_path / "model.weights.h5"
    size = _WHOLE + 12_345
    seen = set()
    for position in (None, 0, size // 2 // 65536 * 65536, size - 1):
        with file.open("wb") as stream:
            stream.truncate(size)
            if position is not None:
                stream.seek(position)
                stream.write(b"\1" * min(600_000, size - position))
        seen.add(fingerprint(tmp_path))
    assert len(seen) == 4


def test_fingerprint_follows_links(preset: Path, tmp_path: Path) -> None:
    first = fingerprint(preset)
    blob = tmp_path / "blob"
    (preset / "model.weights.h5").rename(blob)
    (preset / "model.weights.h5").symlink_to(blob)
    assert fingerprint(preset) == first
