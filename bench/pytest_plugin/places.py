"""Where runs go, and what every request for a measurement says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .screen import Screen


class Places:
    """The plugin's options, read once.

    Attributes:
        out: the folder in which run folders are made; ``runs`` in the rootdir by default.
        history: the folder of the history; ``history`` in ``out`` by default.
        presets: name -> source, in place of what a scenario says.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Read them.

        Raises:
            pytest.UsageError: a preset is not given as NAME=SOURCE.
        """
        self.out = _place(config, "versebench_out") or config.rootpath / "runs"
        self.history = _place(config, "versebench_history") or self.out / "history"
        self.presets: dict[str, str] = {}
        for pair in config.getoption("versebench_preset"):
            name, equals, source = pair.partition("=")
            if not (name and equals and source):
                raise pytest.UsageError(f"--versebench-preset {pair!r} must look like NAME=SOURCE")
            self.presets[name] = _from(config.invocation_params.dir, source)

    def request(self, screen: Screen) -> dict[str, Any]:
        """Return what the measuring process is told each time."""
        return {
            "presets": self.presets,
            "out": str(self.out),
            "history": str(self.history),
            "width": screen.width,
            "colour": screen.colour,
        }


def _place(config: pytest.Config, name: str) -> Path | None:
    if given := config.getoption(name):
        return config.invocation_params.dir / Path(given).expanduser()
    if given := config.getini(name):
        return config.rootpath / Path(given).expanduser()
    return None


def _from(folder: Path, source: str) -> str:
    """Return a local folder as an absolute path, seen from where pytest was started."""
    if source.startswith(("./", "../", "~")) or source in (".", ".."):
        return str(folder / Path(source).expanduser())
    return source
