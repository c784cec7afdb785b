"""CSV and TSV: a header row that names the columns, one of which holds the text."""

from __future__ import annotations

import contextlib
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
    with _opened(data) as cells:
        found = list(cells)
        return Found(found, data.path, nothing="it has a header and no row below")


def look(data: Csv) -> None:
    """See that the header has the column; rows below it are not read.

    Raises:
        DataError: as for ``texts``.
    """
    with _opened(data):
        pass


@contextlib.contextmanager
def _opened(data: Csv) -> Iterator[Iterator[str]]:
    """Read the header and give the cells of the column, which are read as they are taken."""
    before = csv.field_size_limit(_LONGEST)  # of the whole process, so it is put back
    path, column = Path(data.path), data.column
    rows = csv.reader(
        (line for _, line in lines(path)),
        delimiter=data.delimiter,
        strict=True,
    )
    try:
        header = next(rows, None)
        if header is None:
            raise DataError(f"{path}: empty; it needs a header row and a row for each text")
        names = [name.strip() for name in header]
        if column not in names:
            other = instead(column, names, "columns")
            raise DataError(f"{path}: has no column {quoted(column)}{other}", "column")
        place = names.index(column)
        # An empty line is no row.
        yield (row[place] if place < len(row) else "" for row in rows if row)
    except csv.Error as error:
        raise DataError(f"{path}:{rows.line_num}: not a CSV table ({error})") from None
    finally:
        csv.field_size_limit(before)
