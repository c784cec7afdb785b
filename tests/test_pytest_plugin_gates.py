"""Gates and a baseline that pytest is given, beside those of the scenarios."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from plugin_projects import fake_the_model, write

import versebench_pytest
from bench.pytest_plugin import measuring
from reports.run_folder import RunFolder, RunFolderError

pytest_plugins = ["pytester"]
gates = versebench_pytest.part("gates")


@pytest.fixture(autouse=True)
def _fake_model(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_the_model(monkeypatch)


def newest(pytester: pytest.Pytester) -> RunFolder:
    return RunFolder.open(max((pytester.path / "runs").glob("2*")))


def test_they_are_asserted_like_the_scenarios(pytester: pytest.Pytester) -> None:
    """One scenario has no case for a gate of the settings; a gate without prospects is told."""
    write(pytester.path, gates={"tokens_per_second": {"min": 0.001}})
    write(pytester.path, "other.scenario.yaml", name="other", samplers=["random"])
    pytester.makeini(
        "[pytest]\nversebench_gates =\n    broken_characters<=1e9 where sampler=greedy\n"
        "    ttft_seconds<=1 where sampler=top_p*\n"
    )
    asked = "broken_characters<=-1 where sampler=greedy"
    done = pytester.runpytest_inprocess(
        "--benchmark", "-k", "greedy or other", f"--versebench-gate={asked}", "-p", "no:benchmark"
    )
    done.assert_outcomes(passed=1, failed=1, deselected=2)
    done.stdout.fnmatch_lines(
        [
            "versebench: warning: demo: gate ttft_seconds (max 1 where sampler=top_p*) can never *",
            "broken_characters (max -1 where sampler=greedy) fail in tiny/base/greedy/*",
        ]
    )
    demo, other = (RunFolder.open(path) for path in sorted((pytester.path / "runs").glob("2*")))
    found = demo.manifest["scenario"]["gates"]
    assert {name: len(ones) for name, ones in found.items()} == {
        "tokens_per_second": 1,
        "broken_characters": 2,
    }
    assert other.manifest["scenario"]["gates"] == {}
    assert json.loads((other.path / "gates.json").read_text())["good"] is True


def test_a_baseline_is_compared_with(pytester: pytest.Pytester) -> None:
    write(pytester.path, samplers=["greedy"], gates={"broken_characters": {"against": "baseline"}})
    first = pytester.runpytest_inprocess("--benchmark", "-p", "no:benchmark")
    first.assert_outcomes(passed=1)  # the first of a series
    good = newest(pytester).path
    kept = good.rename(pytester.path / "kept")  # where last-good does not look
    again = pytester.runpytest_inprocess(
        "--benchmark", "-p", "no:benchmark", "--versebench-baseline=kept"
    )
    again.assert_outcomes(passed=1)
    assert f"than {kept.name}) pass in" in " ".join(again.stdout.str().split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--versebench-gate=rep_4<0.3"], "*not a gate: 'rep_4<0.3' (a limit is inclusive*"),
        (["--versebench-gate=rep_4<=1 where sampler=beam*"], "*no selected case fits 'rep_4<=1 *"),
    ],
)
def test_what_is_wrong_is_one_message(
    pytester: pytest.Pytester, arguments: list[str], message: str
) -> None:
    write(pytester.path)
    done = pytester.runpytest_inprocess("--benchmark", *arguments)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([message])
    assert "Traceback" not in done.stderr.str()
    assert "no scenario file here" not in done.stdout.str()
    assert not (pytester.path / "runs").exists()


def test_a_baseline_that_is_no_run_is_refused() -> None:
    with pytest.raises(RunFolderError, match="nowhere"):
        measuring.gates(None, [], "nowhere")


def given(folder: Any, **options: Any) -> Any:
    """Gates of a session with these options and settings."""
    settings = {"versebench_gates": ["a<=1"], "versebench_baseline": "perf/good"}
    typed = {"versebench_gate": [], "versebench_baseline": None, **options}
    config = SimpleNamespace(
        getini=settings.get,
        getoption=typed.get,
        rootpath=folder / "root",
        invocation_params=SimpleNamespace(dir=folder / "here"),
    )
    return gates.Gates(config)


def test_paths_are_seen_from_where_they_are_written(tmp_path: Any) -> None:
    assert given(tmp_path).request() == {
        "gates": ["a<=1"],
        "baseline": str(tmp_path / "root" / "perf" / "good"),
    }
    typed = given(tmp_path, versebench_gate=["b<=1"], versebench_baseline="x")
    assert typed.request() == {"gates": ["a<=1", "b<=1"], "baseline": str(tmp_path / "here" / "x")}


def test_a_home_that_nobody_has_is_a_folder_like_any(tmp_path: Any) -> None:
    typed = given(tmp_path, versebench_baseline="~no such user/x").baseline
    assert typed == str(tmp_path / "here" / "~no such user" / "x")


def test_the_command_line_overrules_the_settings(tmp_path: Any) -> None:
    assert given(tmp_path, versebench_baseline="last-good").baseline is None


def test_only_what_is_typed_must_be_for_something(tmp_path: Any) -> None:
    given(tmp_path).check(set(), compares=False)
    given(tmp_path, versebench_gate=["b"]).check({"b"}, compares=False)
    with pytest.raises(pytest.UsageError, match="no selected case fits 'b'"):
        given(tmp_path, versebench_gate=["b"]).check({"a<=1"}, compares=True)
    with pytest.raises(pytest.UsageError, match="no gate compares with a baseline"):
        given(tmp_path, versebench_baseline="last-good").check(set(), compares=False)
