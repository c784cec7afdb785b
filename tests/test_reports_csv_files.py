"""The CSV files: read back whole by Python and by pandas, and dead in a spreadsheet."""

import csv
import errno
import io
import os

import pandas as pd
import pytest
from hostile_texts import HOSTILE
from reports_fixture import case, launch, run

from reports.csv_files import guarded, unguarded, write_csv, write_frame
from reports.run_folder import RunFolderError
from reports.summary import summarise

TEXTS = tuple(HOSTILE.values())


@pytest.fixture
def summary(tmp_path):
    cases = [case(), case("=cmd|' /C calc'!A0", skipped="@reason")]
    records = launch(cases[0], texts=TEXTS, repeats=len(TEXTS))
    return summarise(run(tmp_path, cases, records))


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_every_text_comes_back(summary):
    _, path = write_csv(summary)
    rows = read(path)
    assert len(rows) == 2 * len(TEXTS)
    for row, text in zip(rows, TEXTS, strict=False):
        assert unguarded(row["text"]) == (
            text.replace("\0", "␀").replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
        )


def test_numbers_come_back_exactly(summary):
    cases_path, samples_path = write_csv(summary)
    row = read(cases_path)[0]
    for column in ("tokens_per_second", "tpot_seconds", "seq_rep_4", "seq_rep_4_low"):
        assert float(row[column]) == summary.cases[column][0]
    assert row["device_peak_bytes"] == ""
    assert row["launches"] == "1"
    frame = pd.read_csv(samples_path, keep_default_na=False)
    assert list(frame.columns) == list(summary.samples.columns)
    assert list(frame["ended"]) == [True] * len(frame)


def test_the_texts_are_the_table_of_samples(summary):
    _, path = write_csv(summary)
    stream = io.StringIO(newline="")
    write_frame(summary.samples, stream)
    assert path.read_bytes().decode() == stream.getvalue()


def test_no_cell_begins_a_formula(summary):
    for path in write_csv(summary):
        for row in read(path):
            for column, cell in row.items():
                try:
                    float(cell)
                except ValueError:
                    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠")), column


def test_the_guard_can_be_switched_off(summary, tmp_path):
    _, path = write_csv(summary, tmp_path, guard=False)
    assert HOSTILE["formula"] in [row["text"] for row in read(path)]
    assert path.parent == tmp_path


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "-", "@x", "\t", "＋1", "'", "x", "", "'x"])
def test_the_guard_can_be_undone(text):
    assert unguarded(guarded(text)) == text


def test_negative_numbers_are_no_formulas():
    stream = io.StringIO()
    write_frame(pd.DataFrame({"a": [-1.5, 2.0], "b": ["-x", None]}), stream)
    assert stream.getvalue() == "a,b\r\n-1.5,'-x\r\n2.0,\r\n"


def test_a_full_disk_is_one_clear_error_and_keeps_the_old_file(summary, monkeypatch):
    path, _ = write_csv(summary)
    before = path.read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunFolderError, match=r"cases\.csv: No space left.*Free some space"):
        write_csv(summary)
    assert path.read_bytes() == before
    assert not [file for file in path.parent.iterdir() if file.suffix == ".tmp"]
