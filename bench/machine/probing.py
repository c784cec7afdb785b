"""Running probes: one that fails gives None and a reason, and never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class MissingError(Exception):
    """The machine does not say; the text is the reason."""


def collect(probes: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Call each probe; return their values by name, and under ``missing`` why any is None."""
    values: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for name, probe in probes.items():
        try:
            values[name] = probe()
        except MissingError as reason:
            values[name], missing[name] = None, str(reason)
        except Exception as error:  # an odd machine must not stop a benchmark
            values[name], missing[name] = None, f"{type(error).__name__}: {error}"
    return {**values, "missing": missing}


def text_of(file: Path) -> str:
    """Return a small file's text, stripped.

    Raises:
        MissingError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise MissingError(f"cannot read {file} ({error.strerror})") from error


def first_text(*files: Path) -> str | None:
    """Return the text of the first file that can be read and is not empty."""
    for file in files:
        try:
            if text := text_of(file):
                return text
        except MissingError:
            continue
    return None
