"""Plain rows to pandas frames and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from reports.columns import WORDS

if TYPE_CHECKING:
    from pandas import DataFrame, Series


def frame_of(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], words: Collection[str] = WORDS
) -> DataFrame:
    """Build a frame whose dtypes follow its values, whatever the pandas version.

    Text stays in ``object`` columns: Arrow strings refuse lone surrogates. Columns in ``words``
    hold text even where they are empty; other empty ones hold numbers.
    """
    empty: dict[str, Any] = dict.fromkeys(columns)
    # The keys of ``empty`` come first, in its order; what else a row holds comes after them.
    cells = zip(*({**empty, **row}.values() for row in rows), strict=False)
    given = dict(zip(columns, map(list, cells), strict=False))
    return frame_of_columns({name: given.get(name, []) for name in columns}, words)


def frame_of_columns(columns: Mapping[str, list[Any]], words: Collection[str] = WORDS) -> DataFrame:
    """Build a frame of columns of the same length, as ``frame_of`` does."""
    import pandas as pd

    data = {name: _series(values, text=name in words) for name, values in columns.items()}
    return pd.DataFrame(data, columns=list(columns))


def rows_of(frame: DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain Python values, with None for whatever pandas calls missing."""
    plain = frame.astype(object)
    whole = plain.where(plain.notna(), None)
    names = list(whole.columns)
    return [dict(zip(names, row, strict=True)) for row in whole.itertuples(index=False, name=None)]


def _series(values: list[Any], *, text: bool) -> Series[Any]:
    import pandas as pd

    kinds = set(map(type, values))
    full = NoneType not in kinds
    kinds.discard(NoneType)
    dtype = "object"
    if kinds == {bool}:
        dtype = "bool" if full else "boolean"
    elif kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if value is not None):
        dtype = "int64" if full else "Int64"
    elif (kinds and kinds <= {int, float}) or (not kinds and not text):
        dtype = "float64"
    return pd.Series(values, dtype=dtype)
