"""Dependencies run one way (docs/decisions.md, README): read off the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "metrics": {"metrics"},
    "scenarios": {"scenarios"},
    "reports": {"reports", "metrics"},
    "bench": {"bench", "reports", "scenarios", "metrics"},
}
MODELS = {"keras", "keras_hub", "keras_nlp", "tensorflow", "jax", "torch"}
MODEL_CODE = ("bench/engine/", "bench/presets/training/", "bench/states/training/")


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level package of every import in a file, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def sources(package: str) -> list[Path]:
    """Return the Python files of a package."""
    found = sorted((ROOT / package).rglob("*.py"))
    assert found
    return found


def test_arrows_point_one_way() -> None:
    for package, allowed in MAY_IMPORT.items():
        for path in sources(package):
            wrong = set(imports(path)) & (MAY_IMPORT.keys() - allowed)
            assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_only_the_engine_and_the_training_touch_models() -> None:
    for package in MAY_IMPORT:
        for path in sources(package):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(MODEL_CODE):
                assert not set(imports(path)) & MODELS, name


def test_no_drawers() -> None:
    for package in MAY_IMPORT:
        for path in sources(package):
            assert path.stem not in {"utils", "common", "helpers", "misc"}, path
