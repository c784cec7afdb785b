"""Records: one line each, back and forth."""

import json

import pytest

from reports.records import CaseDone, Launch, RunEnd, Sample, Trial, from_line, to_line

RECORDS = [
    Launch(0, "a1", "tiny/base/cpu", 1.5, 0.25, 0.125, 1000, what_ran={"jit": True}),
    Trial("c", 0, "a1", "timed", 3, 8, 16, 16, 0.1, None, 0.01, 0, None),
    Sample("c", 0, "a1", "春眠", 0, 1, None, "\x00\x1b[31m\ud800\u202e\n", [1, 2], 3, True, 0),
    CaseDone("c", "h", 0, "a1", "ok", missing={"energy": "no meter"}, warnings=["slow"]),
    RunEnd(2.5, "complete", 1.0),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind)
def test_a_record_survives_its_line(record):
    line = to_line(record)
    assert from_line(line) == record
    assert line.isascii()
    assert "\n" not in line


def test_fields_of_a_newer_version_are_ignored():
    data = json.loads(to_line(RECORDS[4])) | {"colour": "blue"}
    assert from_line(json.dumps(data)) == RECORDS[4]


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", "null", '{"kind": "poem"}', '{"kind": []}', '{"kind": "run_end"}']
)
def test_what_is_no_record_is_a_value_error(line):
    with pytest.raises(ValueError, match=r".*"):
        from_line(line)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + 400 * "0"])
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind)
def test_a_number_that_nothing_measures_is_a_value_error(record, number):
    data = json.loads(to_line(record))
    from_line(json.dumps(data))  # a line of this shape was read before
    for name in [n for n, v in data.items() if type(v) in (int, float)]:
        line = json.dumps(data | {name: "HERE"}).replace('"HERE"', number)
        with pytest.raises(ValueError, match="number"):
            from_line(line)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_nor_is_it_one_deep_within(number):
    line = to_line(RECORDS[0]).replace("true", f"[{number}]")
    with pytest.raises(ValueError, match="not a number of JSON"):
        from_line(line)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        to_line(RunEnd(float("nan"), "complete", 1.0))


@pytest.mark.parametrize(
    ("name", "value"),
    [("seconds", "fast"), ("seconds", None), ("case", 7), ("valid", "yes"), ("phase", [])],
)
def test_a_field_of_another_type_is_a_value_error(name, value):
    line = {**json.loads(to_line(RECORDS[1])), name: value}
    with pytest.raises(ValueError, match=f"bad trial record: {name} is"):
        from_line(json.dumps(line))
