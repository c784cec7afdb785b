"""Hugging Face data sets that ``save_to_disk`` wrote: Arrow files and a ``state.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.states.data import files
from bench.states.data.found import DataError, Found, instead, whole_characters
from scenarios.data_set_kinds import HOW_TO_GET_HUGGINGFACE
from scenarios.data_sets import HuggingFace
from scenarios.values import quoted


def texts(data: HuggingFace) -> Found:
    """Return the texts of a column; a missing value counts as an empty text.

    Raises:
        DataError: the folder is no such data set, has no such split or column, or the library
            that reads it is not installed.
    """
    folder = _split(data)
    try:
        import datasets
    except ImportError:
        raise DataError(
            f"{data.label}: reading it needs Hugging Face's library; run `pip install datasets`"
        ) from None
    try:
        table: Any = datasets.load_from_disk(str(folder))
    except Exception as error:  # the library raises whatever Arrow does
        raise DataError(f"{folder}: cannot be read: {type(error).__name__}: {error}") from None
    if data.column not in table.column_names:
        raise _no_column(data, folder, table.column_names)
    found = []
    for number, value in enumerate(table[data.column]):
        if value is not None and not isinstance(value, str):
            raise DataError(
                f"{folder}: row {number}: the column {quoted(data.column)} holds no text but "
                f"{quoted(value)}"
            )
        found.append(whole_characters(value or ""))
    return Found(found, f"Hugging Face data set in {folder}", table.info.license or None)


def fingerprint(data: HuggingFace) -> str:
    """Return a hash of the split's Arrow files; caches beside them do not count.

    Raises:
        DataError: the folder is no such data set, or has no such split.
    """
    folder = _split(data)
    listed = _list(_object(folder / "state.json").get("_data_files"))
    names = [one.get("filename") for one in listed if isinstance(one, dict)]
    if not names or not all(isinstance(name, str) for name in names):
        raise DataError(f"{folder / 'state.json'}: names no data files; save the data set anew")
    return files.digest([folder / str(name) for name in names])


def look(data: HuggingFace) -> None:
    """See that the folder has the split and, as far as it says, the column; no row is read.

    Raises:
        DataError: it has not.
    """
    info = _split(data) / "dataset_info.json"
    columns = _object(info).get("features") if info.is_file() else None
    if isinstance(columns, dict) and data.column not in columns:
        raise _no_column(data, info.parent, list(columns))


def _no_column(data: HuggingFace, folder: Path, columns: list[str]) -> DataError:
    other = instead(data.column, columns, "columns")
    return DataError(f"{folder}: has no column {quoted(data.column)}{other}", "column")


def _split(data: HuggingFace) -> Path:
    """Return the folder of the split: of several, or the data set itself."""
    top = Path(data.huggingface)
    if not (top / "dataset_dict.json").is_file():
        if not (top / "state.json").is_file():
            raise DataError(
                f"{top}: not a data set written by save_to_disk (it has no state.json); "
                f"{HOW_TO_GET_HUGGINGFACE}"
            )
        own = _object(top / "state.json").get("_split")
        if data.split not in (None, own):
            raise DataError(
                f"{top}: has no split {quoted(data.split)}; it is one split ({own})", "split"
            )
        return top
    splits = [str(name) for name in _list(_object(top / "dataset_dict.json").get("splits"))]
    split = data.split or "train"
    if split not in splits:
        other = instead(split, splits, "splits")
        key = "split" if data.split else None
        raise DataError(f"{top}: has no split {quoted(split)}{other}", key)
    return top / split


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(path: Path) -> dict[str, Any]:
    text = "".join(line for _, line in files.lines(path))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise DataError(f"{path}: not a JSON object; save the data set anew")
    return value
