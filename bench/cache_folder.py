"""The folder of what may be made again: trained states, the index of a history."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """Return ``$VERSEBENCH_CACHE/<name>``, or the same below the user's cache folder."""
    if own := os.environ.get("VERSEBENCH_CACHE"):
        return Path(own).expanduser() / name
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "versebench" / name
