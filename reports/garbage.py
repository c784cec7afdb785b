"""No garbage collection while a great many objects are made that all stay.

Each time the number of objects has grown by a quarter, the collector walks all of them, to find
that none may go: a quarter of the time of a large summary, and a third of that of its diff.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RAN: list[bool] = []  # for each pause, from the outermost: whether the collector ran before it


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the collector, if it runs; as a ``with`` block or a decorator of a function.

    Only what forms a cycle waits for the end; all else goes at once, as ever. So it is for code
    that makes no cycles in number: not for the metrics, which may be anybody's
    (``collection_resumed``).
    """
    running = gc.isenabled()
    gc.disable()
    _RAN.append(running)
    try:
        yield
    finally:
        _RAN.pop()
        if running:
            gc.enable()


@contextmanager
def collection_resumed() -> Iterator[None]:
    """Within a pause, let the collector go on for a while, if it ran before."""
    if not any(_RAN):
        yield
        return
    gc.enable()
    try:
        yield
    finally:
        gc.disable()
