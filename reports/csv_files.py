"""``cases.csv`` and ``samples.csv``: RFC 4180, UTF-8, numbers in full precision.

An empty cell is a missing value. A text that a spreadsheet would take for a formula gets an
apostrophe in front (see ``guarded``); ``guard=False`` writes it as it is. NUL becomes ``␀`` and
half a surrogate pair ``U+FFFD``, since neither can be in a CSV file that others read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from reports.atomic_file import replacing
from reports.columns import sample_columns
from reports.frames import rows_of
from reports.manifest import fail
from reports.samples_frame import columns_by_case
from reports.watch import Watch, nobody

if TYPE_CHECKING:
    from pandas import DataFrame

    from reports.summary import Summary

CASES = "cases.csv"
SAMPLES = "samples.csv"
# What Excel, LibreOffice and Google Sheets start a formula with, the full-width signs of East
# Asian editions included (OWASP, CSV Injection); and what is one apostrophe away from it.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def write_csv(
    summary: Summary, folder: Path | None = None, *, guard: bool = True, watch: Watch = nobody
) -> tuple[Path, Path]:
    """Write both files, each whole or not at all; return their paths.

    Args:
        summary: the run.
        folder: where to; by default the run folder.
        guard: put an apostrophe in front of what a spreadsheet would run.
        watch: is told of each case whose texts are written.

    Raises:
        RunFolderError: a file cannot be written.
    """
    folder = summary.run.path if folder is None else folder
    paths = folder / CASES, folder / SAMPLES
    tables = (
        (list(summary.cases.columns), _rows(summary.cases)),
        (sample_columns(summary.metrics.values()), _sample_rows(summary, watch)),
    )
    for path, (names, rows) in zip(paths, tables, strict=True):
        try:
            with replacing(path) as stream:
                _write(names, rows, stream, guard)
        except OSError as error:
            fail(f"cannot write {path}", error)
    return paths


def write_frame(frame: DataFrame, stream: IO[str], *, guard: bool = True) -> None:
    """Write one frame to a text stream that was opened with ``newline=""``."""
    _write(list(frame.columns), _rows(frame), stream, guard)


def _rows(frame: DataFrame) -> Iterator[Iterable[Any]]:
    return (row.values() for row in rows_of(frame))


def _sample_rows(summary: Summary, watch: Watch) -> Iterator[Iterable[Any]]:
    """The rows of ``summary.samples``, without holding all texts of the run at once."""
    cases = summary.completed.cases
    for place, columns in enumerate(columns_by_case(cases, summary.scores)):
        yield from zip(*columns.values(), strict=True)
        watch(f"writing {SAMPLES}", place + 1, len(cases))


def _write(
    names: Sequence[str], rows: Iterable[Iterable[Any]], stream: IO[str], guard: bool
) -> None:
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(value, guard) for value in row])


def _cell(value: Any, guard: bool) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "␀")
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    return guarded(text) if guard else text


def guarded(text: str) -> str:
    """Return ``text``, with an apostrophe in front if a spreadsheet would take it for a formula.

    It can be undone: where a cell is apostrophes followed by one of ``= + - @``, their full-width
    forms, tab, CR or LF, take the first apostrophe away.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Undo ``guarded``."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
