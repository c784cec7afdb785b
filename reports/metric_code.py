"""A digest of the code that a metric's value depends on: where it changes, scores are out of date.

For a metric of another package that is the file that defines it. For a built-in one it is its
module, the modules of ``metrics`` that this imports, theirs in turn, and the tables beside them; so
a better English lexicon leaves the Chinese scores of a million texts as they are.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from metrics import Metric

_PACKAGE = Path(__file__).parent.parent / "metrics"
_REGISTRY = _PACKAGE / "registry.py"  # lists every metric; no metric needs another for that
_DATA = "data"
# The imports of a module of this project: absolute ones, at the top or within a function.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<origin>metrics(?:\.\w+)*)[ \t]+import[ \t]+"
    r"(?P<names>\([^)]*\)|[^\n]*)|import[ \t]+(?P<module>metrics(?:\.\w+)*))",
    re.MULTILINE,
)


def code_digest(metric: Metric) -> str:
    """Return a digest that changes when the metric's definition or its code does."""
    module = sys.modules.get(getattr(metric.compute, "__module__", None) or "")
    file = getattr(module, "__file__", None)
    content = ""
    if file is not None:
        own = Path(file).is_relative_to(_PACKAGE)
        files = code_files(Path(file)) if own else (Path(file),)
        content = "".join(map(_file_digest, files))
    about = f"{metric.name}\0{metric.definition}\0{metric.level}\0{content}"
    return hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def code_files(module: Path) -> tuple[Path, ...]:
    """Return a module of ``metrics``, what it imports of that package, and their tables, sorted."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += () if file == _REGISTRY else _imported(file)
    tables = {path.parent / _DATA for path in found if path.parent != _PACKAGE}
    return tuple(sorted(found | {path for folder in tables for path in _files_in(folder)}))


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    return tuple(
        path
        for match in _IMPORT.finditer(file.read_text(encoding="utf-8"))
        for path in _modules(match)
        if path.is_file()  # a text may begin a line as an import does
    )


def _modules(match: re.Match[str]) -> Iterator[Path]:
    """The files that an import statement names: modules, or the module that has the names."""
    if match["module"]:
        yield _file_of(match["module"])
        return
    for part in match["names"].strip("()").split(","):
        name = part.split("#")[0].split(" as ")[0].strip()
        inner = f"{match['origin']}.{name}"
        yield _file_of(inner if name and _file_of(inner).is_file() else match["origin"])


def _file_of(module: str) -> Path:
    place = _PACKAGE.parent.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@cache
def _files_in(folder: Path) -> tuple[Path, ...]:
    return tuple(path for path in folder.rglob("*") if path.is_file())


@cache
def _file_digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
