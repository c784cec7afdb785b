"""What a test gets of a measured case: every column and metric as an attribute."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_NEAR = 0.4  # of 1: so that half a name finds its column


class MissingValueError(AttributeError):
    """A column has no value; the text says why."""


class CaseFailedError(Exception):
    """A case could not be measured; the text says why, with the last lines of its log."""


class Result(Mapping[str, Any]):
    """One measured case: ``result.tokens_per_second``, ``result.rep_4``, ``result["rep_4"]``.

    As a mapping it holds the columns that have a value, as ``cases.csv`` has them. ``rep_4`` and
    the like are short for ``seq_rep_4``.

    Attributes:
        run_folder: where the records are.
        texts: the generated texts, one ``{"prompt", "repeat", "text"}`` each.
        seconds: the times that tokens_per_second rests on: of each launch, or (with one launch)
            of each timed call.
        warnings: what to know about the case.
    """

    def __init__(self, case: str, told: Mapping[str, Any], short: Mapping[str, str], folder: str):
        self.run_folder = Path(folder)
        self.texts: list[dict[str, Any]] = told.get("texts", [])
        self.seconds: list[float] = told["seconds"]
        self.warnings: list[str] = told["warnings"]
        self._case = case
        self._row: Mapping[str, Any] = told["row"]
        self._missing: Mapping[str, str] = told["missing"]
        self._columns: list[str] = told["columns"]
        self._others: list[str] = told.get("others", [])
        self._short = short

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("_"):  # protocols of Python, such as copying
            raise AttributeError(name)
        column = self._short.get(name, name)
        if column in self._row:
            return self._row[column]
        if column in self._columns:
            why = self._missing.get(column) or "it does not apply to this case"
            raise MissingValueError(f"{self._case} has no {name}: {why}")
        if column in self._others:
            raise AttributeError(
                f"{self._case} has no {name}: the metric was not asked for; add it to metrics"
            )
        raise AttributeError(f"no column or metric called {name!r}{self._hint(name)}")

    def _hint(self, name: str) -> str:
        known = [*self._columns, *self._short]
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=_NEAR)
        return f"; did you mean {near[0]!r}?" if near else "; see docs/reports.md for the columns"

    def __getitem__(self, name: str) -> Any:
        """Return a value by its name.

        Raises:
            KeyError: there is none; the text says why.
        """
        __tracebackhide__ = True
        try:
            return getattr(self, name) if name not in vars(self) else self._row[name]
        except AttributeError as error:
            raise KeyError(str(error)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._row)

    def __len__(self) -> int:
        return len(self._row)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._row, *self._short]

    def __repr__(self) -> str:
        speed = self._row.get("tokens_per_second")
        told = "" if speed is None else f", tokens_per_second {speed:.4g}"
        return f"<{self._case}{told}, in {self.run_folder}>"
