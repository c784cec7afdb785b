"""JSON Lines: one object per line, one of whose keys holds the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.states.data.files import lines
from bench.states.data.found import DataError, Found, whole_characters
from scenarios.data_sets import JsonLines
from scenarios.values import did_you_mean, quoted


def texts(data: JsonLines) -> Found:
    """Return the texts of a file; ``null`` counts as an empty text, blank lines do not count.

    Raises:
        DataError: the file cannot be read, or a line is no JSON object with that key and a text
            in it (says which line).
    """
    path = Path(data.path)
    found = []
    nothing = "it is empty"
    for number, line in lines(path):
        nothing = "it has blank lines only"
        if line.strip():
            found.append(_text(line, data.field, f"{path}:{number}"))
    return Found(found, str(path), nothing=nothing)


def look(data: JsonLines) -> None:
    """See that the first object has the key, and a text in it; no other line is read.

    Raises:
        DataError: as for ``texts``.
    """
    path = Path(data.path)
    for number, line in lines(path):
        if line.strip():
            _text(line, data.field, f"{path}:{number}")
            return


def _text(line: str, field: str, where: str) -> str:
    record = _record(line, where)
    if field not in record:
        known = did_you_mean(field, record)
        raise DataError(f"{where}: has no key {quoted(field)} (field){known}", "field")
    text = record[field]
    if text is None:
        return ""
    if not isinstance(text, str):
        raise DataError(
            f"{where}: {quoted(field)} (field) holds no text but {quoted(text)}; "
            "name the key that holds the text",
            "field",
        )
    return whole_characters(text)


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line.removesuffix("\n"))
    except json.JSONDecodeError as error:
        raise DataError(f"{where}:{error.colno}: not JSON ({error.msg})") from None
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond all measure
        raise DataError(f"{where}: JSON that cannot be read ({error})") from None
    if not isinstance(record, dict):
        raise DataError(f"{where}: not a JSON object but {quoted(record)}; one object per line")
    return record
