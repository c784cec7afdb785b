"""``versebench run`` with states trained on the spot, as a user runs it: a real, tiny model."""

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
from processes import hearing_ctrl_c

from bench import exit_codes
from bench.states.store import Store
from reports.run_folder import RunFolder
from reports.training import Training

pytestmark = pytest.mark.model
TEXTS = 64
RECIPE = {"batch_size": 4, "batches": 6, "sequence_length": 24, "learning_rate": 1e-2}


def scenario(folder: Path, preset: Path, backend: str, **recipe: Any) -> Path:
    """Write a scenario with ``base`` and a state trained on a text file, and return its path."""
    lines = [f"line {number} of the text\n" for number in range(TEXTS)]
    (folder / "texts.txt").write_text("".join(lines))
    content = {
        "name": "trained",
        "prompts": ["My trip was", "line 7"],
        "presets": [{"name": "tiny", "source": str(preset)}],
        "states": ["base", {"tuned": {"data": {"text": "./texts.txt"}}}],
        "train": {**RECIPE, **recipe},
        "samplers": ["greedy"],
        "hardware": [{"backend": backend}],
        "generate": {"max_length": 32, "samples": 1},
        "measure": {"trials": 1, "warmup_cap": 3, "fit_points": 0, "steady_tolerance": 0.9},
    }
    path = folder / "trained.yaml"
    path.write_text(json.dumps(content))
    return path


def versebench(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "bench", *arguments]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "VERSEBENCH_CACHE": str(folder / "cache"), "COLUMNS": "160"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        versebench(folder, *arguments),
        capture_output=True,
        text=True,
        env=environment(folder),
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def training(folder: Path, path: Path) -> subprocess.Popen[str]:
    """Start a run; return its process once the first tenth of the training is done."""
    process = subprocess.Popen(
        versebench(folder, "run", str(path), "--out", str(folder / "runs")),
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "training" in line and "loss" in line:
            break
    return process


@pytest.fixture(scope="module")
def twice(
    tmp_path_factory: pytest.TempPathFactory, tiny_preset: Path, backend: str
) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    folder = tmp_path_factory.mktemp("states")
    path = scenario(folder, tiny_preset, backend)
    out = str(folder / "runs")
    return folder, [run(folder, "run", str(path), "--out", out) for _ in range(2)]


def trainings(folder: Path) -> list[Training]:
    runs = sorted((folder / "runs").glob("2*"))
    return [r for one in runs for r in RunFolder.open(one).read() if isinstance(r, Training)]


def test_a_state_is_trained_once_and_used_by_both_runs(twice: Any) -> None:
    folder, done = twice
    assert [one.returncode for one in done] == [exit_codes.FINE] * 2, done[0].stderr
    first, second = trainings(folder)
    assert (first.reused, second.reused) == (False, True)
    assert first.steps == RECIPE["batches"]
    assert first.held_out_loss is not None
    assert first.held_out_loss_before is not None
    assert first.held_out_loss < first.held_out_loss_before
    assert first.data["texts"] + first.data["held_out_texts"] <= TEXTS
    assert "6/6" in done[0].stderr
    assert "taken from the store" in done[1].stderr


def test_the_report_says_what_training_changed(twice: Any) -> None:
    _, done = twice
    text = " ".join(done[0].stdout.split())
    assert "what training changed: tiny, state tuned" in text
    assert "held-out perplexity" in text
    assert "6/6" in text
    assert "changes no shape" in text


def test_the_files_of_a_training(twice: Any) -> None:
    folder, _ = twice
    own = sorted((folder / "runs").glob("2*"))[0] / "training" / "tiny-tuned"
    with (own / "curve.csv").open() as stream:
        points = list(csv.DictReader(stream))
    assert int(points[-1]["step"]) == RECIPE["batches"]
    assert "<svg" in (own / "curve.svg").read_text()
    assert (own / "texts.jsonl.gz").stat().st_size > 0


def test_json_and_markdown_have_it_too(twice: Any) -> None:
    folder, _ = twice
    last = sorted((folder / "runs").glob("2*"))[-1]
    [training] = json.loads(run(folder, "report", str(last), "--json").stdout)["trainings"]
    assert training["state"] == "tuned"
    assert training["reused"]
    assert training["changes"]
    assert "What training changed" in run(folder, "report", str(last), "--md").stdout


def test_states_are_listed_found_and_deleted(twice: Any) -> None:
    folder, _ = twice
    [state] = json.loads(run(folder, "states", "list", "--json").stdout)["states"]
    assert (state["preset"], state["state"], state["steps"]) == ("tiny", "tuned", 6)
    assert "tiny/tuned" in run(folder, "states", "list").stdout
    where = run(folder, "states", "path", state["key"][:4]).stdout.strip()
    assert (Path(where) / "config.json").is_file()
    missing = run(folder, "states", "path", "zz")
    assert missing.returncode == exit_codes.USAGE
    assert "no state has the name 'zz'" in missing.stderr
    assert run(folder, "states", "rm").returncode == exit_codes.USAGE
    assert state["key"] in run(folder, "states", "rm", state["key"]).stdout
    assert not Path(where).exists()


def test_a_killed_run_leaves_no_state_and_the_next_one_makes_it(
    tmp_path: Path, tiny_preset: Path, backend: str
) -> None:
    path = scenario(tmp_path, tiny_preset, backend, epochs=200)
    store = Store(tmp_path / "cache" / "states")
    with training(tmp_path, path) as process:
        process.send_signal(signal.SIGKILL)
    assert store.all() == []
    done = run(
        tmp_path,
        "run",
        str(scenario(tmp_path, tiny_preset, backend)),
        "--out",
        str(tmp_path / "next"),
    )
    assert done.returncode == exit_codes.FINE, done.stderr
    assert len(store.all()) == 1


def test_ctrl_c_keeps_what_was_trained(tmp_path: Path, tiny_preset: Path, backend: str) -> None:
    path = scenario(tmp_path, tiny_preset, backend, epochs=400)
    with hearing_ctrl_c(), training(tmp_path, path) as process:
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == exit_codes.INTERRUPTED
    store = Store(tmp_path / "cache" / "states")
    assert store.all() == []
    [part] = store.unfinished()
    assert any((part / "work").iterdir())  # a checkpoint


def test_bad_recipes_and_data_are_one_message(
    tmp_path: Path, tiny_preset: Path, backend: str
) -> None:
    path = scenario(tmp_path, tiny_preset, backend, sequence_length=5000)
    done = run(tmp_path, "run", str(path), "--out", str(tmp_path / "runs"))
    assert done.returncode == exit_codes.USAGE
    assert "could not be trained" in done.stderr
    assert "5000" in done.stderr
    assert "64" in done.stderr
