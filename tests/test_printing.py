"""What a report finds and writes, whoever reads what it prints."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from reports_fixture import case, run

from bench import exit_codes

GATE = ("--gate", "tokens_per_second>=1e9")
COMMAND = (sys.executable, "-P", "-m", "bench", "report")


def report(*arguments: str, stdout: int) -> int:
    """Run the command; return its exit code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, check=False
    ).returncode


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)])
def test_a_reader_who_leaves_changes_neither_verdict_nor_files(
    form: tuple[str, ...], tmp_path: Path
) -> None:
    folder = str(run(tmp_path, [case()]).path)
    read, written = os.pipe()
    os.close(read)
    summary, picture = tmp_path / "summary.md", tmp_path / "table.svg"
    wanted = ("--summary", str(summary), "--svg", str(picture))
    assert report(folder, *GATE, *wanted, *form, stdout=written) == exit_codes.WORSE
    os.close(written)
    assert "1 gate missed" in summary.read_text()
    assert picture.read_text().startswith("<svg")


@pytest.mark.parametrize("name", ["manifest.json", "records.jsonl", ".", "/", ""])
def test_a_picture_never_takes_the_place_of_what_was_measured(name: str, tmp_path: Path) -> None:
    folder = run(tmp_path, [case()]).path
    before = {file: (folder / file).read_bytes() for file in ("manifest.json", "records.jsonl")}
    picture = str(folder / name) if name.startswith(("m", "r")) else name
    assert report(str(folder), "--svg", picture, stdout=subprocess.DEVNULL) == exit_codes.USAGE
    assert {file: (folder / file).read_bytes() for file in before} == before


def test_no_standard_output_at_all_is_no_error(tmp_path: Path) -> None:
    folder = str(run(tmp_path, [case()]).path)
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, folder]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(closed, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (exit_codes.FINE, b"")


@pytest.mark.parametrize("command", [("report",), ("diff", "--by", "state")])
def test_csv_goes_to_a_pipe_as_it_is_and_to_a_terminal_without_controls(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    red = "red\x1b[31m\u202e"
    folder = run(tmp_path, [case(red), case(red, state="tang")]).path
    words = [sys.executable, "-P", "-m", "bench", command[0], str(folder), "--csv", *command[1:]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    piped = subprocess.run(words, env=environment, capture_output=True, check=True).stdout
    assert red in piped.decode()
    if command[0] == "report":
        assert piped == (folder / "cases.csv").read_bytes()
    reader, writer = pty.openpty()
    with subprocess.Popen(words, env=environment, stdout=writer, stderr=subprocess.DEVNULL) as it:
        os.close(writer)
        shown = _all_of(reader)
    os.close(reader)
    assert it.returncode == 0
    assert "red␛[31m\\u202e" in shown
    assert not {"\x1b", "\u202e"} & {*shown}


def _all_of(reader: int) -> str:
    found = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:  # how Linux tells that the other side of a terminal was closed
            break
        if not part:
            break
        found += part
    return found.decode()
