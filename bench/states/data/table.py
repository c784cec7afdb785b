"""CSV and TSV: a header row that names the columns, one of which holds the text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bench.states.data.files import lines
from bench.states.data.found import DataError, Found, instead
from scenarios.data_sets import Csv
from scenarios.values import quoted

_LONGEST = 2**31 - 1  # characters of a cell; what a C long holds everywhere


def texts(data: Csv) -> Found:
    """Return the column's texts; a row that ends before the column counts as an empty text.

    Raises:
        DataError: the file cannot be read, is no table, or has no such column (names those it has).
    """
    path = Path(data.path)
    before = csv.field_size_limit(_LONGEST)  # of the whole process, so it is put back
    try:
        cells = list(_column(path, data.column, data.delimiter))
        return Found(cells, str(path), nothing="it has a header and no row below")
    finally:
        csv.field_size_limit(before)


def _column(path: Path, column: str, delimiter: str) -> Iterator[str]:
    rows = csv.reader(
        (line for _, line in lines(path)),
        delimiter=delimiter,
        strict=True,
    )
    try:
        header = next(rows, None)
        if header is None:
            raise DataError(f"{path}: empty; it needs a header row and a row for each text")
        names = [name.strip() for name in header]
        if column not in names:
            other = instead(column, names, "columns")
            raise DataError(f"{path}: has no column {quoted(column)}{other}")
        place = names.index(column)
        for row in rows:
            if row:  # an empty line is no row
                yield row[place] if place < len(row) else ""
    except csv.Error as error:
        raise DataError(f"{path}:{rows.line_num}: not a CSV table ({error})") from None
