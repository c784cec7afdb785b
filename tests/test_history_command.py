"""``versebench history`` as a user meets it, and how runs come into it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import versebench
from history_files import speed_of
from reports_fixture import case, launch, run

from bench import exit_codes
from bench.reporting import keep_in_history, report
from reports.records import RunEnd

FIELDS = {"scenario": {"name": "demo", "metrics": ["seq_rep_4"], "gates": {}}}


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("VERSEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VERSEBENCH_HISTORY", raising=False)
    monkeypatch.setenv("COLUMNS", "160")


def finished(root: Path, *, end="complete"):
    """A small run folder."""
    cases = [case("greedy")]
    return run(root, cases, [*launch(cases[0]), RunEnd(1.0, end, 2.0)], **FIELDS)


@pytest.fixture
def history(tmp_path):
    """Twelve nights, the last four slow."""
    return speed_of([50.0] * 8 + [40.0] * 4, tmp_path / "history")


def test_forms(capsys, history, tmp_path):
    code, out, _ = versebench(capsys, "history", "--history", history)
    assert (code, "worse −20% 2026-09-09" in out) == (0, True)
    code, out, _ = versebench(capsys, "history", "--history", history, "--json")
    assert (code, len(json.loads(out)["runs"])) == (0, 12)
    code, out, _ = versebench(capsys, "history", "--history", history, "--csv")
    assert (code, out.count("\n")) == (0, 13)
    code, out, _ = versebench(capsys, "history", "--history", history, "--md")
    assert (code, "**worse**" in out) == (0, True)
    page = tmp_path / "page.html"
    code, out, err = versebench(capsys, "history", "--history", history, "--html", page)
    assert (code, out, "<svg" in page.read_text()) == (0, "", True)
    assert str(page) in err


def test_what_is_not_there(capsys, history, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = versebench(capsys, "history")
    assert (code, out) == (exit_codes.NOTHING_COMPARED, "")
    assert "no history in runs/history yet" in err
    for options, said in (
        (("--metric", "nothing"), "no run in the history has a metric 'nothing'"),
        (("--metric", "tokens_per_secnd"), "Did you mean tokens_per_second? There are:"),
        (("--metric", "tok/s"), "'tok/s' is the title of tokens_per_second: write that"),
        (("--case", "beam"), "no case or label fits 'beam'"),
        (("--scenario", "x"), "no run here is of a scenario 'x', but of nightly"),
    ):
        code, _, err = versebench(capsys, "history", "--history", history, *options)
        assert code == exit_codes.USAGE
        assert said in " ".join(err.split())
    (tmp_path / "empty").mkdir()
    code, out, _ = versebench(capsys, "history", "--history", tmp_path / "empty")
    assert (code, "no runs in" in out) == (exit_codes.NOTHING_COMPARED, True)
    (tmp_path / "file").write_text("x")
    code, _, err = versebench(capsys, "history", "--history", tmp_path / "file")
    assert (code, "Not a directory" in err) == (exit_codes.USAGE, True)
    target = tmp_path / "no" / "page.html"
    code, _, err = versebench(capsys, "history", "--history", history, "--html", target)
    assert (code, "No such file or directory" in err) == (exit_codes.USAGE, True)


def test_the_environment_names_the_folder(capsys, history, monkeypatch):
    monkeypatch.setenv("VERSEBENCH_HISTORY", str(history))
    code, out, _ = versebench(capsys, "history")
    assert (code, out.startswith("12 runs")) == (0, True)


@pytest.mark.parametrize("order", ["before", "after"])
def test_runs_made_before_are_added(capsys, tmp_path, monkeypatch, order):
    monkeypatch.setenv("VERSEBENCH_HISTORY", str(tmp_path / "not this one"))
    folder, history = finished(tmp_path / "runs"), tmp_path / "new" / "history"
    chosen = ("--history", history)
    start = ("history", *chosen, "add") if order == "before" else ("history", "add", *chosen)
    code, out, _ = versebench(capsys, *start, folder.path)
    assert (code, Path(out.strip()).parent) == (0, history)
    again = versebench(capsys, *start, folder.path)
    assert (again[0], again[1]) == (0, out)
    assert len(list(history.iterdir())) == 1


def test_what_cannot_be_added_is_said_and_the_others_are(capsys, tmp_path):
    good, cut = finished(tmp_path / "a"), finished(tmp_path / "b", end="interrupted")
    history = tmp_path / "history"
    code, out, err = versebench(
        capsys, "history", "--history", history, "add", cut.path, tmp_path, good.path
    )
    assert code == exit_codes.USAGE
    assert out.count(".json") == 1
    assert "is interrupted" in err
    assert "is not a run folder" in err


def test_a_report_keeps_the_run_where_it_is_told(capsys, tmp_path):
    folder, history = finished(tmp_path / "runs"), tmp_path / "history"
    report(folder, "json")
    assert not history.exists()
    report(folder, "json", history=history)
    assert len(list(history.iterdir())) == 1
    json.loads(capsys.readouterr().out.split("\n}\n")[0] + "\n}")
    assert keep_in_history(folder, history) is not None
    assert len(list(history.iterdir())) == 1


def test_an_interrupted_run_is_not_kept(tmp_path):
    folder = finished(tmp_path / "runs", end="interrupted")
    assert keep_in_history(folder, tmp_path / "history") is None
    assert not (tmp_path / "history").exists()


def test_a_history_that_cannot_be_written_costs_a_warning(capsys, tmp_path):
    folder = finished(tmp_path / "runs")
    (tmp_path / "file").write_text("in the way")
    report(folder, history=tmp_path / "file" / "history")
    out, err = capsys.readouterr()
    assert "demo" in out
    assert "the run could not be kept in the history (Not a directory" in err
    assert f"add {folder.path}" in err


def test_a_manifest_without_a_time_costs_a_warning(capsys, tmp_path):
    cases = [case("greedy")]
    fields = {**FIELDS, "created": "some day"}
    folder = run(tmp_path, cases, [*launch(cases[0]), RunEnd(1.0, "complete", 2.0)], **fields)
    assert keep_in_history(folder, tmp_path / "history") is None
    assert "'some day' is no time" in capsys.readouterr().err


def test_help_says_how_runs_come_here(capsys):
    code, out, _ = versebench(capsys, "history", "--help")
    assert (code, "add" in out) == (0, True)
    code, out, _ = versebench(capsys, "run", "--help")
    assert "--no-history" in out
