"""The run folder: nothing finished is lost, whatever happens."""

import errno
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reports.records import SCHEMA_VERSION, CaseDone, RunEnd, Trial
from reports.run_folder import RunFolder, RunFolderError, folder_name

MANIFEST = {"versebench_version": "0.1.0", "scenario_name": "demo", "cases": []}


def trial(case, launch=0, round_=0):
    return Trial(case, launch, "a", "timed", round_, 8, 16, 16, 0.1, None, None, 0, 0.0)


def done(case, launch=0, status="ok"):
    return CaseDone(case, f"hash of {case}", launch, "a", status)


@pytest.fixture
def folder(tmp_path):
    with RunFolder.create(tmp_path / "runs", "demo", MANIFEST) as folder:
        yield folder


def test_records_come_back_in_order(folder):
    records = [trial("c1"), done("c1"), RunEnd(1.0, "complete", 1.0)]
    folder.append(*records[:2], sync=True)
    folder.append(records[2])
    assert list(folder.read()) == records
    assert folder.damage() is None
    assert folder.logs.is_dir()


def test_a_new_run_reads_as_empty(folder):
    folder.append()
    assert list(folder.read()) == []
    assert folder.finished() == set()


def test_reading_while_it_is_written(folder):
    folder.append(done("c1"))
    assert list(RunFolder.open(folder.path).read()) == [done("c1")]


def test_two_runs_in_one_second_get_two_folders(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: RunFolder.create(tmp_path, "demo", MANIFEST), range(24)))
    assert len({folder.path for folder in made}) == 24
    for folder in made:
        folder.close()


def test_newest_takes_the_last_of_the_scenario(tmp_path):
    for name in ("20260101-000000-demo", "20260102-000000-demo", "20260102-000000.2-demo"):
        (tmp_path / name).mkdir()
    (tmp_path / "20260102-000000.10-demo").mkdir()  # no manifest: passed over
    (tmp_path / "20260103-000000-demo-2").mkdir()
    (tmp_path / "20260103-000000-other").mkdir()
    for path in tmp_path.iterdir():
        if ".10-" not in path.name:
            (path / "manifest.json").write_text(json.dumps({"schema_version": 1}))
    newest = RunFolder.newest(tmp_path, "demo")
    assert newest is not None
    assert newest.path.name == "20260102-000000.2-demo"
    assert RunFolder.newest(tmp_path, "nothing") is None
    assert RunFolder.newest(tmp_path / "nowhere", "demo") is None


@pytest.mark.parametrize(
    ("name", "part"),
    [("demo", "demo"), ("a/b: c", "a-b-c"), ("../..", "run"), ("唐诗", "唐诗"), ("", "run")],
)
def test_folder_names_are_one_safe_part(name, part):
    assert folder_name(name) == part


def test_a_long_name_still_makes_a_folder(tmp_path):
    RunFolder.create(tmp_path, "诗" * 300, MANIFEST).close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "not a run folder"),
        ("", "damaged"),
        ('{"schema_version": 1', "damaged"),
        ("[1]", "not a manifest"),
        ("{}", "not a manifest"),
        ('{"schema_version": true}', "not a manifest"),
        ('{"schema_version": 99, "versebench_version": "7.0"}', r"7\.0.*Upgrade"),
        (b"\xff\xfe", "damaged"),
        ("[" * 100_000, "damaged"),
    ],
)
def test_a_bad_manifest_is_one_clear_error(tmp_path, content, words):
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(RunFolderError, match=words):
        RunFolder.open(tmp_path)


def test_a_missing_folder_and_a_file_are_clear_errors(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match="does not exist"):
        RunFolder.open(tmp_path / "nowhere")
    with pytest.raises(RunFolderError, match="is not a folder"):
        RunFolder.open(tmp_path / "file")
    with pytest.raises(RunFolderError, match="Choose another folder"):
        RunFolder.create(tmp_path / "file", "demo", MANIFEST)


def test_the_manifest_is_replaced_whole_or_not_at_all(folder, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = folder.manifest
    assert before["schema_version"] == SCHEMA_VERSION
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(RunFolderError, match="No space left"):
            folder.write_manifest({**before, "warnings": ["late"]})
    assert RunFolder.open(folder.path).manifest == before
    assert not list(folder.path.glob("*.tmp")) + list(folder.path.glob(".*.tmp"))
    folder.write_manifest({**before, "warnings": ["late"]})
    assert RunFolder.open(folder.path).manifest["warnings"] == ["late"]


def test_only_ok_cases_are_finished(folder):
    folder.append(done("c1"), done("c2", status="failed"), done("c3", status="skipped"))
    folder.append(done("c1", launch=1), done("c4", status="failed"), done("c4"))
    assert folder.finished() == {
        ("c1", "hash of c1", 0),
        ("c1", "hash of c1", 1),
        ("c4", "hash of c4", 0),
    }


def test_a_cut_at_any_byte_keeps_the_finished_cases_and_the_next_record(folder):
    folder.append(trial("c1"), done("c1"))
    kept = folder.records_path.stat().st_size
    folder.append(trial("c2"), done("c2"))
    whole = folder.records_path.read_bytes()
    folder.close()
    ends = {kept - 1, whole.index(b"\n", kept), len(whole) - 1}
    for size in range(kept, len(whole)):
        folder.records_path.write_bytes(whole[:size])
        with RunFolder.open(folder.path, append=True) as again:
            assert ("c1", "hash of c1", 0) in again.finished()
            again.append(done("c3"))
            records = list(again.read())
        assert records[:2] == [trial("c1"), done("c1")]
        assert records[-1] == done("c3")
        lost = size not in ends and size - 1 not in ends  # only whole lines, or lines less "\n"
        assert bool(again.damage()) == lost


def test_a_torn_last_line_is_reported_to_a_reader_and_left_alone(folder):
    folder.append(done("c1"))
    with folder.records_path.open("ab") as stream:
        stream.write(b'{"kind": "tri')
    size = folder.records_path.stat().st_size
    reader = RunFolder.open(folder.path)
    assert list(reader.read()) == [done("c1")]
    assert "1 line was unreadable" in (reader.damage() or "")
    assert "cut short" in (reader.damage() or "")
    assert folder.records_path.stat().st_size == size


def test_damage_in_the_middle_is_passed_over(folder):
    folder.append(done("c1"))
    for rubbish in (b"\x00" * 50, b"\xff\xfe", b"[" * 100_000, b"{}", b"\n", b'"x"'):
        with folder.records_path.open("ab") as stream:
            stream.write(rubbish + b"\n")
    folder.append(done("c2"))
    assert list(folder.read()) == [done("c1"), done("c2")]
    assert len(folder.unreadable) == 5
    assert "5 lines" in (folder.damage() or "")


def test_a_second_writer_is_told_who_writes(folder):
    with pytest.raises(RunFolderError, match=f"process {os.getpid()}"):
        RunFolder.open(folder.path, append=True)
    reader = RunFolder.open(folder.path)
    with pytest.raises(RunFolderError, match="being written by"):
        reader.append(done("c1"))
    folder.close()
    reader.append(done("c1"))
    reader.close()


def test_a_killed_writer_leaves_no_lock(folder):
    folder.close()
    code = (
        "import sys, time, pathlib; from reports.run_folder import RunFolder\n"
        "folder = RunFolder.open(pathlib.Path(sys.argv[1]), append=True)\n"
        "print('locked', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "locked\n"
    with pytest.raises(RunFolderError, match=f"process {child.pid}"):
        folder.append(done("c1"))
    child.kill()
    child.wait()
    child.stdout.close()
    folder.append(done("c1"))
    assert folder.finished() == {("c1", "hash of c1", 0)}


def test_a_child_process_does_not_inherit_the_lock(folder):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    folder.close()
    RunFolder.open(folder.path, append=True).close()
    child.kill()
    child.wait()


def test_a_full_disk_loses_nothing_and_says_what_to_do(folder, monkeypatch):
    folder.append(done("c1"))
    real, calls = os.write, []

    def half_then_full(handle, data):
        calls.append(len(data))
        if len(calls) == 1:
            return real(handle, bytes(data)[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half_then_full)
        with pytest.raises(RunFolderError, match=r"No space left.*Free some space.*--resume"):
            folder.append(trial("c2"), done("c2"))
    assert len(calls) == 2
    assert list(folder.read()) == [done("c1")]
    folder.append(done("c3"))
    assert list(folder.read()) == [done("c1"), done("c3")]
    assert folder.damage() is None


def test_a_failed_fsync_is_an_error(folder, monkeypatch):
    def broken(handle):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(RunFolderError, match="Input/output error"):
        folder.append(done("c1"), sync=True)


def test_a_short_write_is_continued(folder, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:7]))
    folder.append(trial("c1"), done("c1"))
    assert list(folder.read()) == [trial("c1"), done("c1")]


def test_sync_waits_for_the_disk(folder, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle)))
    folder.append(trial("c1"))
    assert not synced
    folder.append(done("c1"), sync=True)
    assert len(synced) == 1


def test_threads_may_append_at_once(folder):
    def write(number):
        for _ in range(50):
            folder.append(trial(f"c{number}"), done(f"c{number}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = list(folder.read())
    assert len(records) == 400
    for first, second in zip(records[::2], records[1::2], strict=True):
        assert first.case == second.case


def test_the_run_folder_is_light_to_import():
    code = (
        "import sys, reports.run_folder\n"
        "heavy = {'numpy', 'pandas', 'rich', 'scipy', 'keras', 'metrics'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
