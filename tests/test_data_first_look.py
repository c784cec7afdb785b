"""What is wrong with training data is said with the scenario's line, before anything is run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command_line import versebench

from bench import exit_codes
from bench.states.data import look
from scenarios.data_sets import parse_data_set

GOOD = {
    "t.csv": 'id,"the ""text"""\n1,a\n',
    "t.tsv": "id\ttext\n1\ta\n",
    "t.jsonl": '\n{"text": "a", "n": 1}\nnot JSON, and not looked at\n',
    "t.txt": "a\n",
    "tang/全唐诗/poet.tang.0.json": "[]",
    "saved/state.json": '{"_data_files": [{"filename": "x.arrow"}], "_split": "train"}',
    "saved/dataset_info.json": '{"features": {"text": {}, "n": {}}}',
    "both/dataset_dict.json": '{"splits": ["test"]}',
    "both/test/state.json": "{}",
    "tfds/short/1.0.0/dataset_info.json": "{}",
    "tfds/short/1.0.0/features.json": '{"featuresDict": {"features": {"text": {}}}}',
    "tfds/old/1.0.0/dataset_info.json": "{}",
    "tfds/two/a/1.0.0/dataset_info.json": "{}",
    "tfds/two/b/1.0.0/dataset_info.json": "{}",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in GOOD.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "torn.csv.gz").write_bytes(b"no gzip")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "open.csv").write_text('"text\n1,a\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "data",
    [
        {"csv": "t.csv", "column": 'the "text"'},
        {"csv": "t.tsv", "column": "text"},
        {"jsonl": "t.jsonl", "field": "text"},
        {"text": "t.txt"},
        {"chinese-poetry": "tang"},
        {"chinese-poetry": None, "collection": "ci"},
        {"huggingface": "saved", "column": "text"},
        {"huggingface": "both", "column": "any", "split": "test"},
        {"tfds": "short", "field": "text", "folder": "tfds"},
        {"tfds": "old", "field": "any", "folder": "tfds"},
        {"tfds": "not_here", "field": "any", "folder": "nowhere"},
        {"sample": "tang"},
    ],
)
def test_nothing_is_wrong(folder: Path, data: dict[str, Any]) -> None:
    look(parse_data_set(data))


@pytest.mark.parametrize(
    ("data", "key", "words"),
    [
        ({"csv": "t.csv", "column": "text"}, "column", "has no column 'text'"),
        ({"csv": "t.csv", "column": "idd"}, "column", "did you mean 'id'?"),
        ({"csv": "t.tsv", "column": "n"}, "column", "(columns: 'id', 'text')"),
        ({"csv": "empty.csv", "column": "n"}, "csv", "empty; it needs a header row"),
        ({"csv": "open.csv", "column": "text"}, "csv", "not a CSV table"),
        ({"csv": "torn.csv.gz", "column": "text"}, "csv", "not a whole gzip file"),
        ({"jsonl": "t.jsonl", "field": "txt"}, "field", "t.jsonl:2: has no key 'txt'"),
        ({"jsonl": "t.jsonl", "field": "n"}, "field", "holds no text but 1"),
        ({"jsonl": "t.csv", "field": "text"}, "jsonl", "t.csv:1:1: not JSON"),
        ({"text": "latin.txt"}, "text", "latin.txt:1: not UTF-8 text"),
        ({"chinese-poetry": "tang", "collection": "ci"}, "collection", "it has tang"),
        ({"chinese-poetry": "saved"}, "chinese-poetry", "it has no collection at all"),
        ({"huggingface": "saved", "column": "txt"}, "column", "did you mean 'text'?"),
        ({"huggingface": "saved", "column": "n", "split": "dev"}, "split", "is one split (train)"),
        ({"huggingface": "both", "column": "n"}, "huggingface", "has no split 'train'"),
        ({"huggingface": "tang", "column": "n"}, "huggingface", "not a data set written by"),
        ({"tfds": "short", "field": "txt", "folder": "tfds"}, "field", "(fields: 'text')"),
        ({"tfds": "two", "field": "n", "folder": "tfds"}, "tfds", "two/a or two/b"),
    ],
)
def test_a_fault_stands_at_its_line(
    folder: Path, data: dict[str, Any], key: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"prompts": "[a]", "presets": "[gpt2_base_en]", "samplers": "[greedy]"}
    lines = [f"{name}: {text}" for name, text in body.items()]
    lines += ["states:", "  - base", "  - mine:", "      data:"]
    at = {name: len(lines) + 1 + place for place, name in enumerate(data)}
    lines += [f"        {name}: {json.dumps(value)}" for name, value in data.items()]
    Path("mine.yaml").write_text("\n".join(lines), encoding="utf-8")
    code, _, said = versebench(capsys, "check", "mine.yaml")
    assert code == exit_codes.USAGE
    assert said.startswith(f"mine.yaml:{at[key]}:"), said
    assert f" states.1.mine.data.{key}: " in said
    assert words in said
    assert len(said.splitlines()) == 1
    assert versebench(capsys, "run", "mine.yaml") == (code, "", f"versebench: {said}")
    assert not Path("runs").exists()


def test_all_states_are_looked_at_wherever_their_texts_lie(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [
        {"a": {"data": {"csv": "t.tsv", "column": "n"}}},
        {"b": {"data": {"jsonl": "t.jsonl", "field": "text"}}},
        {"c": {"data": {"chinese-poetry": None, "collection": "ci"}}},
    ]
    content = {
        "prompts": ["a"],
        "presets": ["gpt2_base_en"],
        "samplers": ["greedy"],
        "states": states,
        "metrics": ["no_such"],
    }
    Path("mine.yaml").write_text(json.dumps(content))
    more = ["--data", f"c={folder / 'tang'}", "--data", f"b={folder / 't.csv'}"]
    code, _, said = versebench(capsys, "run", "mine.yaml", "--dry-run", *more)
    assert code == exit_codes.USAGE
    places = [line.split(": ")[1] for line in said.splitlines()]
    assert places == [
        "states.0.a.data.column",
        "states.1.b.data.jsonl",
        "states.2.c.data.collection",
        "metrics.0",
    ]


def test_a_file_of_any_size_is_looked_at_by_its_first_line(folder: Path) -> None:
    for name, data in [
        ("t.csv", {"column": "id"}),
        ("t.jsonl", {"field": "text"}),
        ("t.txt", {}),
    ]:
        os.truncate(name, 1 << 40)  # sparse: a tebibyte of NULs that nobody could read
        look(parse_data_set({name.partition(".")[2].replace("txt", "text"): name, **data}))


def test_the_name_of_a_file_may_hold_anything(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a\x1b[31m\u202eb.csv").write_text("id\n")
    state = {"a": {"data": {"csv": "a\x1b[31m\u202eb.csv", "column": "n"}}}
    content = {"prompts": ["a"], "presets": ["p"], "samplers": ["greedy"], "states": [state]}
    Path("mine.yaml").write_text(json.dumps(content))
    _, out, _ = versebench(capsys, "check", "mine.yaml", "--json")
    (fault,) = json.loads(out)["faults"]
    assert "/a␛[31m\\u202eb.csv: has no column 'n'" in fault["message"]
