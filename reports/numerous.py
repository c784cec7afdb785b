"""Dataclasses of which a large run makes a hundred thousand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def numerous(*, slots: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a dataclass that is frozen for the type checker alone, and has no hash.

    A really frozen one sets each field by a call: that took a tenth of the time that the report and
    the diff of a million texts take.
    """
    return dataclass(slots=slots)
