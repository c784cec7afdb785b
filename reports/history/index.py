"""The index: the numbers of all files of a history, by metric, in SQLite.

It is a cache and nothing else: it holds what the files hold, is brought up to date whenever it is
opened, and may be deleted at any time. It lies outside the history, in the reader's own folder, so
a history that cannot be written, or that machines share over a network (where SQLite's write-ahead
log must not lie), needs nothing. Where it cannot be kept at all it is built in memory.

The points of a metric in a file are one row: packed records of ``POINT``, so that thousands of
files are read in milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.history import kept
from reports.history.files import FileState, listing
from reports.history.index_writer import POINT, UNREAD, IndexWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAYOUT = 1  # counted up when the tables change
_WAIT = 30.0  # s for another process that brings the index up to date
_TABLES = """
create table files (id integer primary key, name text unique, size integer, changed integer,
    fault text);
create table facts (id integer primary key, key text unique, content text);
create table runs (file integer primary key, run text, name text, path text, scenario text,
    created real, finished real, stored real, version text, verdict text, git integer,
    machine integer, columns integer, warnings integer);
create table series (id integer primary key, scenario text, name text, hash text, machine text,
    content integer, unique (scenario, name, hash, machine));
create table metrics (id integer primary key, name text unique);
create table cases (series integer, file integer, status text,
    primary key (series, file)) without rowid;
create table points (metric integer, file integer, data blob,
    primary key (metric, file)) without rowid;
"""
DAMAGED = (sqlite3.Error, UnicodeDecodeError)  # SQLite quotes what it found, readable or not
FEW = 50  # files that are read faster than an index is worth keeping
_EMPTIED = ("runs", "cases", "points")


class Index:
    """An index that is up to date with its history when it is opened.

    Attributes:
        faults: file name -> why it was skipped.
        note: why the index could not be kept on the disk, or None.
        read: how many files had to be read.
    """

    def __init__(self, history: Path, place: Path | None, *, rebuild: bool = False) -> None:
        """Open the index of ``history``, and read what is new there.

        Args:
            history: the folder of the files.
            place: of the index; None builds it in memory.
            rebuild: forget what is there.

        Raises:
            OSError: the history cannot be read.
        """
        self.faults: dict[str, str] = {}
        self.note: str | None = None
        self.read = 0
        found = listing(history)
        if len(found) < FEW:
            place = None
        for again in (False, True):  # one that is damaged is thrown away once
            if place is None:
                break
            try:
                if rebuild or again:
                    _delete(place)
                self._database = _opened(place)
                self._update(history, found)
                self.note = None
                return
            except (*DAMAGED, OSError) as error:
                self.note = f"the index {place} could not be kept ({error})"
                if "locked" in str(error):  # another process is at it, and it is not damaged
                    break
        self._database = _opened(None)
        self._update(history, found)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query gives."""
        return self._database.execute(query, values).fetchall()

    def fact(self, id_: int) -> Any:
        """Return a fact by its number; an empty object for 0."""
        found = self.rows("select content from facts where id = ?", id_)
        return json.loads(found[0][0]) if found else {}

    def use(self, files: Sequence[int]) -> None:
        """Choose the files that count; ``used`` is a table of them."""
        self._database.execute("create temp table used (file integer primary key)")
        self._database.executemany("insert into used values (?)", [(file,) for file in files])

    def points(self, metric: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the points of a metric in the files that count, and the file of each."""
        import numpy as np

        query = (
            "select file, data from points "
            "where metric = (select id from metrics where name = ?) and file in used"
        )
        found = self.rows(query, metric)
        points = np.frombuffer(b"".join(data for _, data in found), dtype=list(POINT))
        counts = [len(data) // points.itemsize for _, data in found]
        return points, np.repeat([file for file, _ in found], counts)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exc: object) -> None:
        self._database.close()

    def _update(self, history: Path, found: Sequence[FileState]) -> None:
        """Bring the index up to date; one process at a time does, the others wait."""
        database = self._database
        try:
            database.execute("begin immediate")
            layout = _layout()
            if database.execute("pragma user_version").fetchone()[0] != layout:
                for (name,) in self.rows("select name from sqlite_master where type = 'table'"):
                    database.execute(f"drop table {name}")
                for statement in _TABLES.split(";"):
                    database.execute(statement)
                database.execute(f"pragma user_version = {layout}")
            database.execute(
                "delete from files where substr(fault, 1, ?) = ?", (len(UNREAD), UNREAD)
            )
            there = {FileState(*row[1:]): row[0] for row in self.rows(
                "select id, name, size, changed from files")}  # fmt: skip
            gone = [there[state] for state in there.keys() - set(found)]
            for id_ in gone:
                for table in _EMPTIED:
                    database.execute(f"delete from {table} where file = ?", (id_,))
                database.execute("delete from files where id = ?", (id_,))
            writer = IndexWriter(database)
            for state in found:
                if state not in there:
                    writer.add(history, state)
                    self.read += 1
            database.execute("commit")
        except BaseException:
            database.close()  # which rolls back
            raise
        self.faults = dict(self.rows("select name, fault from files where fault is not null"))


def _layout() -> int:
    """An index of another layout is built anew.

    So is one of a versebench that refused files of a newer schema, which this one may understand.
    """
    return 1000 * _LAYOUT + kept.SCHEMA_VERSION


def place_of(history: Path, cache: Path) -> Path:
    """Return where the index of a history lies in a cache folder.

    The host is part of the name: a home folder on a network is shared, and an index must not be.
    """
    whole = str(history.resolve())
    key = hashlib.sha256(f"{platform.node()}\n{whole}".encode("utf-8", "replace")).hexdigest()
    return cache / f"{key[:16]}.sqlite"


def _opened(place: Path | None) -> sqlite3.Connection:
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
    target = ":memory:" if place is None else str(place)
    database = sqlite3.connect(target, timeout=_WAIT, isolation_level=None)
    try:
        _log_ahead(database)
        database.execute("pragma synchronous = off")  # a cache; a torn one is built anew
    except DAMAGED:
        database.close()
        raise
    return database


def _log_ahead(database: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; SQLite does not wait by itself for another that does so."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            database.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _delete(place: Path) -> None:
    for end in ("", "-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)
