"""Where runs go, and what every request for a measurement says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .screen import Screen


class Places:
    """The plugin's options, read once.

    Attributes:
        out: the folder in which run folders are made; ``runs`` in the rootdir by default.
        history: the folder of the history; ``$VERSEBENCH_HISTORY``, or ``history`` in ``out``, by
            default.
        presets: name -> source, in place of what a scenario says.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Read them.

        Raises:
            pytest.UsageError: a preset is not given as NAME=SOURCE.
        """
        self.out = _place(config, "versebench_out") or config.rootpath / "runs"
        self.history = (
            _place(config, "versebench_history") or _from_environment() or self.out / "history"
        )
        self._page: bool = config.getini("versebench_page")
        self.presets: dict[str, str] = {}
        for pair in config.getoption("versebench_preset"):
            name, equals, source = pair.partition("=")
            if not (name and equals and source):
                raise pytest.UsageError(f"--versebench-preset {pair!r} must look like NAME=SOURCE")
            self.presets[name] = _from(config.invocation_params.dir, source)

    def request(self, screen: Screen, *, page: bool = False) -> dict[str, Any]:
        """Return what the measuring process is told each time; ``page``: whether to write one."""
        return {
            "presets": self.presets,
            "out": str(self.out),
            "history": str(self.history),
            "page": page and self._page,
            "width": screen.width,
            "colour": screen.colour,
        }


def _place(config: pytest.Config, name: str) -> Path | None:
    if given := config.getoption(name):
        return config.invocation_params.dir / Path(os.path.expanduser(given))
    if given := config.getini(name):
        return config.rootpath / Path(os.path.expanduser(given))
    return None


def _from_environment() -> Path | None:
    given = os.environ.get("VERSEBENCH_HISTORY")
    return Path(given).absolute() if given else None


def _from(folder: Path, source: str) -> str:
    """Return a local folder as an absolute path, seen from where pytest was started."""
    if source.startswith(("./", "../", "~")) or source in (".", ".."):
        return str(folder / os.path.expanduser(source))
    return source
