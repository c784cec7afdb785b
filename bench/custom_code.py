"""Which code a custom sampler's import path stands for, found without importing or running any."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path


def code_fingerprint(import_path: str) -> str | None:
    """Return the SHA-256 of the file of a module; None where no file is found.

    What that module imports does not count.

    Args:
        import_path: ``package.module:Class``, as it is imported in a worker.
    """
    try:
        file = _file(import_path.partition(":")[0])
        return hashlib.sha256(file.read_bytes()).hexdigest() if file else None
    except (ImportError, OSError, KeyError):  # KeyError: a namespace package inside another one
        return None


def _file(module: str) -> Path | None:
    """Look a module up package by package: ``find_spec`` of a dotted name would import them."""
    folders: Sequence[str] | None = None
    spec: ModuleSpec | None = None
    names = module.split(".")
    for depth in range(1, len(names) + 1):
        spec = _spec(".".join(names[:depth]), folders)
        if spec is None:
            return None
        folders = list(spec.submodule_search_locations or ())
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


def _spec(name: str, folders: Sequence[str] | None) -> ModuleSpec | None:
    """Ask the finders (editable installs have their own); workers see the working folder, too."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = find(name, folders) if find else None
        if spec is not None:
            return spec
    return PathFinder.find_spec(name, [os.getcwd()]) if folders is None else None
