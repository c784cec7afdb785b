"""``pytest --benchmark`` as people start it: a process, Ctrl-C, a real model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_projects import FAKED, NO_CPU_INFO, write
from processes import hearing_ctrl_c, wait_until

from reports.records import CaseDone, RunEnd, Trial
from reports.run_folder import RunFolder

COMMAND = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", "--benchmark"]


def only_run(folder: Path) -> RunFolder:
    (path,) = (folder / "runs").glob("2*")
    return RunFolder.open(path)


def test_ctrl_c_leaves_a_readable_run(tmp_path: Path) -> None:
    """The first launch is done, the second hangs; only pytest is told, as by a debugger's stop."""
    write(tmp_path, measure={"launches": 2, "trials": 2, "fit_points": 0})
    (tmp_path / "conftest.py").write_text(FAKED)
    hangs = tmp_path / "hangs"
    with (
        hearing_ctrl_c(),
        subprocess.Popen(
            [*COMMAND, "-W", "error", "-o", "versebench_page=false"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "FAKE_HANGS": str(hangs)},
        ) as process,
    ):
        wait_until(lambda: hangs.exists() or process.poll() is not None, "second launch", 120)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate()
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert "= versebench demo =" in output
    assert "demo (interrupted)" in output
    assert "Traceback" not in output
    folder = only_run(tmp_path)
    records = list(folder.read())
    assert sum(isinstance(r, CaseDone) and r.status == "ok" for r in records) == 3
    assert isinstance(records[-1], RunEnd)
    assert records[-1].status == "interrupted"
    assert (folder.path / "cases.csv").exists()
    assert not (tmp_path / "runs" / "history").exists()


@pytest.mark.model
def test_a_real_model(tmp_path: Path, tiny_preset: Path, backend: str) -> None:
    """pytest-benchmark gets the worker's own times, to the last digit."""
    write(
        tmp_path,
        presets=[{"name": "tiny", "source": str(tiny_preset)}],
        samplers=["greedy"],
        hardware=[{"backend": backend}],
        generate={"max_length": 24, "samples": 1},
        measure={"trials": 3, "warmup_cap": 3, "fit_points": 0},
        gates={"tokens_per_second": {"min": 0.001}},
    )
    (tmp_path / "conftest.py").write_text(NO_CPU_INFO)
    done = subprocess.run(
        [*COMMAND, "--benchmark-json=out.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    folder = only_run(tmp_path)
    trials = [r for r in folder.read() if isinstance(r, Trial) and r.phase == "timed"]
    (bench,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["benchmarks"]
    assert bench["stats"]["data"] == [trial.seconds for trial in trials]
    rate = bench["extra_info"]["tokens_per_second"]
    rates = sorted(trial.new_tokens / trial.seconds for trial in trials)
    assert rate == pytest.approx(rates[1])
    assert (tmp_path / "runs" / "history").is_dir()
