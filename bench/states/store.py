"""Where trained states are kept: one folder per key, complete or absent.

``<root>/<key>/`` holds ``preset/`` (what ``from_preset`` takes), ``training.json`` and the texts.
A state in the making is ``<root>/<key>.part/`` and becomes the former in one rename, so whatever
a kill or a full disk leaves behind can be gone on with or thrown away, and never loads.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cache_folder import cache_folder
from reports.atomic_file import replacing, sync_folder
from reports.records import from_data
from reports.run_lock import LockedError, RunLock
from reports.training import Training
from reports.training_texts import TEXTS

PRESET = "preset"
FACTS = "training.json"
WORK = "work"  # checkpoints; goes when the state is done
_KEY = re.compile(r"[0-9a-f]{16}")
_PAUSE = 0.5  # s between looks at a lock that another process holds


def default_root() -> Path:
    """Return ``$VERSEBENCH_CACHE/states``, or the same below the user's cache folder."""
    return cache_folder("states")


@dataclass(frozen=True)
class StoredState:
    """A finished state.

    Attributes:
        key: its content key.
        path: its folder.
        training: its record.
    """

    key: str
    path: Path
    training: Training

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())

    @property
    def preset(self) -> Path:
        """The folder that ``from_preset`` takes."""
        return self.path / PRESET

    @property
    def texts(self) -> Path:
        """The training and held-out texts."""
        return self.path / TEXTS


class Store:
    """The states kept below one folder.

    Args:
        root: the folder; made when something is kept.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = default_root() if root is None else root

    def get(self, key: str) -> StoredState | None:
        """Return a finished state; None where there is none, or its record cannot be read."""
        path = self.root / key
        try:
            data = json.loads((path / FACTS).read_text(encoding="utf-8"))
            training = from_data({**data, "kind": Training.kind})
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        if not isinstance(training, Training) or not (path / PRESET).is_dir():
            return None
        return StoredState(key, path, training)

    def all(self) -> list[StoredState]:
        """Return the finished states, the last made first."""
        if not self.root.is_dir():
            return []
        keys = [path.name for path in self.root.iterdir() if _KEY.fullmatch(path.name)]
        found = [state for key in keys if (state := self.get(key)) is not None]
        return sorted(found, key=lambda state: state.path.stat().st_mtime, reverse=True)

    def unfinished(self) -> list[Path]:
        """Return the folders of states in the making, or left by a kill."""
        return sorted(self.root.glob("*.part")) if self.root.is_dir() else []

    def preset(self, key: str) -> Path:
        """Return where the preset of a finished state lies, or will lie."""
        return self.root / key / PRESET

    def part(self, key: str) -> Path:
        """Return the folder in which a state is made."""
        return self.root / f"{key}.part"

    @contextmanager
    def making(self, key: str, wait: Callable[[str], None]) -> Iterator[Path]:
        """Hold the right to make a state; yields its working folder, which may hold a beginning.

        Args:
            key: the state's key.
            wait: called once with the holder, where another process makes it just now.

        Raises:
            OSError: the store cannot be written.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = RunLock(self.root / f"{key}.lock")
        told = False
        while True:
            try:
                lock.take()
                break
            except LockedError as error:
                if not told:
                    wait(str(error))
                told = True
                time.sleep(_PAUSE)
        try:
            part = self.part(key)
            part.mkdir(exist_ok=True)
            yield part
        finally:
            with contextlib.suppress(OSError):
                self.part(key).rmdir()  # where nothing came of it
            lock.give_back()

    def commit(self, key: str, training: Training) -> StoredState:
        """Make the state in ``part(key)`` a finished one. The caller holds ``making``.

        Raises:
            OSError: it cannot be written; the part stays, and committing can be tried again.
        """
        part, final = self.part(key), self.root / key
        with replacing(part / FACTS) as stream:
            json.dump(training.to_data(), stream, ensure_ascii=True, indent=1, allow_nan=False)
        self._discard(key)  # damaged: get() did not take it
        part.rename(final)
        sync_folder(self.root)
        shutil.rmtree(final / WORK, ignore_errors=True)
        state = self.get(key)
        if state is None:
            raise OSError(f"the trained state was written to {final} and cannot be read back")
        return state

    def remove(self, key: str) -> None:
        """Delete a state, finished or in the making.

        Raises:
            LockedError: a process is making it.
            OSError: it cannot be deleted.
        """
        lock = RunLock(self.root / f"{key}.lock")
        lock.take()
        try:
            self._discard(key)
            if self.part(key).exists():
                shutil.rmtree(self.part(key))
        finally:
            lock.give_back()

    def _discard(self, key: str) -> None:
        """Delete a finished state; from the first moment on it is no state any more."""
        path, gone = self.root / key, self.root / f"{key}.gone"
        if gone.exists():
            shutil.rmtree(gone)
        if path.is_dir():
            path.rename(gone)
            shutil.rmtree(gone)
        elif path.exists():
            path.unlink()

    def find(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, finished or in the making."""
        if not self.root.is_dir():
            return []
        names = {path.name.removesuffix(".part") for path in self.root.iterdir() if path.is_dir()}
        return sorted(n for n in names if _KEY.fullmatch(n) and n.startswith(prefix))
