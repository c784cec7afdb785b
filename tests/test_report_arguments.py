"""What ``versebench report`` says of arguments that are not as meant or do not go together."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from reports_fixture import case, launch, run

from bench.commands.report import command

HAZARD = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run with a text, and a reason, that a spreadsheet would run."""
    good, bad = case("greedy"), case("beam-5", skipped=HAZARD)
    folder = tmp_path_factory.mktemp("runs") / "run"
    return run(folder, [good, bad], launch(good, texts=(HAZARD,))).path


def files(path):
    """Whether each CSV file holds the cell, and holds it guarded."""
    texts = [(path / name).read_text() for name in ("cases.csv", "samples.csv")]
    assert all(HAZARD in text for text in texts)
    return [f"'{HAZARD}" in text for text in texts]


def test_an_option_that_took_the_run_as_its_file():
    result = CliRunner().invoke(command, ["--html", "runs/one"])
    assert result.exit_code == 2
    assert "write --html=FILE or put RUN first" in result.output


def test_raw_cells_are_written_where_they_were_asked_for_only(made):
    printed = CliRunner().invoke(command, [str(made), "--csv", "--raw-csv"]).output
    assert f",{HAZARD}," in printed
    assert files(made) == [True, True]
    assert f",'{HAZARD}," in CliRunner().invoke(command, [str(made), "--csv"]).output
    CliRunner().invoke(command, [str(made), "--raw-csv"])
    assert files(made) == [False, False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--json", "--csv"), "--csv, --md and --json print in place of each other"),
        (("--csv", "--export", "openmetrics"), "--export prints in place of --csv, --md or --json"),
        (("--json", "--raw-csv"), "--raw-csv goes with --csv"),
        (("--export", "openmetrics", "--raw-csv"), "--raw-csv goes with --csv"),
    ],
)
def test_options_that_do_not_go_together(made, options, said):
    result = CliRunner().invoke(command, [str(made), *options])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
