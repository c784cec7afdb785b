"""Starts the measuring process: ``python -P start.py [more places to look for modules]``.

A script and not ``-m``: the packages must be those that this file lies in, even where PYTHONPATH
names a folder with a ``bench`` or a ``metrics.py`` of its own.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bench", "metrics", "reports", "scenarios")


def look_here_first() -> None:
    """Put our own place first on the path, if another hides one of our packages."""
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None or Path(found.origin).resolve().parents[1] != ROOT:
            sys.path.insert(0, str(ROOT))
            return


def main() -> None:
    """Serve."""
    look_here_first()
    sys.path += [place for place in sys.argv[1:] if place not in sys.path]
    from bench.pytest_plugin.server import serve

    serve()


if __name__ == "__main__":
    main()
