"""Hugging Face data sets saved on disk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.states.data import DataError, fingerprint, read
from scenarios.data_sets import DataSet, parse_data_set


def saved(folder: Path, **options: Any) -> DataSet:
    return parse_data_set({"huggingface": str(folder), "column": "text", **options})


def made_up(folder: Path, split: str = "train", content: bytes = b"arrow") -> Path:
    """Make a folder that looks as if ``save_to_disk`` had written it."""
    folder.mkdir(parents=True)
    name = "data-00000-of-00001.arrow"
    (folder / name).write_bytes(content)
    (folder / "dataset_info.json").write_text("{}")
    state = {"_data_files": [{"filename": name}], "_split": split}
    (folder / "state.json").write_text(json.dumps(state))
    return folder


def message(data: DataSet) -> str:
    with pytest.raises(DataError) as caught:
        fingerprint(data)
    return str(caught.value)


def test_the_fingerprint_is_of_the_arrow_files(tmp_path: Path) -> None:
    one = fingerprint(saved(made_up(tmp_path / "one")))
    assert fingerprint(saved(made_up(tmp_path / "same"))) == one
    assert fingerprint(saved(made_up(tmp_path / "other", content=b"else"))) != one
    (tmp_path / "one" / "cache-123.arrow").write_bytes(b"a cache of the library")
    assert fingerprint(saved(tmp_path / "one")) == one
    made_up(tmp_path / "two" / "train")
    made_up(tmp_path / "two" / "test", content=b"test")
    (tmp_path / "two" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert fingerprint(saved(tmp_path / "two")) == one
    assert fingerprint(saved(tmp_path / "two", split="test")) != one
    assert "has no split 'tset'; did you mean 'test'?" in message(
        saved(tmp_path / "two", split="tset")
    )
    assert "it is one split (train)" in message(saved(tmp_path / "one", split="test"))


def test_folders_that_are_none(tmp_path: Path) -> None:
    assert "not a data set written by save_to_disk" in message(saved(tmp_path))
    assert "not a data set written by save_to_disk" in message(saved(tmp_path / "no"))
    folder = made_up(tmp_path / "x")
    for state in (
        "{",
        "[]",
        '{"_data_files": null}',
        '{"_data_files": 1}',
        '{"_data_files": [{"filename": 3}]}',
    ):
        (folder / "state.json").write_text(state)
        assert "save the data set anew" in message(saved(folder))
    (tmp_path / "dataset_dict.json").write_text('{"splits": 5}')
    assert "has no split 'train'" in message(saved(tmp_path))
    (folder / "state.json").write_text('{"_data_files": [{"filename": "gone.arrow"}]}')
    assert "gone.arrow: there is no such file" in message(saved(folder))


def test_the_library_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match="run `pip install datasets`"):
        read(saved(made_up(tmp_path / "x")), 0)


@pytest.mark.model
def test_reading(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = {"text": [f"text {i}" for i in range(40)] + [None, " "], "n": list(range(42))}
    whole = datasets.Dataset.from_dict(rows)
    whole.save_to_disk(str(tmp_path / "one"))
    datasets.DatasetDict({"train": whole, "test": whole.select(range(5))}).save_to_disk(
        str(tmp_path / "two")
    )
    texts = read(saved(tmp_path / "one"), 0)
    assert {*texts.train, *texts.held_out} == {f"text {i}" for i in range(40)}
    assert texts.facts["dropped_empty"] == 2
    part = read(saved(tmp_path / "two", split="test", shuffle=False), 0)
    assert len(part.train) + len(part.held_out) == 5
    with pytest.raises(DataError, match=r"has no column 'txt'; did you mean 'text'\? \(columns"):
        read(saved(tmp_path / "one", column="txt"), 0)
    with pytest.raises(DataError, match="row 0: the column 'n' holds no text but 0"):
        read(saved(tmp_path / "one", column="n"), 0)
    with pytest.raises(DataError, match="cannot be read"):
        read(saved(made_up(tmp_path / "broken")), 0)
