"""``versebench run`` as a user runs it: real workers, a real (tiny) model, real files."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import tiny_hugging_face
from processes import hearing_ctrl_c

from bench import exit_codes
from reports.history.files import load
from reports.records import CaseDone, Launch, RunEnd, Sample, Trial
from reports.run_folder import RunFolder

pytestmark = pytest.mark.model
HERE = Path(__file__).parent
OFFLINE = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


def scenario(folder: Path, **changes: Any) -> Path:
    """Write a scenario (JSON is YAML) on one backend and return its path."""
    content = {
        "name": "trial",
        "prompts": ["My trip was", {"text": "春眠", "name": "spring"}],
        "samplers": ["greedy"],
        "generate": {"max_length": 40, "samples": 2},
        "measure": {"trials": 2, "warmup_cap": 3, "fit_points": 3},
        **changes,
    }
    path = folder / "trial.yaml"
    path.write_text(json.dumps(content))
    return path


def command(folder: Path, path: Path, *more: str) -> list[str]:
    """Return the command line of a run into ``folder/runs``."""
    start = [sys.executable, "-m", "bench", "run", str(path), "--out", str(folder / "runs")]
    return [*start, *more]


def run(folder: Path, path: Path, *more: str, **environment: str) -> subprocess.CompletedProcess:
    """Run it to its end."""
    done = subprocess.run(
        command(folder, path, *more),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "160", **environment},
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def records(folder: Path) -> list[Any]:
    """Return the records of the only run."""
    (path,) = (folder / "runs").glob("2*")
    return list(RunFolder.open(path).read())


@pytest.fixture(scope="module")
def finished(
    tmp_path_factory: pytest.TempPathFactory, tiny_preset: Path, backend: str
) -> tuple[Path, Path, subprocess.CompletedProcess]:
    """One run with a fair share of everything: samplers, batches, a crash, a skip, a gate."""
    folder = tmp_path_factory.mktemp("run")
    custom = {"class": "custom_sampler:TestSampler"}
    deadly = {**custom, "arguments": {"deadly": True}, "name": "deadly"}
    path = scenario(
        folder,
        presets=[{"name": "tiny", "source": str(tiny_preset)}],
        samplers=[
            "greedy",
            "top_k",
            {"beam": {"num_beams": 2}},
            {"custom": custom},
            {"custom": deadly},
        ],
        hardware=[{"backend": backend}, {"device": "gpu:63", "backend": backend}],
        generate={"max_length": 40, "samples": 2, "batch_sizes": [1, 2]},
        include=[{"batch_size": "1"}, {"sampler": "top_k-5"}],
        gates={"tokens_per_second": {"min": 0.001}},
    )
    return folder, path, run(folder, path)


def test_a_crash_costs_one_case_and_is_told(finished) -> None:
    folder, _, done = finished
    assert done.returncode == exit_codes.CRASHED, done.stderr
    found = {r.case: r for r in records(folder) if isinstance(r, CaseDone)}
    status = {name.split("/", 2)[2]: r.status for name, r in found.items()}
    assert sum(s == "ok" for s in status.values()) == 5, status
    crashed = next(r for r in found.values() if r.status == "failed")
    assert "custom-deadly" in crashed.case
    assert "SIGKILL" in (crashed.reason or "")
    assert crashed.log_tail is not None
    assert "deadly" in done.stdout
    assert "gpu:63" in done.stdout


def test_timed_trials_compile_nothing_and_counts_are_exact(finished) -> None:
    folder, _, _ = finished
    timed = [r for r in records(folder) if isinstance(r, Trial) and r.phase in ("timed", "fit")]
    assert len(timed) == 2 * 2 * 5 + 2 * 5  # 2 rounds x (timed + 2 of the fit) x 5 cases
    for trial in timed:
        assert (trial.compiles, trial.valid) == (0, True)
        rows = 2 if trial.case.endswith("/b2") else 1
        assert trial.new_tokens == rows * (40 - trial.prompt_tokens)
        assert trial.steps == 40 - trial.prompt_tokens
    assert {t.steps for t in timed} >= {1}


def test_every_text_is_kept(finished) -> None:
    folder, _, _ = finished
    samples = [r for r in records(folder) if isinstance(r, Sample)]
    per_case = {case: [s for s in samples if s.case == case] for case in {s.case for s in samples}}
    for case, found in per_case.items():
        drawn = 2 if "top_k" in case else 1
        assert len(found) == 2 * drawn, case
        assert {s.prompt for s in found} == {"My trip was", "春眠"}
        for sample in found:
            assert sample.new_tokens == len(sample.ids) + sample.ended
    seeds = [s.seed for s in samples if s.seed is not None]
    assert seeds


def test_what_ran_and_what_it_took_are_on_record(finished, backend: str) -> None:
    folder, _, _ = finished
    launches = [r for r in records(folder) if isinstance(r, Launch)]
    assert {r.what_ran["backend"] for r in launches} == {backend}
    done = [r for r in records(folder) if isinstance(r, CaseDone) and r.status == "ok"]
    for case in done:
        assert case.cold_seconds
        assert case.compile_method
        assert case.host_peak_bytes or "host_peak_bytes" in case.missing
        assert "energy_joules_per_1000_tokens" in case.missing
    (end,) = [r for r in records(folder) if isinstance(r, RunEnd)]
    assert end.status == "complete"


def test_the_csv_files_hold_cases_and_samples(finished) -> None:
    folder, _, _ = finished
    (path,) = (folder / "runs").glob("2*")
    with (path / "cases.csv").open(newline="", encoding="utf-8") as stream:
        cases = list(csv.DictReader(stream))
    assert len(cases) == 12
    measured = [row for row in cases if row["status"] == "ok"]
    assert all(float(row["tokens_per_second"]) > 0 for row in measured)
    assert all(int(float(row["trials_invalid"])) == 0 for row in measured)
    with (path / "samples.csv").open(newline="", encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == 2 * 3 + 4 * 2
    assert (path / "report.md").read_text(encoding="utf-8").count("|") > 20


def test_the_run_is_kept_in_the_history(finished) -> None:
    folder, _, _ = finished
    (kept,) = (folder / "runs" / "history").iterdir()
    cases = load(kept).cases
    assert len(cases) == 12
    measured = [case for case in cases if case.status == "ok"]
    assert all(case.values["tokens_per_second"] > 0 for case in measured)
    assert all(case.environment is not None for case in measured)


def test_resume_measures_only_what_is_missing(finished) -> None:
    folder, path, _ = finished
    before = records(folder)
    done = run(folder, path, "--resume", "--only", "hardware=cpu*", "--only", "sampler=top_k*")
    assert done.returncode == exit_codes.FINE
    after = records(folder)
    assert len(after) == len(before) + 1  # the end of the second run
    assert isinstance(after[-1], RunEnd)
    (run_folder,) = (folder / "runs").glob("2*")
    assert len(RunFolder.open(run_folder).manifest["cases"]) == 12  # none is forgotten


def test_report_again(finished) -> None:
    folder, _, _ = finished
    (path,) = (folder / "runs").glob("2*")
    for more in ([], ["--json"], ["--csv"], ["--md"], ["--samples", "1"]):
        done = subprocess.run(
            [sys.executable, "-m", "bench", "report", str(path), *more],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == exit_codes.FINE, done.stderr
        assert "top_k-5" in done.stdout.replace("\\_", "_")  # Markdown escapes it


def test_input_that_only_the_model_can_judge(
    tmp_path: Path, tiny_preset: Path, backend: str
) -> None:
    path = scenario(
        tmp_path,
        prompts=["word " * 30],
        presets=[{"name": "tiny", "source": str(tiny_preset)}],
        hardware=[{"backend": backend}],
    )
    done = run(tmp_path, path)
    assert done.returncode == exit_codes.USAGE
    assert "max_length 40 leaves no room" in " ".join(done.stdout.split())


def test_presets_out_of_reach(tmp_path: Path, backend: str) -> None:
    path = scenario(
        tmp_path,
        presets=["gpt2_base_em", {"name": "hub", "source": "hf://openai-community/gpt2"}],
        hardware=[{"backend": backend}],
    )
    done = run(tmp_path, path, HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path), **OFFLINE)
    assert done.returncode == exit_codes.USAGE
    output = " ".join(done.stdout.split())
    assert "did you mean gpt2_base_en" in output
    assert "--preset hub=./gpt2" in output


def test_a_hugging_face_folder_runs_like_any_preset(tmp_path: Path, backend: str) -> None:
    tiny_hugging_face.build(tmp_path / "hf")
    path = scenario(tmp_path, presets=["./hf"], hardware=[{"backend": backend}])
    done = run(tmp_path, path)
    assert done.returncode == exit_codes.FINE, done.stdout
    (launch,) = [r for r in records(tmp_path) if isinstance(r, Launch)]
    assert launch.what_ran["model_class"] == "GPT2CausalLM"


def test_nothing_measured_is_no_success(tmp_path: Path, tiny_preset: Path) -> None:
    path = scenario(
        tmp_path,
        presets=[{"name": "tiny", "source": str(tiny_preset)}],
        hardware=["gpu:63"],
    )
    done = run(tmp_path, path)
    assert done.returncode == exit_codes.NOTHING_COMPARED
    assert "gpu:63" in done.stdout


def test_ctrl_c_leaves_a_readable_run(tmp_path: Path, tiny_preset: Path, backend: str) -> None:
    path = scenario(
        tmp_path,
        presets=[{"name": "tiny", "source": str(tiny_preset)}],
        hardware=[{"backend": backend}],
        measure={"trials": 100_000},
    )
    with (
        hearing_ctrl_c(),
        subprocess.Popen(
            command(tmp_path, path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        while not list((tmp_path / "runs").glob("*/records.jsonl")) or len(records(tmp_path)) < 3:
            assert process.poll() is None
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == exit_codes.INTERRUPTED, err
    assert "Traceback" not in err
    assert "--resume" in err
    assert "trial" in out
    end = records(tmp_path)[-1]
    assert isinstance(end, RunEnd)
    assert end.status == "interrupted"
    assert not (tmp_path / "runs" / "history").exists()
