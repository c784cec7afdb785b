"""Text, JSON Lines and CSV as data sets: what is read, and what is said of broken files."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hostile_texts import HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.states.data import DataError, fingerprint, read, text_file
from scenarios.data_sets import DataSet, parse_data_set


def texts_of(data: DataSet) -> set[str]:
    texts = read(data, 0)
    return {*texts.train, *texts.held_out}


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return str(path)


def plain(path: str, **options: Any) -> DataSet:
    return parse_data_set({"text": path, **options})


def objects(path: str, field: str = "t") -> DataSet:
    return parse_data_set({"jsonl": path, "field": field})


def table(path: str, column: str = "t") -> DataSet:
    return parse_data_set({"csv": path, "column": column})


def message(data: DataSet) -> str:
    with pytest.raises(DataError) as caught:
        read(data, 0)
    words = str(caught.value)
    assert "\n" not in words
    return words


class TestText:
    @pytest.mark.parametrize(
        ("content", "options", "texts"),
        [
            ("a\n\n  b  \r\n\n", {}, {"a", "b"}),
            ("\ufeffa\nb", {}, {"a", "b"}),
            ("a\u2028c\nb\x85d\nx\x0by\rz", {}, {"a\u2028c", "b\x85d", "x\x0by\rz"}),
            ("a\nb\n\n c\nd \n\n", {"separator": "\n\n"}, {"a\nb", "c\nd"}),
            ("a\r\nb\r\n\r\nc", {"separator": "\n\n"}, {"a\nb", "c"}),
            ("a<|endoftext|>\nb<|endoftext|>", {"separator": "<|endoftext|>"}, {"a", "b"}),
            ("a\0b\nc", {}, {"a\0b", "c"}),
        ],
    )
    def test_texts(
        self, tmp_path: Path, content: str, options: dict[str, Any], texts: set[str]
    ) -> None:
        assert texts_of(plain(write(tmp_path, "x.txt", content), **options)) == texts

    def test_empty_texts_between_separators_are_counted(self, tmp_path: Path) -> None:
        data = plain(write(tmp_path, "x.txt", "a%%b%%"), separator="%")
        facts = read(data, 0).facts
        assert (facts["texts_in_set"], facts["dropped_empty"]) == (2, 2)
        lines = plain(write(tmp_path, "y.txt", "a\n\n\nb\n"))
        assert read(lines, 0).facts["dropped_empty"] == 0

    def test_order(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x.txt", "c\na\nb\n")
        found = text_file.texts(parse_data_set({"text": path}))  # type: ignore[arg-type]
        assert list(found.texts) == ["c", "a", "b"]

    def test_gzip(self, tmp_path: Path) -> None:
        packed = gzip.compress("春眠\n不覺曉\n".encode())
        assert texts_of(plain(write(tmp_path, "x.txt.gz", packed))) == {"春眠", "不覺曉"}
        assert "not a whole gzip file" in message(plain(write(tmp_path, "y.gz", packed[:-9])))
        assert "not a whole gzip file" in message(plain(write(tmp_path, "z.gz", b"plain")))

    def test_not_utf_8(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x.txt", b"good\n" + "春眠".encode("gb18030") + b"\n")
        assert message(plain(path)) == (
            f"{path}:2: not UTF-8 text (byte 0xb4 at 1 of the line); convert it, for example with "
            "iconv -f gb18030 -t utf-8"
        )
        assert "not UTF-8" in message(table(path, "good"))
        assert "not UTF-8" in message(objects(write(tmp_path, "y", '{"t": "é"}'.encode("latin1"))))
        assert "not UTF-8" in message(plain(write(tmp_path, "z", "a".encode("utf-16"))))
        assert len(fingerprint(plain(path))) == 64  # of bytes, whatever they mean

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        assert "there is no such file" in message(plain(str(tmp_path / "no")))
        assert "is a folder, not a file" in message(plain(str(tmp_path)))
        with pytest.raises(DataError, match="is a folder"):
            fingerprint(plain(str(tmp_path)))

    def test_a_line_of_many_megabytes(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x.txt", "a" * 20_000_000 + "\nb\n")
        assert sorted(map(len, texts_of(plain(path)))) == [1, 20_000_000]


class TestJsonLines:
    def test_texts(self, tmp_path: Path) -> None:
        records = [{"t": "a\nb", "n": 1}, {"t": ""}, {"t": None}, {"t": "春\u2028"}]
        lines = "\n\n".join(json.dumps(one, ensure_ascii=False) for one in records)
        data = objects(write(tmp_path, "x.jsonl", "\ufeff" + lines + "\n \n"))
        assert texts_of(data) == {"a\nb", "春\u2028"}
        assert read(data, 0).facts["dropped_empty"] == 2

    def test_half_surrogate_pairs_are_replaced(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x", '{"t": "a\\ud800b"}\n{"t": "\\ud83d\\ude00"}\n{"t": "\\udc00"}')
        assert texts_of(objects(path)) == {"a\ufffdb", "😀", "\ufffd"}

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("{", ":2:2: not JSON ("),
            ("{'t': 1}", "not JSON"),
            ("[1]", "not a JSON object but [1]; one object per line"),
            ('"t"', "not a JSON object"),
            ('{"t": 3}', "'t' (field) holds no text but 3"),
            ('{"t": ["a"]}', "holds no text"),
            ('{"text": "a"}', "has no key 't' (field); there is text"),
            ('{"tt": "a"}', "has no key 't' (field); did you mean 'tt'?"),
            ("{}", "has no key 't' (field); there are none"),
            ("1" * 5000, "JSON that cannot be read"),
            ("[" * 200_000, "JSON that cannot be read"),
            ('{"t": "\0"}', "not JSON"),
        ],
    )
    def test_a_broken_line_is_named(self, tmp_path: Path, line: str, words: str) -> None:
        path = write(tmp_path, "x.jsonl", '{"t": "a"}\n' + line + "\n")
        said = message(objects(path))
        assert said.startswith(f"{path}:2:")
        assert words in said
        assert len(said) < 1000


class TestCsv:
    def test_texts(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerows(
                [["n", " t "], [1, 'a, "b"\nc'], [2, "春"], [3], [4, "  "], [5, "x" * 300_000]]
            )
        before = csv.field_size_limit()
        assert texts_of(table(str(path))) == {'a, "b"\nc', "春", "x" * 300_000}
        assert read(table(str(path)), 0).facts["dropped_empty"] == 2
        assert csv.field_size_limit() == before

    def test_tabs(self, tmp_path: Path) -> None:
        content = "n\tt\n1\ta, b\n2\tc\n"
        assert texts_of(table(write(tmp_path, "x.tsv", content))) == {"a, b", "c"}
        packed = gzip.compress(content.encode())
        assert texts_of(table(write(tmp_path, "x.tsv.gz", packed))) == {"a, b", "c"}

    def test_columns_are_listed_once_where_none_is_near(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x.csv", "id,poem,author\n1,a,b\n")
        assert message(table(path, "text")) == (
            f"{path}: has no column 'text' (columns: 'id', 'poem', 'author')"
        )
        wide = write(tmp_path, "y.csv", ",".join(f"c{i}" for i in range(25)) + "\n")
        assert message(table(wide, "text")).endswith("'c19' and 5 more)")

    def test_a_column_that_is_not_there(self, tmp_path: Path) -> None:
        path = write(tmp_path, "x.csv", "id,poem,author\n1,a,b\n")
        assert message(table(path, "peom")) == (
            f"{path}: has no column 'peom'; did you mean 'poem'? (columns: 'id', 'poem', 'author')"
        )

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("", "empty; it needs a header row"),
            ("t\n", "(it has a header and no row below)"),
            ('t\n"a\n', ":2: not a CSV table"),
            ('t\n"a"b\n', ":2: not a CSV table"),
            ("t\na\rb\n", "not a CSV table"),
        ],
    )
    def test_broken_tables(self, tmp_path: Path, content: str, words: str) -> None:
        before = csv.field_size_limit()
        assert words in message(table(write(tmp_path, "x.csv", content)))
        assert csv.field_size_limit() == before

    def test_nul_bytes(self, tmp_path: Path) -> None:
        assert texts_of(table(write(tmp_path, "x.csv", "t\na\0b\nc\n"))) == {"a\0b", "c"}


@pytest.mark.parametrize("kind", [plain, objects])
def test_a_file_of_blank_lines_is_not_called_empty(kind: Any, tmp_path: Path) -> None:
    assert message(kind(write(tmp_path, "x", "\n \n\n"))).endswith("(it has blank lines only)")
    assert message(kind(write(tmp_path, "y", ""))).endswith("(it is empty)")


def test_hostile_texts_come_through(tmp_path: Path) -> None:
    wanted = {
        text.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd") for text in HOSTILE.values()
    }
    wanted = {text for text in wanted if text.strip()}
    lines = "\n".join(json.dumps({"t": text}) for text in HOSTILE.values())
    assert texts_of(objects(write(tmp_path, "x.jsonl", lines))) == wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=60))
def test_any_bytes_give_texts_or_one_message(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, "x", b"t\n" + content)
    for data in (plain(path), plain(path, separator="a"), objects(path), table(path)):
        try:
            texts = read(data, 0)
        except DataError as error:
            words = str(error)
            assert words
        else:
            assert texts.train
            assert texts.held_out
            "".join(texts.train + texts.held_out).encode()
