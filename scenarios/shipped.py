"""The scenario files that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

SUFFIX = ".yaml"


def names() -> list[str]:
    """Return the names of the shipped scenarios, sorted."""
    found = (Path(str(entry)) for entry in files("scenarios").iterdir())
    return sorted(path.stem for path in found if path.suffix == SUFFIX)


def path(name: str) -> Path:
    """Return the file of a shipped scenario.

    Raises:
        KeyError: there is no such scenario.
    """
    if name not in names():
        raise KeyError(name)
    return Path(str(files("scenarios") / f"{name}{SUFFIX}"))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    from scenarios.editor_schema import json_schema as build

    return build()
