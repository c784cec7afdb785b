"""A large file of records is looked through once; then its index says where the texts stand."""

import json
import os
import shutil

import pytest
from reports_fixture import case, launch, run

from reports import reading, sample_index
from reports.frames import rows_of
from reports.records import Sample, to_line
from reports.run_folder import RunFolder
from reports.sample_index import INDEX
from reports.sample_lines import SampleLines
from reports.summary import summarise

CASES = [case(), case("top_k-5"), case("random")]
NAMES = ["seq_rep_4", "distinct_2"]
LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def all_files_are_large(monkeypatch):
    monkeypatch.setattr(sample_index, "SMALLEST", 1)


@pytest.fixture
def folder(tmp_path):
    return aged(run(tmp_path, CASES))


@pytest.fixture
def looked_at(monkeypatch):
    """Every line that a scan looks at from now on."""
    lines = []

    def listening(given, *others):
        def passed():
            for line in given:
                lines.append(line)
                yield line

        return whole(passed(), *others)

    whole = reading._scanned
    monkeypatch.setattr(reading, "_scanned", listening)
    return lines


def aged(folder, seconds=LONG_AGO):
    os.utime(folder.records_path, (seconds, seconds))
    return folder


def texts_in(lines):
    return [line for line in lines if b'"kind": "sample"' in line]


def flat(scanned):
    return [r for one in scanned for r in (one if isinstance(one, SampleLines) else [one])]


def test_the_second_scan_looks_at_no_text_and_holds_the_same(folder, looked_at):
    first = flat(folder.scan())
    assert len(texts_in(looked_at)) == 18
    assert (folder.path / INDEX).is_file()
    looked_at.clear()
    assert flat(folder.scan()) == first == list(folder.read())
    assert looked_at
    assert not texts_in(looked_at)


def test_a_summary_is_the_same_with_the_index(folder, looked_at):
    first = summarise(folder, NAMES)
    looked_at.clear()
    second = summarise(RunFolder.open(folder.path), NAMES)
    assert not texts_in(looked_at)
    assert rows_of(second.cases) == rows_of(first.cases)
    assert rows_of(second.samples) == rows_of(first.samples)


def test_small_files_get_none(folder, monkeypatch):
    monkeypatch.setattr(sample_index, "SMALLEST", folder.records_path.stat().st_size + 1)
    list(folder.scan())
    assert not (folder.path / INDEX).exists()


@pytest.mark.parametrize(
    ("changed", "passed", "kept"),
    [
        (123_456_789, 0.05, False),
        (123_456_789, 0.2, True),
        (123_456_789, -5.0, False),  # in the future
        (0, 0.2, False),  # a clock of whole seconds
        (500_000_000, 1.9, False),
        (0, 2.1, True),
    ],
)
def test_a_file_changed_just_now_gets_none(folder, monkeypatch, changed, passed, kept):
    changed += LONG_AGO * 10**9
    os.utime(folder.records_path, ns=(changed, changed))
    monkeypatch.setattr(sample_index.time, "time_ns", lambda: changed + int(passed * 1e9))
    list(folder.scan())
    assert (folder.path / INDEX).exists() == kept


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("a ship went", "a boat went", 1),  # of the same size
        lambda text: text + "\n",
        lambda text: text[: len(text) // 2],
    ],
)
def test_a_changed_file_is_looked_through_again(folder, looked_at, change):
    list(folder.scan())
    looked_at.clear()
    folder.records_path.write_text(change(folder.records_path.read_text()))
    list(folder.scan())
    assert texts_in(looked_at)
    expected = flat(folder.scan())
    (folder.path / INDEX).unlink()
    assert flat(folder.scan()) == expected


def test_lines_added_later_are_found(folder, looked_at):
    list(folder.scan())
    more = next(r for r in launch(CASES[0], attempt="later") if isinstance(r, Sample))
    folder.append(more)
    folder.close()
    assert flat(folder.scan())[-1] == more
    aged(folder)
    list(folder.scan())  # renews the index
    looked_at.clear()
    assert flat(folder.scan())[-1] == more
    assert not texts_in(looked_at)


def test_damage_between_the_texts_keeps_its_line_number(folder):
    lines = folder.records_path.read_text().splitlines()
    lines[-1:-1] = ["{torn", json.dumps({"kind": "of tomorrow"})]
    folder.records_path.write_text("\n".join(lines) + '\n{"kind": "tr')
    aged(folder)
    damage = []
    for _ in range(2):
        found = flat(folder.scan())
        damage.append((folder.damage(), len(found)))
    assert damage[0] == damage[1]
    assert f"line {len(lines) - 2} not a record" in damage[0][0]
    assert f"line {len(lines) + 1} cut short" in damage[0][0]


def test_damage_among_the_texts_is_found_each_time(folder):
    text = folder.records_path.read_text()
    folder.records_path.write_text(text.replace('"repeat": 1', '"repeat": [1]', 1))
    aged(folder)
    said = [(summarise(RunFolder.open(folder.path), NAMES)).warnings for _ in range(3)]
    assert "1 line was unreadable" in said[0][0].text
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.update(schema_version=2),
        lambda data: data.update(size=data["size"] - 1),
        lambda data: data.update(changed=data["changed"] + 1),
        lambda data: data.pop("parts"),
        lambda data: data.update(parts=7),
        lambda data: data["parts"].reverse(),
        lambda data: data["parts"][0].pop(),
        lambda data: data["parts"][0].__setitem__(0, 7),
        lambda data: data["parts"][0].__setitem__(3, "0"),
        lambda data: data["parts"][0].__setitem__(3, -1),
        lambda data: data["parts"][0].__setitem__(4, 0),
        lambda data: data["parts"][0].__setitem__(5, 0),
        lambda data: data["parts"][-1].__setitem__(6, 10**30),
        lambda data: data["parts"][-1].__setitem__(4, 10**12),
        lambda data: data["parts"][0].__setitem__(7, "zz"),
    ],
)
def test_an_index_that_cannot_be_right_is_passed_over(folder, looked_at, spoil):
    first = flat(folder.scan())
    data = json.loads((folder.path / INDEX).read_text())
    spoil(data)
    (folder.path / INDEX).write_text(json.dumps(data))
    looked_at.clear()
    assert flat(folder.scan()) == first
    assert len(texts_in(looked_at)) == 18
    assert json.loads((folder.path / INDEX).read_text()) != data  # and it was made anew


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 10_000, b"null"])
def test_a_broken_index_is_passed_over(folder, content):
    first = flat(folder.scan())
    (folder.path / INDEX).write_bytes(content)
    assert flat(folder.scan()) == first


def test_a_pipe_or_a_giant_in_its_place_is_not_opened(folder):
    first = flat(folder.scan())
    index = folder.path / INDEX
    with index.open("r+") as stream:
        stream.truncate(folder.records_path.stat().st_size + 1)
    assert flat(folder.scan()) == first
    index.unlink()
    os.mkfifo(index)  # opening it would wait for ever
    assert flat(folder.scan()) == first


def test_a_folder_that_cannot_be_written_is_read_all_the_same(folder):
    first = flat(folder.scan())
    (folder.path / INDEX).unlink()
    (folder.path / INDEX).mkdir()  # nobody can replace a folder by a file
    assert flat(folder.scan()) == first
    assert [path.name for path in folder.path.iterdir() if "tmp" in path.name] == []


def test_an_index_of_another_copy_is_not_believed(folder, tmp_path, looked_at):
    list(folder.scan())
    copy = tmp_path / "copy"
    shutil.copytree(folder.path, copy, copy_function=shutil.copyfile)  # a time of its own
    looked_at.clear()
    assert flat(RunFolder.open(copy).scan()) == flat(folder.scan())
    assert len(texts_in(looked_at)) == 18


def test_texts_of_several_cases_may_alternate(tmp_path, looked_at):
    lines = [
        to_line(record)
        for pair in zip(*(launch(each) for each in CASES), strict=True)
        for record in pair
    ]
    mixed = run(tmp_path, CASES, [])
    mixed.close()
    mixed.records_path.write_text("\n".join(lines))  # the last line ends without a newline
    aged(mixed)
    first = flat(mixed.scan())
    assert len(first) == len(lines)
    looked_at.clear()
    assert flat(mixed.scan()) == first
    assert not texts_in(looked_at)
