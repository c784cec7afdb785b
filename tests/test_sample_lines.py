"""Texts stay on the disk until they are asked for; whatever is damaged is found all the same."""

import json

import pytest
from reports_fixture import case, launch, run

from reports import record_lines
from reports.completed import complete
from reports.frames import rows_of
from reports.records import Sample, to_line
from reports.run_folder import RunFolder
from reports.sample_lines import SampleLines
from reports.summary import summarise

CASES = [case(), case("top_k-5")]
NAMES = ["seq_rep_4", "distinct_2", "gzip_ratio"]


@pytest.fixture
def folder(tmp_path):
    return run(tmp_path, CASES)


@pytest.fixture
def parsed(monkeypatch):
    """Every sample line that is parsed from now on."""
    lines = []

    def listening(data):
        if data["kind"] == "sample":
            lines.append(json.dumps(data))
        return whole(data)

    whole = record_lines.from_data
    monkeypatch.setattr(record_lines, "from_data", listening)
    return lines


def test_a_scan_holds_what_a_reading_holds(folder):
    read = list(folder.read())
    scanned = list(folder.scan())
    groups = [one for one in scanned if isinstance(one, SampleLines)]
    assert [one.head[0] for one in groups] == [each["id"] for each in CASES]
    assert [len(one) for one in groups] == [6, 6]
    flat = [r for one in scanned for r in (one if isinstance(one, SampleLines) else [one])]
    assert flat == read
    assert groups[0][1] == [r for r in read if isinstance(r, Sample)][1]
    assert groups[0].size == sum(len(to_line(r)) + 1 for r in groups[0])


def test_texts_scored_before_are_not_read_for_a_summary(folder, parsed):
    first = summarise(folder, NAMES)
    expected = rows_of(first.cases), rows_of(first.samples)
    assert parsed
    parsed.clear()
    second = summarise(RunFolder.open(folder.path), NAMES)
    assert rows_of(second.cases) == expected[0]
    assert parsed == []
    assert rows_of(second.samples) == expected[1]
    assert len(parsed) == 12


def test_a_changed_byte_is_noticed(folder, parsed):
    summarise(folder, NAMES)
    path = folder.records_path
    path.write_text(path.read_text().replace("a ship went", "a boat went", 1))
    parsed.clear()
    again = summarise(RunFolder.open(folder.path), NAMES)
    assert len(set(parsed)) == 6  # of the case that was changed, and no other
    assert "a boat went" in again.samples.text[2]


def test_damaged_texts_are_reported_each_time(folder):
    lines = folder.records_path.read_text().splitlines()
    (place, *_) = [n for n, line in enumerate(lines) if '"kind": "sample"' in line]
    lines[place] = lines[place].replace('"repeat": 0', '"repeat": "x"')
    lines[place + 2] = lines[place + 2].replace('"ids": [', '"ids": [[')
    folder.records_path.write_text("\n".join(lines) + "\n")
    for _ in range(2):
        summary = summarise(RunFolder.open(folder.path), NAMES)
        assert f"2 lines were unreadable and passed over (line {place + 1} not a record, line " in (
            summary.warnings[0].text
        )
        assert summary.cases.samples.tolist() == [4, 6]
        assert len(summary.samples) == 10


def test_a_line_of_another_case_under_the_same_beginning_is_damage(folder):
    text = folder.records_path.read_text()
    other = json.dumps(CASES[1]["id"])
    folder.records_path.write_text(
        text.replace('"repeat": 1,', f'"repeat": 1, "case": {other},', 1)
    )
    results = complete(CASES, folder.scan()).cases
    assert [len(result.samples) for result in results] == [5, 6]
    assert [reason for _, reason in folder.unreadable] == ["not a record"]


def test_lines_of_several_cases_may_alternate(tmp_path):
    pairs = zip(*(launch(each) for each in CASES), strict=True)
    mixed = run(tmp_path, CASES, [record for pair in pairs for record in pair])
    for _ in range(2):
        assert summarise(mixed, NAMES).cases.samples.tolist() == [6, 6]
    found = complete(CASES, mixed.scan()).cases[0]
    assert [s.text for s in found.samples] == [
        r.text for r in launch(CASES[0]) if isinstance(r, Sample)
    ]


def test_texts_of_a_launch_that_did_not_finish_are_counted_and_left_out(tmp_path):
    killed = run(tmp_path, CASES, [*launch(CASES[0]), *launch(CASES[1], attempt="x")[:-1]])
    found = complete(CASES, killed.scan())
    assert found.unfinished == len(launch(CASES[1])) - 2  # the launch itself is no line of it
    assert [result.status for result in found.cases] == ["ok", "not run"]


def test_a_torn_text_is_cut_short(folder):
    with folder.records_path.open("a") as stream:
        stream.write(to_line(next(r for r in launch(CASES[0]) if isinstance(r, Sample)))[:80])
    summary = summarise(RunFolder.open(folder.path), NAMES)
    assert "cut short" in summary.warnings[0].text
