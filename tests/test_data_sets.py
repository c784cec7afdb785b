"""The forms of ``data:`` in a scenario: what is taken, what is refused, and with which words."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from bench.states.data import chinese_poetry
from scenarios.data_set_kinds import COLLECTIONS
from scenarios.data_sets import EXAMPLES, KINDS, AnyDataSet, ChinesePoetry, parse_data_set
from scenarios.yaml_source import read

FORMS: list[tuple[Any, str]] = [
    ("tang", "sample tang"),
    ({"sample": "tang"}, "sample tang"),
    ({"sample": "tang", "texts": 10, "held_out": 0.1, "shuffle": False}, "sample tang"),
    ({"chinese-poetry": "./cp"}, "chinese-poetry tang"),
    ({"chinese-poetry": "./cp", "collection": "ci"}, "chinese-poetry ci"),
    ({"chinese-poetry": "./cp", "form": "wujue"}, "chinese-poetry tang (wujue)"),
    (
        {"chinese-poetry": "./cp", "form": ["wujue", "qilv"], "script": "simplified"},
        "chinese-poetry tang (wujue, qilv)",
    ),
    ({"sample": "tang", "form": "wulu"}, "sample tang (wulv)"),
    ({"tfds": "reddit_tifu", "field": "documents"}, "tfds reddit_tifu (documents)"),
    (
        {"tfds": "reddit_tifu/long:1.1.2", "field": "tldr", "split": "train[:5%]", "folder": "~/d"},
        "tfds reddit_tifu/long:1.1.2 (tldr)",
    ),
    ({"text": "./a/poems.txt"}, "text poems.txt"),
    ({"text": "./a/poems.txt", "separator": "\n\n"}, "text poems.txt"),
    ({"jsonl": "x.jsonl", "field": "text"}, "jsonl x.jsonl (text)"),
    ({"csv": "x.csv", "column": "text"}, "csv x.csv (text)"),
    ({"huggingface": "./saved", "column": "text", "split": "test"}, "huggingface saved (text)"),
]


class Holder(BaseModel):
    """A model with a data set that may be absent, as a state has it."""

    data: AnyDataSet | None = None


@pytest.mark.parametrize(("form", "label"), FORMS)
def test_every_form_is_taken_and_its_dump_validates_again(form: Any, label: str) -> None:
    data = parse_data_set(form)
    assert data.label == label
    for dump in (data.model_dump(mode="json", by_alias=True), data.model_dump()):
        assert parse_data_set(json.loads(json.dumps(dump))) == data
    held = Holder(data=form)
    assert Holder.model_validate(held.model_dump(mode="json", by_alias=True)) == held
    assert parse_data_set(data) is data


def test_no_data_set_at_all_is_allowed_where_it_is_optional() -> None:
    assert Holder(data=None).data is None


def test_each_kind_has_its_key_and_an_example_that_it_takes() -> None:
    assert list(KINDS) == list(EXAMPLES)
    for key, example in EXAMPLES.items():
        assert type(parse_data_set(read(example).data)) is KINDS[key]


def test_choices_say_what_is_taken_and_not_where_it_lies() -> None:
    here, there = (
        parse_data_set({"chinese-poetry": place, "form": "wujue"}) for place in ("./a", "/b/c")
    )
    assert here.choices == there.choices
    assert "/b/c" not in json.dumps(there.choices)
    assert here.choices["kind"] == "chinese-poetry"
    assert here.choices["form"] == ["wujue"]
    for form, _ in FORMS:
        assert parse_data_set(form).choices["texts"] == parse_data_set(form).texts
    csv, jsonl = parse_data_set(FORMS[-2][0]), parse_data_set(FORMS[-3][0])
    assert csv.choices != jsonl.choices


@pytest.mark.parametrize("body", [{"sample": "tang"}, {"chinese-poetry": "./cp"}])
@pytest.mark.parametrize(("old", "name"), [("wulu", "wulv"), ("qilu", "qilv")])
def test_a_form_under_its_old_name_is_the_same_state(
    body: dict[str, str], old: str, name: str
) -> None:
    data = parse_data_set({**body, "form": old})
    assert data == parse_data_set({**body, "form": [name]})
    assert data.choices == parse_data_set({**body, "form": name}).choices
    assert data.choices["form"] == [name]


def test_the_whole_sample_reads_as_before_it_had_forms() -> None:
    assert "form" not in parse_data_set("tang").choices


def test_the_collections_of_a_scenario_are_those_that_can_be_read() -> None:
    allowed = ChinesePoetry.model_json_schema()["properties"]["collection"]["enum"]
    assert allowed == list(COLLECTIONS) == list(chinese_poetry._LAYOUTS)


@pytest.mark.parametrize(
    ("form", "place", "words"),
    [
        ("tnag", (), "unknown sample 'tnag'; did you mean 'tang'?"),
        ("./poems.jsonl", (), "must say what the file holds, such as {jsonl: "),
        ("csv", (), "must say where it is, such as {csv: "),
        (3, (), "must be a data set: the word tang, or such as"),
        ([], (), "must be a data set"),
        ({}, (), "it needs one of the keys sample, chinese-poetry, tfds"),
        ({"field": "x", "texts": 3}, (), "it needs one of the keys"),
        ({"tfd": "x", "field": "y"}, ("tfd",), "unknown kind of data set 'tfd'; did you mean 'tf"),
        ({7: 8}, ("7",), "unknown kind of data set '7'"),
        ({"tfds": "x", "csv": "y"}, (), "names 2 data sets (tfds, csv); a state has one"),
        ({"csv": "y", "colunm": "z"}, ("colunm",), "unknown key 'colunm'; did you mean 'column'?"),
        ({"csv": "y", "field": "z"}, ("field",), "unknown key 'field'"),
        ({"csv": "y"}, ("column",), "required"),
        ({"jsonl": "y"}, ("field",), "required"),
        ({"tfds": "y"}, ("field",), "required"),
        ({"huggingface": "y"}, ("column",), "required"),
        ({"csv": "", "column": "z"}, ("csv",), "must not be empty"),
        ({"csv": None, "column": "z"}, ("csv",), "string"),
        ({"text": "y", "separator": ""}, ("separator",), "must not be empty"),
        ({"sample": "tang", "texts": 0}, ("texts",), "greater than or equal to 1"),
        ({"sample": "tang", "texts": True}, ("texts",), "integer"),
        ({"sample": "tang", "held_out": 0}, ("held_out",), "greater than 0"),
        ({"sample": "tang", "held_out": 1}, ("held_out",), "less than or equal to 0.5"),
        ({"sample": "tang", "shuffle": "no"}, ("shuffle",), "boolean"),
        ({"sample": "tang", "shuffle": 0}, ("shuffle",), "boolean"),
        ({"chinese-poetry": "x", "collection": "tnag"}, ("collection",), "'tang'"),
        ({"chinese-poetry": "x", "form": "lushi"}, ("form", 0), "'wujue'"),
        ({"chinese-poetry": "x", "form": ["qilv", "qilu"]}, ("form", 1), "is there already"),
        ({"chinese-poetry": "x", "form": []}, ("form",), "at least 1"),
    ],
)
def test_what_is_refused_and_where(form: Any, place: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Holder(data=form)
    errors = caught.value.errors()
    assert ("data", *place) in [error["loc"] for error in errors]
    assert words in " ".join(error["msg"] for error in errors)


def validate(form: Any, folder: Path) -> Any:
    """Validate as the loader does, with the folder of the scenario file."""
    return TypeAdapter(AnyDataSet).validate_python(form, context={"folder": folder})


def refused(form: Any, folder: Path) -> str:
    with pytest.raises(ValidationError) as caught:
        validate(form, folder)
    [error] = caught.value.errors()
    return error["msg"]


def test_local_paths_are_seen_from_the_scenario_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("one\ntwo\n")
    assert validate({"text": "a/../a/x.txt"}, tmp_path).path == str(tmp_path / "a" / "x.txt")
    assert validate({"chinese-poetry": "./a"}, tmp_path).folder == str(tmp_path / "a")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert validate({"huggingface": "~/a", "column": "t"}, Path("/")).huggingface == str(
        tmp_path / "a"
    )
    # The library makes the folder of tfds where there is none, so it need not be there.
    made = validate({"tfds": "x", "field": "y", "folder": "none"}, tmp_path)
    assert made.folder == str(tmp_path / "none")
    assert parse_data_set({"text": "a/x.txt"}).path == "a/x.txt"  # no context: as it stands


def test_a_place_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    missing = str(tmp_path / "no")
    assert refused({"text": "no"}, tmp_path) == f"there is no such file: {missing}"
    assert refused({"csv": ".", "column": "a"}, tmp_path).startswith("is a folder, not a file: ")
    words = refused({"huggingface": "no", "column": "a"}, tmp_path)
    assert words.startswith(
        f"there is no such folder: {missing}; make it, where there is a network"
    )
    assert "datasets.load_dataset('NAME', split='train').save_to_disk('FOLDER')" in words
    words = refused({"chinese-poetry": "no"}, tmp_path)
    assert words.startswith(f"there is no such folder: {missing}; get it by `git clone https://")
    assert "npm pack chinese-poetry" in words
    assert "is a file, not a folder" in refused({"chinese-poetry": "file"}, tmp_path)
    assert "cannot be read" in refused({"text": "a\0b"}, tmp_path)
    assert "cannot be read" in refused({"text": "x" * 5000}, tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "is not a regular file" in refused({"text": "pipe"}, tmp_path)
    if os.sep == "/":
        assert "cannot be read" in refused({"text": "file/x"}, tmp_path)


def test_the_json_schema_describes_every_form() -> None:
    schema = Holder.model_json_schema()
    jsonschema = pytest.importorskip("jsonschema")
    for form, _ in FORMS:
        jsonschema.validate({"data": form}, schema)
    for form in ("tnag", {"tfd": "x"}, {"csv": "x"}, {"csv": "x", "column": "y", "z": 1}, 3):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"data": form}, schema)
