"""Warnings as people read them: one line for all that differ in a number only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.summary import Notice

_NUMBER = re.compile(r"(?<![\w.,-])[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?![\w.,]*\w)")


def merged(notices: Iterable[Notice]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each warning with its cases; of several that differ in numbers, one with ranges.

    The numbers of ``other programs used 58 % …`` and ``72 %`` become ``58–72 %``. Numbers that are
    part of a word, such as a version or a name, are no such numbers. The order is that in which
    each kind was first given.
    """
    found: dict[tuple[str, ...], tuple[list[str], dict[str, None]]] = {}
    for notice in notices:
        texts, cases = found.setdefault(tuple(_NUMBER.split(notice.text)), ([], {}))
        texts.append(notice.text)
        cases.update(dict.fromkeys(notice.cases))
    return [(_joined(texts), tuple(cases)) for texts, cases in found.values()]


def _joined(texts: list[str]) -> str:
    columns = zip(*(_NUMBER.findall(text) for text in texts), strict=True)
    ranges = iter([_range(numbers) for numbers in columns])
    return _NUMBER.sub(lambda _: next(ranges), texts[0])


def _range(numbers: tuple[str, ...]) -> str:
    low, high = min(numbers, key=_value), max(numbers, key=_value)
    return low if _value(low) == _value(high) else f"{low}–{high}"


def _value(number: str) -> float:
    return float(number.replace(",", ""))
