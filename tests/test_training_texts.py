"""The file of training texts: what goes in comes out, the same bytes each time, faults are told."""

import gzip
import json
import time

import pytest
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from reports.training_texts import (
    TextsError,
    read_texts,
    texts_digest,
    texts_path,
    training_folder,
    write_texts,
)


def test_texts_come_back_as_they_were(tmp_path):
    path = tmp_path / "texts.jsonl.gz"
    write_texts(path, HOSTILE.values(), ["one", "", "one"])
    assert read_texts(path) == (list(HOSTILE.values()), ["one", "", "one"])
    write_texts(path, [], [])
    assert read_texts(path) == ([], [])


def test_each_line_is_an_object(tmp_path):
    path = tmp_path / "t"
    write_texts(path, ["春\n眠"], ["b"])
    lines = gzip.decompress(path.read_bytes()).decode("ascii").splitlines()
    assert list(map(json.loads, lines)) == [
        {"side": "train", "text": "春\n眠"},
        {"side": "held_out", "text": "b"},
    ]


def test_the_same_texts_are_the_same_bytes(tmp_path, monkeypatch):
    write_texts(tmp_path / "one", ["a"] * 100, ["b"])
    monkeypatch.setattr(time, "time", lambda: 1e9)
    write_texts(tmp_path / "other", ["a"] * 100, ["b"])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert texts_digest(tmp_path / "one") == texts_digest(tmp_path / "other")
    write_texts(tmp_path / "other", ["a"] * 99, ["b"])
    assert texts_digest(tmp_path / "one") != texts_digest(tmp_path / "other")
    assert texts_digest(tmp_path / "none") is None
    assert texts_digest(tmp_path / "one" / "none") is None
    assert texts_digest(tmp_path) == "unreadable"


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "1",
        "{",
        '"text"',
        "",
        "\udcff",
        "[" * 100_000,
        '{"text": "a"}',
        '{"side": "test", "text": "a"}',
        '{"side": "train", "text": 1}',
        '{"side": [], "text": "a"}',
    ],
)
def test_a_line_of_another_form_is_named(tmp_path, line):
    path = tmp_path / "t"
    good = '{"side": "train", "text": "a"}\n'
    path.write_bytes(gzip.compress((good + line + "\n").encode("utf-8", "surrogateescape")))
    with pytest.raises(TextsError, match="line 2: not"):
        read_texts(path)


def test_damage_is_told(tmp_path):
    path = tmp_path / "t"
    write_texts(path, ["abc" * 1000], [])
    whole = path.read_bytes()
    for data in (whole[:-5], whole[: len(whole) // 2], b"plain", whole[:20] + b"\xff" * 30):
        path.write_bytes(data)
        with pytest.raises(TextsError, match=r"damaged|line 1"):
            read_texts(path)
    with pytest.raises(TextsError, match="No such file"):
        read_texts(tmp_path / "none")
    with pytest.raises(TextsError, match="directory"):
        read_texts(tmp_path)


def test_where_a_run_has_them(tmp_path):
    where = tmp_path / "training" / "gpt2_base_en-tang" / "texts.jsonl.gz"
    assert texts_path(tmp_path, "gpt2_base_en", "tang") == where


LABELS = st.text(alphabet="ab-./\\ 诗\0", min_size=1, max_size=6)


@given(LABELS, LABELS, LABELS, LABELS)
def test_no_two_states_share_a_folder(tmp_path_factory, preset, state, other, another):
    run = tmp_path_factory.getbasetemp()
    folders = {training_folder(run, *labels) for labels in ((preset, state), (other, another))}
    assert len(folders) == len({(preset, state), (other, another)})
    for folder in folders:
        assert folder.parent == run / "training"
        assert folder.name not in {"", ".", ".."}


def test_long_labels_give_a_name_that_a_disk_takes(tmp_path):
    for sign in ("a", "诗"):
        training_folder(tmp_path, sign * 500, sign * 500).mkdir(parents=True)
    assert training_folder(tmp_path, "诗" * 500, "a") != training_folder(tmp_path, "诗" * 500, "b")
