"""The code of a custom sampler is part of its cases, and is not run to find that out."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from pathlib import Path

import pytest

from bench.commands.selection import select
from bench.custom_code import code_fingerprint

DEADLY = "raise SystemExit('this was run')\n"


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, whose modules end whoever runs them."""
    folder = tmp_path / "code"
    for name in ("alone.py", "outer/__init__.py", "outer/inner/__init__.py", "outer/inner/own.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n{DEADLY}")
    (folder / "names" / "spaced").mkdir(parents=True)
    (folder / "names" / "bare.py").write_text(DEADLY)
    (folder / "names" / "spaced" / "deep.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("alone", "alone.py"),
        ("outer", "outer/__init__.py"),
        ("outer.inner", "outer/inner/__init__.py"),
        ("outer.inner.own", "outer/inner/own.py"),
        ("names.bare", "names/bare.py"),
    ],
)
def test_the_file_is_found_and_nothing_is_run(code: Path, module: str, file: str) -> None:
    assert code_fingerprint(f"{module}:Sampler") == digest(code / file)
    assert not {"alone", "outer", "names"} & set(sys.modules)


@pytest.mark.parametrize(
    "module", ["not_there", "outer.not_there", "alone.below", "names", "sys", "names.spaced.deep"]
)
def test_what_has_no_file_is_not_known(code: Path, module: str) -> None:
    assert code_fingerprint(f"{module}:Sampler") is None


def test_a_module_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "just_here.py").write_text(DEADLY)
    assert code_fingerprint("just_here:Sampler") == digest(tmp_path / "just_here.py")


def test_new_code_is_another_case_and_leaves_the_others_alone(code: Path, tmp_path: Path) -> None:
    def hashes() -> dict[str, str]:
        return {case.sampler.name: case.hash for case in select(str(path), (), {}, {}).cases}

    custom = [{"custom": {"class": f"{module}:S", "name": module}} for module in ("alone", "gone")]
    content = {"prompts": ["a"], "presets": ["gpt2_base_en"], "samplers": ["greedy", *custom]}
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(content))
    before = hashes()
    assert hashes() == before
    (code / "alone.py").write_text("# better\n")
    after = hashes()
    assert [name for name in before if before[name] != after[name]] == ["custom-alone"]
