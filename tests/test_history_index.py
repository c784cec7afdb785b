"""The index is a cache: whatever happens to it, the answer is that of the files."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading

import pytest
from history_files import case, night, speed_of

from reports.history import index as index_module
from reports.history import index_writer, kept
from reports.history.files import store
from reports.history.index import Index, place_of
from reports.history.json_view import json_object
from reports.history.kept import SCHEMA_VERSION
from reports.history.query import query

NIGHTS = [50.0 + number % 3 for number in range(8)]


@pytest.fixture(autouse=True)
def _every_index_is_kept(monkeypatch):
    monkeypatch.setattr(index_module, "FEW", 0)


@pytest.fixture
def history(tmp_path):
    """A folder of eight nights."""
    return speed_of(NIGHTS, tmp_path / "history")


@pytest.fixture
def place(tmp_path):
    """Where the index lies."""
    return tmp_path / "cache" / "index.sqlite"


def said(history, place):
    """All that a query says."""
    return json_object(query(history, ["*"], place))


def test_an_index_on_the_disk_says_what_one_in_memory_says(history, place):
    fresh = said(history, None)
    assert said(history, place) == fresh
    assert place.exists()
    assert said(history, place) == fresh


def test_only_what_is_new_is_read(history, place):
    with Index(history, place) as index:
        assert index.read == len(NIGHTS)
    store(night(20, [case({"tokens_per_second": 60.0})]), history)
    with Index(history, place) as index:
        assert index.read == 1
    with Index(history, place, rebuild=True) as index:
        assert index.read == len(NIGHTS) + 1


def test_few_files_need_no_index(history, place, monkeypatch):
    monkeypatch.setattr(index_module, "FEW", 50)
    query(history, place=place)
    assert not place.exists()


@pytest.mark.parametrize(
    "harm", ["delete", "cut", "nonsense", "other tables", "broken page", "broken words"]
)
def test_a_damaged_index_is_made_again(history, place, harm):
    fresh = said(history, None)
    said(history, place)
    if harm == "delete":
        place.unlink()
    elif harm == "cut":
        os.truncate(place, 5000)
    elif harm == "nonsense":
        place.write_bytes(b"nonsense " * 1000)
    elif harm == "other tables":
        with sqlite3.connect(place) as database:
            database.execute("pragma user_version = 0")
            database.execute("drop table points")
        database.close()
    elif harm == "broken words":  # SQLite's message quotes them, and cannot be decoded
        content = place.read_bytes()
        assert b"CREATE TABLE files" in content
        place.write_bytes(content.replace(b"CREATE TABLE files", b"CREATE \xb4ABLE files"))
    else:
        content = bytearray(place.read_bytes())
        content[4096 : 4096 * 12] = b"\xff" * (4096 * 11)
        place.write_bytes(content)
    assert said(history, place) == fresh
    assert said(history, place) == fresh


def test_where_no_index_can_be_kept_it_is_built_in_memory(history, tmp_path):
    (tmp_path / "file").write_text("in the way")
    found = query(history, place=tmp_path / "file" / "index.sqlite")
    assert len(found.runs) == len(NIGHTS)
    assert "could not be kept" in found.notes[0]


def test_a_query_writes_nothing_into_the_history(history, place):
    before = {path: path.stat().st_mtime_ns for path in [history, *history.iterdir()]}
    query(history, place=place)
    assert {path: path.stat().st_mtime_ns for path in [history, *history.iterdir()]} == before


def test_files_that_go_and_change_are_noticed(history, place):
    query(history, place=place)
    files = sorted(history.iterdir())
    files[0].unlink()
    files[1].write_text("damaged")
    found = query(history, place=place)
    assert len(found.runs) == len(NIGHTS) - 2
    assert list(found.faults) == [files[1].name]
    (trend,) = found.trends
    assert trend.series.values.tolist() == NIGHTS[2:]


def test_a_file_that_could_not_be_read_is_tried_again(history, place, monkeypatch):
    def refused(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(index_writer, "load", refused)
        found = query(history, place=place)
        assert set(found.faults.values()) == {"it cannot be read (Permission denied)"}
    found = query(history, place=place)
    assert found.faults == {}
    assert len(found.runs) == len(NIGHTS)


def test_a_newer_versebench_reads_again_what_an_older_one_refused(history, place, monkeypatch):
    file = min(history.iterdir())
    text = file.read_text()
    newer = text.replace('"schema_version": 1', f'"schema_version": {SCHEMA_VERSION + 1}')
    file.rename(file.with_name("copied.json")).write_text(newer)  # its name has no digest
    (fault,) = query(history, place=place).faults.values()
    assert "upgrade versebench" in fault
    monkeypatch.setattr(kept, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    assert query(history, place=place).faults == {}


def test_another_process_that_holds_the_index_is_not_waited_for(history, place, monkeypatch):
    monkeypatch.setattr(index_module, "_WAIT", 0.1)
    query(history, place=place)
    holder = sqlite3.connect(place, isolation_level=None)
    holder.execute("begin immediate")
    try:
        found = query(history, place=place)
        assert "locked" in found.notes[0]
        assert len(found.runs) == len(NIGHTS)
    finally:
        holder.close()
    assert query(history, place=place).notes == []


def test_readers_at_once_build_it_once(history, place):
    found, read = [], []

    def ask():
        with Index(history, place) as index:
            read.append(index.read)
            found.append(len(index.rows("select * from runs")))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(NIGHTS)] * 4
    assert sum(read) == len(NIGHTS)


def test_each_history_has_its_own_index(tmp_path):
    one, other = place_of(tmp_path / "a", tmp_path), place_of(tmp_path / "b", tmp_path)
    assert one != other
    assert place_of(tmp_path / "b" / ".." / "a", tmp_path) == one


def test_text_that_sqlite_does_not_take(tmp_path, place):
    half = "half \ud800 pair"
    cases = [case({half: 1.0, "tokens_per_second": 2.0}, id_=half)]
    store(night(0, cases, scenario=half, name=half), tmp_path / "h")
    found = query(tmp_path / "h", ["*"], place)
    assert {trend.series.key.case for trend in found.trends} == {"half ? pair"}
