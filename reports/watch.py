"""How long work tells how far it is: the reports print nothing, those who call them may."""

from __future__ import annotations

from collections.abc import Callable

Watch = Callable[[str, int, int], None]
"""Called with what is being done (``scoring``), how many cases are done, and how many there are."""


def nobody(what: str, done: int, total: int) -> None:
    """Watch, for those who do not want to know."""
