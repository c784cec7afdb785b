"""The state of the git repository that a folder lies in."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

_SECONDS = 5.0


def git_state(folder: Path, git: str = "git") -> dict[str, Any]:
    """Return ``revision``, ``branch`` (None: detached), ``dirty`` and ``missing``.

    ``missing`` holds, under ``git``, why all three are None: no repository, no commit, no git.
    """
    try:
        output = subprocess.run(
            [git, "--no-optional-locks", "-C", str(folder), "status", "--porcelain=v2", "--branch"],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout.decode(errors="replace")
    except FileNotFoundError:
        return _unknown("git is not installed")
    except subprocess.TimeoutExpired:
        return _unknown(f"git took longer than {_SECONDS:g} s")
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        return _unknown(lines[0] if lines else f"git ended with exit code {error.returncode}")
    except OSError as error:
        return _unknown(f"git cannot be run: {error.strerror}")
    heads = dict(
        line[2:].split(" ", 1) for line in output.splitlines() if line.startswith("# branch.")
    )
    revision, branch = heads.get("branch.oid"), heads.get("branch.head")
    if revision in (None, "(initial)"):
        return _unknown("the repository has no commit")
    return {
        "revision": revision,
        "branch": None if branch == "(detached)" else branch,
        "dirty": any(line[:1] not in ("#", "") for line in output.splitlines()),
        "missing": {},
    }


def _unknown(reason: str) -> dict[str, Any]:
    return {"revision": None, "branch": None, "dirty": None, "missing": {"git": reason}}
