"""``versebench list``: what there is to name, and that each of it can be named."""

from __future__ import annotations

import dataclasses
import json

import pytest
from command_line import versebench
from hostile_texts import HOSTILE

from bench import exit_codes
from bench.judging import forms
from metrics import all_metrics, groups, registry


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code, out, err = versebench(capsys, "list", *words)
    assert (code, err) == (exit_codes.FINE, "")
    return out


def test_every_form_is_listed_by_each_of_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(listed(capsys, "forms", "--json"))["forms"]
    names = {name: row["language"] for row in found for name in (row["name"], row["also"]) if name}
    assert names == forms()
    assert all(row["description"] for row in found)
    out = listed(capsys, "forms")
    assert all(name in out for name in names)


@pytest.mark.parametrize(
    ("form", "description"),
    [
        ("qijue", "regulated verse: quatrain of seven-character lines"),
        ("huanxisha", "lyric 词: 42 characters in 6 lines"),
        ("haiku", "3 lines, 5-7-5 syllables"),
        ("limerick", "5 lines, rhymed AABBA, limerick (3.3.2.2.3)"),
        ("couplets", "stanzas of 2 lines, rhymed AA"),
    ],
)
def test_what_a_form_asks_for(
    form: str, description: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(listed(capsys, "forms", "--json"))["forms"]
    assert [row["description"] for row in found if row["name"] == form] == [description]


def test_every_metric_is_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = json.loads(listed(capsys, "metrics", "--json"))
    assert [row["name"] for row in found["metrics"]] == list(all_metrics())
    assert found["groups"] == {group: list(names) for group, names in groups().items()}
    monkeypatch.setenv("COLUMNS", "40")
    out = listed(capsys, "metrics")
    assert all(f"\n{name}" in out for name in all_metrics())
    assert max(map(len, out.splitlines())) <= 40


def test_some_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(listed(capsys, "metrics", "ci", "rep-4", "en_s*", "--json"))["metrics"]
    names = [row["name"] for row in found]
    assert names[: len(groups()["ci"])] == list(groups()["ci"])
    assert "seq_rep_4" in names
    assert names[-1].startswith("en_s")


@pytest.mark.parametrize("words", [["metrics", "seq_rep_44"], ["forms", "haiku"], ["metric"]])
def test_what_there_is_not(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = versebench(capsys, "list", *words)
    assert (code, out) == (exit_codes.USAGE, "")
    assert words[-1] in err


@pytest.mark.parametrize("text", HOSTILE)
def test_a_metric_of_another_package_may_say_anything_of_itself(
    text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = next(iter(all_metrics().values()))
    odd = dataclasses.replace(own, name="odd", title=text, definition=text, unit=text, group="x")
    monkeypatch.setattr(registry, "_discover", lambda: ({"odd": odd}, ()))
    out = listed(capsys, "metrics")
    assert not any(sign in out for sign in ("\x1b", "\0", "\r", "\u202e"))
    assert json.loads(listed(capsys, "metrics", "--json"))["metrics"][0]["title"] == text
