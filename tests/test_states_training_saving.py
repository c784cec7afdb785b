"""What is saved is what was trained, or nothing: presets from a local Hugging Face folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_hugging_face

from bench.worker_environment import worker_environment

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def facts(backend, tmp_path_factory):
    root = tmp_path_factory.mktemp("saving")
    base = tiny_hugging_face.build(root / "base")
    script = Path(__file__).with_name("training_saving_facts.py")
    done = subprocess.run(
        [sys.executable, str(script), backend, str(base), str(root)],
        env=worker_environment({"device": "cpu", "backend": backend}, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_a_hugging_face_folder_becomes_a_preset(facts):
    assert facts["kerashub"]["kind"] == "kerashub"
    assert facts["kerashub"]["faults"] == []
    assert facts["kerashub"]["from_base"] > 1e-3


def test_what_does_not_come_back_is_saved_as_the_folder_it_was(facts):
    assert facts["hugging_face"]["kind"] == "huggingface"
    assert facts["hugging_face"]["faults"] == []
    assert facts["hugging_face"]["from_base"] > 1e-3


def test_what_cannot_be_read_back_is_not_kept(facts):
    assert "cannot read back" in facts["neither"]
    assert "special token is missing" in facts["neither"]
    assert "foresees other tokens" in facts["other_weights"]
