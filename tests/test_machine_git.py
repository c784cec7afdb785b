from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.machine import git_state


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in git_state(tmp_path)["missing"]["git"]

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    assert git_state(tmp_path)["missing"] == {"git": "the repository has no commit"}
    git("commit", "--allow-empty", "-m", "first")
    state = git_state(tmp_path)
    assert len(state["revision"]) == 40
    assert (state["branch"], state["dirty"], state["missing"]) == ("main", False, {})
    (tmp_path / "new").touch()
    assert git_state(tmp_path)["dirty"] is True
    git("checkout", "--detach")
    assert git_state(tmp_path)["branch"] is None


def test_without_git(tmp_path: Path) -> None:
    state = git_state(tmp_path, git=str(tmp_path / "no-such-git"))
    assert state["revision"] is None
    assert state["missing"] == {"git": "git is not installed"}
