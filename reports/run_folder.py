"""The run folder: ``manifest.json``, append-only ``records.jsonl``, ``logs/``, and reports beside.

One process writes, any number read, also while it writes. Whatever a kill or a full disk leaves
behind is readable: a torn line is passed over and reported, and lines count only under the rule
of ``reports.records``.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports.atomic_file import sync_folder
from reports.manifest import RunFolderError, fail, read_manifest, save_manifest
from reports.reading import read_records, scan_records
from reports.records import SCHEMA_VERSION, CaseDone, Record, to_line
from reports.run_lock import LockedError, RunLock
from reports.sample_lines import SampleLines

__all__ = ["RunFolder", "RunFolderError", "folder_name"]

RECORDS = "records.jsonl"
LOGS = "logs"

_FOLDER = re.compile(r"(?P<time>\d{8}-\d{6})(?:\.(?P<turn>\d+))?-(?P<name>.+)", re.DOTALL)


class RunFolder:
    """One run on disk. Make one with ``create`` or ``open``; a context manager closes it.

    Attributes:
        path: the folder.
        manifest: what was asked for and where, as written by bench (docs/reports.md).
        unreadable: ``(line number, reason)`` of the lines that the last ``read`` passed over.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest
        self.unreadable: list[tuple[int, str]] = []
        self._lock = RunLock(path / ".lock")
        self._handle: int | None = None
        self._turn = threading.Lock()

    @classmethod
    def create(cls, root: Path, name: str, manifest: dict[str, Any]) -> RunFolder:
        """Make ``root/<UTC time>-<name>`` with its manifest, and take its lock.

        Two runs of one name in one second get different folders (``<time>.2-<name>``).
        ``schema_version`` is added to the manifest.

        Raises:
            RunFolderError: ``root`` cannot be written.
        """
        time = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        try:
            root.mkdir(parents=True, exist_ok=True)
            path = _claim(root, time, folder_name(name))
            folder = cls(path, {**manifest, "schema_version": SCHEMA_VERSION})
            (path / LOGS).mkdir()
            folder.write_manifest(folder.manifest)
        except OSError as error:
            fail(f"cannot make a run folder in {root}", error, option="--out")
        folder.lock()
        sync_folder(path)
        sync_folder(root)
        return folder

    @classmethod
    def open(cls, path: Path, *, append: bool = False) -> RunFolder:
        """Open an existing run folder; with ``append``, take its lock at once.

        Raises:
            RunFolderError: not a run folder; its manifest is missing, corrupt, or of a newer
                schema; or, with ``append``, another process writes it or it cannot be written.
        """
        path = Path(path)
        folder = cls(path, read_manifest(path))
        if append:
            folder.lock()
        return folder

    @classmethod
    def newest(cls, root: Path, name: str) -> RunFolder | None:
        """Open the last run of the scenario called ``name``; None where there is none.

        Folders whose manifest cannot be read are passed over.
        """
        wanted, found = folder_name(name), []
        if not root.is_dir():
            return None
        for path in root.iterdir():
            match = _FOLDER.fullmatch(path.name)
            if match and match["name"] == wanted:
                found.append((match["time"], int(match["turn"] or 1), path))
        for _, _, path in sorted(found, reverse=True):
            with contextlib.suppress(RunFolderError):
                return cls.open(path)
        return None

    @property
    def logs(self) -> Path:
        """The folder for what workers write to stderr."""
        return self.path / LOGS

    @property
    def records_path(self) -> Path:
        """``records.jsonl``; absent until the first record."""
        return self.path / RECORDS

    def log(self, name: str) -> Path:
        """Return the path of a log, made empty if need be.

        Raises:
            RunFolderError: it cannot be written.
        """
        path = self.logs / name
        try:
            self.logs.mkdir(exist_ok=True)
            path.touch()
        except OSError as error:
            fail(f"cannot write {self.logs}", error, self.path)
        return path

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest, whole or not at all.

        Raises:
            RunFolderError: it cannot be written; the old one stays.
        """
        try:
            save_manifest(self.path, manifest)
        except OSError as error:
            fail(f"cannot write the manifest in {self.path}", error)
        self.manifest = manifest

    def lock(self) -> None:
        """Become the writer: take the lock, open the records, close a line torn by a kill.

        Raises:
            RunFolderError: another process writes here (the text says which), or the records
                cannot be written.
        """
        if self._handle is not None:
            return
        try:
            self._lock.take()
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._handle = os.open(self.records_path, flags, 0o644)
            size = os.fstat(self._handle).st_size
            if size and os.pread(self._handle, 1, size - 1) != b"\n":
                self._write(b"\n")
        except LockedError as error:
            raise RunFolderError(
                f"{self.path} is being written by {error}. Wait until it is done, or stop it; "
                "then try again."
            ) from error
        except OSError as error:
            self.close()
            fail(f"cannot write {self.records_path}", error, self.path)

    def append(self, *records: Record, sync: bool = False) -> None:
        """Add records, all in one write; with ``sync``, return only once they are on the disk.

        All of them are added or none: after a failed write the file is cut back to where it was.

        Raises:
            RunFolderError: the disk is full, the folder cannot be written, or another process
                writes it.
            ValueError: a record holds a NaN or an infinity; nothing was written.
        """
        data = "".join(to_line(record) + "\n" for record in records).encode("ascii")
        self.lock()
        assert self._handle is not None
        if os.fstat(self._handle).st_nlink == 0:
            raise RunFolderError(f"{self.path} was deleted while the run went on. Start it again.")
        try:
            with self._turn:
                self._write(data)
                if sync and self._handle is not None:
                    os.fsync(self._handle)
        except OSError as error:
            fail(f"cannot write {self.records_path}", error, self.path)

    def read(self) -> Iterator[Record]:
        """Yield the records in file order, as far as the file goes now.

        Lines that are no record (torn by a kill, damaged) are passed over and put into
        ``unreadable``; ``damage`` describes them once the iterator is done.

        Raises:
            RunFolderError: the file is there and cannot be opened.
        """
        self.unreadable = []
        return read_records(self.records_path, self.unreadable)

    def scan(self) -> Iterator[Record | SampleLines]:
        """Yield what ``read`` does, but leave the generated texts on the disk until asked for.

        Damaged lines among those are put into ``unreadable`` when they are first parsed.

        Raises:
            RunFolderError: the file is there and cannot be opened.
        """
        self.unreadable = []
        return scan_records(self.records_path, self.unreadable)

    def damage(self) -> str | None:
        """Return the warning about lines that the last ``read`` passed over, or None."""
        if not self.unreadable:
            return None
        count = len(self.unreadable)
        first = sorted(self.unreadable)[:3]
        shown = ", ".join(f"line {number} {reason}" for number, reason in first)
        more = ", …" if count > 3 else ""
        lines = "1 line was" if count == 1 else f"{count} lines were"
        return (
            f"{RECORDS}: {lines} unreadable and passed over ({shown}{more}). "
            "A kill leaves such a line; a resumed run measures again what was not finished."
        )

    def finished(self) -> set[tuple[str, str, int]]:
        """Return ``(case id, case hash, launch)`` of what a resumed run need not measure again.

        Id and hash, since two cases may measure the same (one preset under two names). A failed
        case is tried again, since people resume after mending what failed; a skipped one too,
        since whether the machine lacks something costs nothing to ask again.
        """
        return {
            (record.case, record.case_hash, record.launch)
            for record in self.read()
            if isinstance(record, CaseDone) and record.status == "ok"
        }

    def close(self) -> None:
        """Stop writing and give the lock back; reading still works, and ``append`` locks anew."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._lock.give_back()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _write(self, data: bytes) -> None:
        assert self._handle is not None
        before, view = os.fstat(self._handle).st_size, memoryview(data)
        try:
            while view:
                view = view[os.write(self._handle, view) :]
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, before)
            raise


def folder_name(name: str) -> str:
    """Return ``name`` as one folder-name part: letters and digits of any script, ``._-``."""
    slug = re.sub(r"[^\w.-]+", "-", name).strip("-.")
    while len(slug.encode("utf-8", "replace")) > 120:
        slug = slug[:-1]
    return slug or "run"


def _claim(root: Path, time: str, name: str) -> Path:
    turn = 1
    while True:
        path = root / (f"{time}-{name}" if turn == 1 else f"{time}.{turn}-{name}")
        try:
            path.mkdir()
        except FileExistsError:
            turn += 1
        else:
            return path
