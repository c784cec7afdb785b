"""A run in an archive: its folder can be read and not written."""

from __future__ import annotations

import errno
import json
import os

import pytest
from click.testing import CliRunner
from reports_fixture import case, run

from bench.commands.report import command
from reports import atomic_file
from reports.run_folder import RunFolderError


@pytest.fixture
def folder(tmp_path):
    return run(tmp_path, [case()])


@pytest.fixture
def refusing(monkeypatch, folder):
    """Let the system refuse to create files in the run folder, for a reason to be named."""
    replace = os.replace

    def start(number: int) -> None:
        def refused(source, target):
            if os.path.dirname(target) == str(folder.path):
                raise OSError(number, os.strerror(number))
            replace(source, target)

        monkeypatch.setattr(atomic_file.os, "replace", refused)

    return start


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_it_is_shown_and_gated_all_the_same(folder, refusing, number):
    refusing(number)
    for gate, code in (("rep_4<=1", 0), ("tokens_per_second>=1e9", 1)):
        gated = CliRunner().invoke(
            command, [str(folder.path), "--gate", gate], standalone_mode=False
        )
        assert gated.return_value == code
    done = CliRunner().invoke(command, [str(folder.path), "--json"], standalone_mode=False)
    assert done.return_value == 0
    assert len(json.loads(done.stdout)["cases"]) == 1
    assert f"stay as they are ({os.strerror(number)})" in done.stderr
    assert not (folder.path / "cases.csv").exists()


def test_a_file_that_was_asked_for_is_an_error(folder, refusing):
    refusing(errno.EROFS)
    picture = str(folder.path / "table.svg")
    done = CliRunner().invoke(command, [str(folder.path), "--svg", picture], standalone_mode=False)
    assert "cannot write" in str(done.exception)
    assert "--out" not in str(done.exception)  # which no report has
    assert "stay as they are" in done.stderr


def test_a_full_disk_is_an_error(folder, refusing):
    refusing(errno.ENOSPC)
    done = CliRunner().invoke(command, [str(folder.path)], standalone_mode=False)
    assert "Free some space" in str(done.exception)


def test_where_a_run_chooses_its_folder_the_option_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match=r"Choose another folder with --out\.$"):
        run(tmp_path / "file" / "runs", [case()])
