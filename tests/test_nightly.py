"""Nights in a row through ``versebench run``: a fake engine, a fake clock, and all else real."""

from __future__ import annotations

import copy
import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fake_engine import FakeEngine
from fake_runs import FakeWorkers, _Events
from ruamel.yaml import YAML

import bench.manifest
import reports.run_folder
from bench import exit_codes, machine, runner
from bench.commands import report as report_command
from bench.commands import run as run_command
from bench.job import Job
from bench.protocol import Launch as Measured
from reports.records import Launch
from scenarios.loader import load

WORKFLOW = Path(__file__).parent.parent / ".github" / "workflows" / "nightly-gpu.yml"
FACTS: dict[str, Any] = {
    "cpu_model": "Fast CPU",
    "cores_allowed": 8,
    "gpus": [{"name": "Example GPU"}],
    "gpu_driver": "550.1",
    "versions": {"keras": "3.15.1", "keras-hub": "0.32.0", "jax": "0.10.2"},
}
SCENARIO: dict[str, Any] = {
    "name": "nightly",
    "prompts": ["abc", "de", "fgh", "ij", "kl"],
    "presets": ["tiny_gpt2_en"],
    "samplers": ["greedy", "random", "top_p"],
    "hardware": [{"backend": "jax"}],
    "generate": {"max_length": 16, "samples": 2},
    "measure": {"launches": 5, "trials": 2, "fit_points": 0},
    "metrics": ["seq_rep_1", "distinct_2"],
    "gates": {
        "tokens_per_second": {"against": "baseline", "worse_by": "5%"},
        "seq_rep_1": {"against": "baseline", "worse_by": "2%"},
    },
}


class Nights:
    """A machine that runs the scenario once a night; what happens in a night is set before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "runs"
        self.scenario = copy.deepcopy(SCENARIO)
        self.facts = copy.deepcopy(FACTS)
        self.now = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
        self.pace: dict[str, float] = {}
        self.broken: set[str] = set()
        self.summary = ""

    def night(self, *arguments: str) -> tuple[int, str]:
        """Run tonight; return the exit code and the output; ``summary`` has tonight's."""
        self.now += timedelta(days=1)
        path = self.folder / "nightly.yaml"
        path.write_text(json.dumps(self.scenario))
        file = self.folder / f"summary-{self.now:%d}.md"
        given = [str(path), "--out", str(self.runs), "--summary", str(file), *arguments]
        code, said = _invoke(run_command.command, given)
        self.summary = file.read_text(encoding="utf-8") if file.exists() else ""
        return code, said

    def report(self, run: Path, *arguments: str) -> tuple[int, str]:
        return _invoke(report_command.command, [str(run), *arguments])

    @property
    def latest(self) -> Path:
        return max(self.runs.glob("2*-nightly"))

    def start(self, job: Job) -> Iterator[dict[str, Any]]:
        return self.measure(job)

    def measure(self, job: Job) -> Iterator[dict[str, Any]]:
        """A worker of tonight: five launches that differ by half a per cent each."""
        report = _Events()
        report.record(Launch(job.launch, job.attempt, job.group, 1.0, 0.5, 0.25, 1000))
        programs: dict[str, dict[str, Any]] = {}
        for case in job.cases:
            name = case.sampler["kind"]
            pace = self.pace.get(name, 1.0) * (1 + job.launch / 200)
            programs[name] = {"prefill": 0.1 * pace, "per_step": 0.01 * pace}
            programs[name]["draws"] = name != "greedy"
            if name in self.broken:
                programs[name]["faults"] = {0: _break}
        Measured(FakeEngine(programs=programs), job, report).run()
        yield from report.events
        yield {"event": "end"}


def _break() -> None:
    raise RuntimeError("CUDA error: an illegal memory access")


def _invoke(command: Any, arguments: list[str]) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(command, arguments, standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return int(result.return_value), " ".join(result.output.split())


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_probes: None) -> Nights:
    it = Nights(tmp_path)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return it.now

    monkeypatch.setattr(machine, "facts", lambda: copy.deepcopy(it.facts))
    monkeypatch.setattr(machine, "warnings", lambda facts: [])
    monkeypatch.setattr(reports.run_folder, "datetime", Clock)
    monkeypatch.setattr(bench.manifest, "datetime", Clock)
    monkeypatch.setattr(run_command, "_take_ends_as_ctrl_c", lambda: None)
    workers = FakeWorkers(script=it.start)
    monkeypatch.setattr(runner, "Run", functools.partial(runner.Run, start_worker=workers))
    return it


def test_a_week(nights: Nights) -> None:
    """First night, quiet night, missed night, slow-down, still slow, back to good."""
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert "tokens_per_second, seq_rep_1 not compared: this is the first run of nightly" in said
    assert "A new series starts here" in said
    assert nights.summary.startswith("## ✅ nightly\n\n3 of 3 cases measured")
    first = nights.latest

    code, said = nights.night()
    assert code == exit_codes.FINE, said
    assert f"tokens_per_second (not worse by 5% than {first.name}) pass in" in said
    assert f"against {first.name.replace('-', chr(92) + '-', 1)}" in nights.summary
    second = nights.latest

    nights.now += timedelta(days=3)  # the machine was off
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert second.name in said
    good = nights.latest

    nights.pace["top_p"] = 1.2
    code, said = nights.night()
    assert code == exit_codes.WORSE
    failed = [line for line in nights.summary.splitlines() if line.startswith("- ❌")]
    assert len(failed) == 1
    assert "top\\_p" in failed[0]
    assert "−17%" in failed[0]
    assert nights.summary.startswith("## ❌ nightly\n\n3 of 3 cases measured · 1 gate missed")
    assert "Against" in nights.summary
    assert json.loads((nights.latest / "gates.json").read_text())["good"] is False

    code, said = nights.night()  # the baseline is the last *good* night, so it does not settle
    assert code == exit_codes.WORSE
    assert good.name in said

    nights.pace.clear()
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert good.name in said


def test_a_slower_state_may_be_accepted(nights: Nights) -> None:
    nights.night()
    nights.pace["greedy"] = 1.3
    assert nights.night()[0] == exit_codes.WORSE
    slower = nights.latest
    code, said = nights.report(slower, "--accept")
    assert code == exit_codes.FINE
    assert said.rstrip().endswith(
        f"accepted: {slower.name} is the baseline from now on (although 1 gate failed)"
    )
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert slower.name in said


def test_a_changed_machine_starts_a_new_series(nights: Nights) -> None:
    nights.night()
    first = nights.latest
    nights.facts["gpus"] = [{"name": "Other GPU"}]
    nights.pace = dict.fromkeys(("greedy", "random", "top_p"), 3.0)
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert f"the last good run, {first.name}, was elsewhere: GPU differs" in said
    assert "(Example GPU and Other GPU). A new series starts here" in said
    assert "A new series starts here" in nights.summary
    other = nights.latest
    assert other.name in nights.night()[1]
    nights.facts["gpus"], nights.pace = [{"name": "Example GPU"}], {}
    code, said = nights.night()  # back on the first one: its own series goes on
    assert code == exit_codes.FINE
    assert first.name in said
    assert other.name not in said


def test_a_new_version_is_compared_and_named(nights: Nights) -> None:
    nights.night()
    first = nights.latest
    nights.facts["versions"]["keras-hub"] = "0.33.0"
    nights.pace["random"] = 1.2
    code, said = nights.night()
    assert code == exit_codes.WORSE
    named = f"new since the baseline: keras-hub 0.33.0 here, 0.32.0 in {first.name}"
    assert named in said
    assert "keras-hub 0.33.0 here" in nights.summary


def test_a_failing_case_costs_one_case(nights: Nights) -> None:
    nights.night()
    first = nights.latest
    nights.broken.add("random")
    code, said = nights.night()
    assert code == exit_codes.CRASHED
    assert "failed here, measured in the baseline" in said
    assert said.count("illegal memory access") >= 1
    assert nights.summary.startswith("## ❌ nightly\n\n2 of 3 cases measured · 1 failed")
    assert "💥" in nights.summary
    nights.broken.clear()
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert first.name in said  # the broken night is no baseline


def test_what_was_measured_and_is_skipped_now_has_failed(nights: Nights) -> None:
    nights.night()
    reason = "jax sees no gpu"
    nights.measure = lambda job: _unavailable(reason)  # type: ignore[method-assign]
    code, said = nights.night()
    assert code == exit_codes.WORSE
    assert f"skipped here, measured in the baseline: {reason}" in said


def _unavailable(reason: str) -> Iterator[dict[str, Any]]:
    yield {"event": "not_loaded", "reason": reason, "failure": None}


def test_few_launches_are_not_compared_and_say_how_many_are_needed(nights: Nights) -> None:
    nights.scenario["measure"] = {**SCENARIO["measure"], "launches": 2}
    del nights.scenario["gates"]["seq_rep_1"]
    nights.night()
    nights.pace["top_p"] = 2.0
    code, said = nights.night()
    assert code == exit_codes.NOTHING_COMPARED
    assert "2 launches: too few for a test" in said
    assert said.endswith("gate tokens_per_second met no value (exit code 3)")


def test_a_first_night_without_the_device_starts_no_series(nights: Nights) -> None:
    nights.measure = lambda job: _unavailable("jax sees no gpu")  # type: ignore[method-assign]
    code, said = nights.night()
    assert code == exit_codes.NOTHING_COMPARED
    assert "series" not in said
    assert said.endswith("nothing was measured: 3 cases skipped (exit code 3)")


def test_a_baseline_that_is_named(nights: Nights) -> None:
    nights.night()
    first = nights.latest
    nights.night()
    nights.pace["greedy"] = 1.2
    assert nights.night("--baseline", str(first))[0] == exit_codes.WORSE
    nights.facts["cpu_model"] = "Slow CPU"
    code, said = nights.night("--baseline", str(first))  # asked for, so it must be comparable
    assert code == exit_codes.NOTHING_COMPARED
    assert "processor differs (Fast CPU and Slow CPU)" in said


def test_gates_of_the_command_line(nights: Nights) -> None:
    nights.scenario["gates"] = {}
    code, said = nights.night("--gate", "tokens_per_second>=1000 where sampler=top_*")
    assert code == exit_codes.WORSE
    assert said.count("tokens_per_second (min 1000 where sampler=top_*) fail") == 1
    assert nights.report(nights.latest)[0] == exit_codes.WORSE  # it belongs to the run
    nights.night()
    assert nights.report(nights.latest)[0] == exit_codes.FINE
    kept = {path: path.read_bytes() for path in nights.latest.iterdir() if path.is_file()}
    assert nights.report(nights.latest, "--gate", "rep_1<=1")[0] == exit_codes.FINE
    assert kept == {path: path.read_bytes() for path in nights.latest.iterdir() if path.is_file()}
    with pytest.raises(Exception, match="leave out --gate"):
        nights.report(nights.latest, "--accept", "--gate", "rep_1<=1")
    code, said = nights.report(nights.latest, "--gate", "energy_joules_per_1000_tokens<=1")
    assert code == exit_codes.NOTHING_COMPARED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gate", "rep_4<0.3"], "a limit is inclusive"),
        (["--gate", "rep_44<=0.3"], "did you mean"),
        (["--gate", "tok/s>=20"], "'tok/s' is the title of tokens_per_second: write that"),
        (["--gate", "zipf worse_by 5%"], "neither way of zipf is worse"),
        (["--gate", "distinct_2 not_worse"], "no scatter to test with"),
        (["--gate", "jit<=3"], "no column or metric"),
        (["--gate", "rep_4<=0.3 where sampler=beam*"], "no case fits 'where sampler=beam*'"),
        (["--gate", "rep_4<=0.3 where smpler=beam*"], "did you mean 'sampler'?"),
        (["--baseline", "nowhere"], "nowhere does not exist"),
    ],
)
def test_what_is_no_gate_is_refused_before_anything_runs(
    nights: Nights, arguments: list[str], said: str
) -> None:
    with pytest.raises(Exception, match=r".") as error:
        nights.night(*arguments)
    assert said in getattr(error.value, "message", str(error.value))
    assert not nights.runs.exists()


def test_a_baseline_that_nothing_is_compared_with_is_refused(nights: Nights) -> None:
    nights.scenario["gates"] = {"rep_4": {"max": 1}}
    with pytest.raises(Exception, match="no gate compares with a baseline"):
        nights.night("--baseline", "last-good")


def test_a_part_of_the_scenario_is_no_baseline_for_the_whole(nights: Nights) -> None:
    nights.night()
    whole = nights.latest
    nights.night("--only", "sampler=greedy")
    part = nights.latest
    code, said = nights.night()
    assert code == exit_codes.FINE
    assert whole.name in said
    assert part.name not in said


def test_the_shipped_scenario() -> None:
    scenario = load("nightly").scenario
    assert {hardware.device for hardware in scenario.hardware} == {"gpu"}
    assert {hardware.backend for hardware in scenario.hardware} == {"jax", "torch", "tensorflow"}
    assert set(scenario.generate.batch_sizes) == {1, 8, 64}
    assert scenario.measure.launches >= 5
    assert all(gate.against for gates in scenario.gates.values() for gate in gates)


def test_the_workflow() -> None:
    """What GitHub would refuse, or what would cost a night, is seen here."""
    found = YAML(typ="safe").load(WORKFLOW)
    assert set(found["on"]) == {"schedule", "workflow_dispatch"}
    assert found["concurrency"] == {"group": "nightly-gpu", "cancel-in-progress": False}
    assert found["permissions"] == {"contents": "read"}
    job = found["jobs"]["nightly"]
    assert "self-hosted" in job["runs-on"]
    steps = job["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    runs = [step["run"] for step in steps if "run" in step]
    measuring = next(step for step in steps if "tox run" in step.get("run", ""))
    assert measuring["env"]["TOX_NIGHTLY"] == "${{ vars.VERSEBENCH_TOX || 'nightly' }}"
    assert not any("${{" in run for run in runs)  # an input would be run as shell
    upload = next(s for s in steps if "upload-artifact" in s.get("uses", ""))
    assert upload["if"].startswith("always()")
    assert "report.html" in upload["with"]["path"]
    tox = (WORKFLOW.parent.parent.parent / "tox.ini").read_text(encoding="utf-8")
    assert "[testenv:nightly{,-cuda13}]" in tox
    for name in ("VERSEBENCH_RUNS", "GITHUB_STEP_SUMMARY"):
        assert name in tox


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        ("", ["run", "-e", "nightly", "--"], exit_codes.CRASHED),
        (
            "--only 'sampler=top_*' $(touch x)",
            ["run", "-e", "nightly", "--", "--only", "sampler=top_*", "$(touch", "x)"],
            exit_codes.CRASHED,
        ),
        ("--only 'sampler", [], 1),
    ],
)
def test_the_workflows_words_and_exit_code(
    tmp_path: Path, arguments: str, words: list[str], code: int
) -> None:
    """Its step by GitHub's own shell, with a tox that tells what it was given and then crashes."""
    steps = YAML(typ="safe").load(WORKFLOW)["jobs"]["nightly"]["steps"]
    script = next(step["run"] for step in steps if "tox run" in step.get("run", ""))
    stub = f'#!/bin/sh\nprintf "%s\\n" "$@" > given\nexit {exit_codes.CRASHED}\n'
    (tmp_path / "tox").write_text(stub)
    (tmp_path / "tox").chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    environment = {
        "ARGUMENTS": arguments,
        "TOX_NIGHTLY": "nightly",
        "RUNNER_TEMP": str(tmp_path),
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    command = ["bash", "-e", "-c", script]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, check=False)
    assert ended.returncode == code
    given = tmp_path / "given"
    assert (given.read_text().splitlines() if given.exists() else []) == words
    assert not (tmp_path / "x").exists()
