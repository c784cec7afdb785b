"""``pytest --benchmark``: what is run, what pytest and pytest-benchmark are told."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from plugin_projects import FAKED, NO_CPU_INFO, fake_the_model, write

from reports.records import RunEnd
from reports.run_folder import RunFolder

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _fake_model(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_the_model(monkeypatch)


def runs(pytester: pytest.Pytester, root: str = "runs") -> list[RunFolder]:
    """The run folders of the project, oldest first."""
    folders = sorted((pytester.path / root).glob("2*"))
    return [RunFolder.open(path) for path in folders]


def benchmarks(path: Path) -> dict[str, Any]:
    """The benchmarks of a JSON file, by sampler."""
    found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    return {bench["params"]["sampler"]: bench for bench in found}


def test_cases_are_tests_and_nothing_else_is_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run with a fair share of everything: a crash, a skip, a gate that fails, hostile text."""
    write(
        pytester.path / "perf",
        hardware=["cpu", "gpu:63"],
        exclude=[{"hardware": "gpu*", "sampler": ["greedy", "random"]}],
        gates={"broken_characters": {"max": -1}, "tokens_per_second": {"min": 0.001}},
        prompts=["abc", "\x1b[31mde"],
    )
    pytester.makepyfile(test_broken="raise RuntimeError('must not be imported')")
    pytester.makeconftest(NO_CPU_INFO)
    monkeypatch.setenv("FAKE_FAULTS", "random:0:5")
    done = pytester.runpytest_inprocess(
        "--benchmark",
        "--benchmark-json=out.json",
        "-rs",
        "-W",
        "error",
        "--strict-markers",
        "--import-mode=importlib",
    )
    done.assert_outcomes(failed=3, skipped=1)
    output = done.stdout.str()
    done.stdout.fnmatch_lines(
        [
            "*tiny/base/greedy/cpu*",
            "broken_characters (max -1) fail in tiny/base/greedy/cpu*",
            "  * in: *",
            "*tiny/base/random/cpu*",
            "tiny/base/random/cpu* failed: the worker died: it was ended by SIGSEGV",
            "The last lines of its log:",
            "last words of launch 0",
            "*= versebench demo =*",
            "sampler *",
            "SKIPPED*perf/demo.scenario.yaml:1: no *GPU*",
        ]
    )
    assert "case_test.py" not in output
    assert "\x1b[31m" not in output
    (folder,) = runs(pytester)
    records = list(folder.read())
    assert isinstance(records[-1], RunEnd)
    assert records[-1].status == "complete"
    found = benchmarks(pytester.path / "out.json")
    assert set(found) == {"greedy", "top_p-0.9"}  # no numbers of what crashed or was skipped
    greedy = found["greedy"]
    assert greedy["group"] == "demo"
    assert greedy["fullname"] == f"perf/demo.scenario.yaml::{greedy['name']}"
    assert greedy["options"]["timer"] == "versebench_worker_clock"
    timed = [r.seconds for r in records if getattr(r, "phase", "") == "timed"]
    assert set(greedy["stats"]["data"]) <= set(timed)
    assert greedy["extra_info"]["broken_characters"] >= 0
    assert greedy["extra_info"]["rounds_are"] == "trials"
    assert greedy["params"] == {
        "preset": "tiny",
        "state": "base",
        "sampler": "greedy",
        "hardware": greedy["params"]["hardware"],
        "batch_size": "1",
    }


def test_two_runs_compare(pytester: pytest.Pytester) -> None:
    """A slower case fails, and no other does; pytest-benchmark's own tool reads what is saved."""
    write(pytester.path, samplers=["greedy", "top_p"], measure={"launches": 2, "trials": 2})
    pytester.makeconftest(NO_CPU_INFO)
    first = pytester.runpytest_inprocess("--benchmark", "--benchmark-autosave")
    first.assert_outcomes(passed=2)
    (saved,) = (pytester.path / ".benchmarks").glob("*/*.json")
    text = json.loads(saved.read_text(encoding="utf-8"))
    greedy, _ = text["benchmarks"]
    assert (greedy["stats"]["rounds"], greedy["extra_info"]["rounds_are"]) == (2, "launches")
    greedy["stats"]["median"] *= 0.9  # as if it had been faster then
    saved.write_text(json.dumps(text), encoding="utf-8")
    again = ["--benchmark", "--benchmark-compare", "--benchmark-compare-fail=median:5%"]
    second = pytester.runpytest_inprocess(*again, "--benchmark-group-by=sampler")
    output = second.stdout.str() + second.stderr.str()
    assert second.ret != 0
    assert "benchmark 'sampler=greedy': 2 tests" in output
    (regressed,) = re.findall("regressed:\n(.*)\n(.*)", output)
    assert "greedy" in regressed[0]
    assert "top_p" not in regressed[1]
    compared = subprocess.run(
        [sys.executable, "-m", "pytest_benchmark", "compare", str(saved), "--group-by=param:state"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "benchmark 'state=base': 2 tests" in compared.stdout + compared.stderr
    before, after = (folder.path for folder in runs(pytester))
    for name in ("cases.csv", "gates.json", "manifest.json", "records.jsonl", "report.md"):
        assert (before / name).exists(), name
        assert (after / name).exists(), name
    assert len(list((pytester.path / "runs" / "history").rglob("*.json*"))) >= 2


def test_a_histogram(pytester: pytest.Pytester) -> None:
    """One picture per group, with a box for each case that has times.

    Not in this process: what pygal imports (importlib_metadata) takes the place of the standard
    library's finder of plugins, and pytester takes it out again.
    """
    if importlib.util.find_spec("pygal") is None:
        pytest.skip("pytest-benchmark draws with pygal, which is not installed")
    write(pytester.path, samplers=["greedy", "top_p"])
    pytester.makeconftest(f"{NO_CPU_INFO}\n{FAKED}")
    done = pytester.runpytest_subprocess(
        "--benchmark", "--benchmark-histogram=pictures/night", "-W", "error"
    )
    done.assert_outcomes(passed=2)
    (picture,) = (pytester.path / "pictures").iterdir()
    assert picture.name == "night-demo.svg"
    drawn = ElementTree.parse(picture).getroot()
    said = [node.text for node in drawn.iter() if node.text]
    assert "Speed in Milliseconds (ms) of demo" in said
    labels = [text for text in said if text.startswith("tiny/base/")]
    assert sorted(label.split("/")[2] for label in labels) == ["greedy", "top_p-0.9"]
    assert sum(node.get("class") == "box" for node in drawn.iter()) == 2


def test_only_selected_cases_are_measured(pytester: pytest.Pytester) -> None:
    write(pytester.path)
    done = pytester.runpytest_inprocess(
        "--benchmark",
        "-k",
        "greedy or top_p",
        "-m",
        "versebench(sampler='greedy')",
        "-p",
        "no:benchmark",
    )
    done.assert_outcomes(passed=1, deselected=2)
    done.stdout.fnmatch_lines(["*= versebench demo =*", "*greedy*"])
    (folder,) = runs(pytester)
    assert [case["sampler"] for case in folder.manifest["cases"]] == ["greedy"]


def test_a_gate_without_any_value_is_no_success(pytester: pytest.Pytester) -> None:
    write(pytester.path, gates={"ttft_seconds": {"max": 1}})
    done = pytester.runpytest_inprocess("--benchmark", "-x")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*ttft_seconds (max 1) not compared in *: *fit*"])
    (folder,) = runs(pytester)
    assert len(folder.manifest["cases"]) == 3  # all took turns before the first was judged


def test_nothing_can_be_measured(pytester: pytest.Pytester) -> None:
    """One clear message, at length in the first case only; others know where to look."""
    write(pytester.path)
    (pytester.path / "runs").write_text("in the way")
    done = pytester.runpytest_inprocess("--benchmark", "--benchmark-json=out.json")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(["*cannot make a run folder in *runs*", "*not measured either: *"])
    assert "Traceback" not in done.stdout.str()
