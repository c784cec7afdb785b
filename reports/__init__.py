"""Records of a run, and every view of them: tables, CSV, Markdown; ``load`` for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.loaded_run import load as load

__all__ = ["load"]


def __getattr__(name: str) -> object:
    """Import what programs use when they use it: the package itself stays light."""
    if name == "load":
        from reports.loaded_run import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
