"""What ``versebench report`` says of arguments that are not as meant."""

from __future__ import annotations

from click.testing import CliRunner

from bench.commands.report import command


def test_an_option_that_took_the_run_as_its_file():
    result = CliRunner().invoke(command, ["--html", "runs/one"])
    assert result.exit_code == 2
    assert "write --html=FILE or put RUN first" in result.output
