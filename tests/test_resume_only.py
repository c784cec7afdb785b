"""``versebench run`` with ``--only`` and ``--resume``, in either order, on fake workers."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from command_line import versebench
from fake_runs import SAMPLERS, FakeWorkers

from bench import exit_codes, planning, runner
from bench.launcher import WorkerDiedError
from bench.planning import plan
from bench.progress import RunProgress
from reports.completed import complete
from reports.last_good import VERDICT
from reports.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("no_probes")


def lacks(hardware):
    return None if hardware.device == "cpu" else "there is no such device"


class Desk:
    """A folder with a scenario, and a command line whose workers are fake."""

    def __init__(self, folder: Path, monkeypatch, capsys) -> None:
        self.out = folder / "runs"
        self.file = folder / "demo.yaml"
        self._patch, self._capsys = monkeypatch, capsys
        self.write()

    def write(self, **changes) -> None:
        content = {
            "name": "demo",
            "prompts": ["abc", "de"],
            "presets": ["gpt2_base_en"],
            "samplers": list(SAMPLERS),
            "generate": {"max_length": 16, "samples": 2},
            "measure": {"trials": 2, "fit_points": 0},
            "metrics": ["rep_1"],
        }
        self.file.write_text(json.dumps({**content, **changes}))

    def run(self, *more, faults=None):
        """Return (exit code, samplers that were measured, all that was printed)."""
        workers = FakeWorkers(faults or {})
        run = functools.partial(runner.Run, start_worker=workers)
        with self._patch.context() as patch:
            patch.setattr(runner, "Run", run)
            patch.setattr(planning, "plan", functools.partial(plan, skip_reason=lacks))
            code, out, err = versebench(
                self._capsys, "run", self.file, "--out", self.out, "--no-history", *more
            )
        return code, [name for _, _, names in workers.started for name in names], out + err

    def folder(self) -> RunFolder:
        (path,) = self.out.glob("2*")
        return RunFolder.open(path)

    def cases(self) -> dict[str, tuple[str, str | None]]:
        """Sampler -> status and reason."""
        folder = self.folder()
        found = complete(folder.manifest["cases"], folder.read()).cases
        return {case.case["sampler"]: (case.status, case.reason) for case in found}

    def verdict(self) -> tuple[bool, list[str]]:
        """Whether the run is a baseline for later ones, and why not."""
        said = json.loads((self.folder().path / VERDICT).read_text())
        return said["good"], said["why_not"]


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    return Desk(tmp_path, monkeypatch, capsys)


OK = ("ok", None)


def stop(*heard):
    raise KeyboardInterrupt


def interrupted(desk, monkeypatch):
    """Run, and press Ctrl-C when the first case is done."""
    with monkeypatch.context() as patch:
        patch.setattr(RunProgress, "done", stop)
        code, _, said = desk.run()
    assert code == exit_codes.INTERRUPTED, said


def test_only_first_and_then_all(desk):
    assert desk.run("--only", "sampler=greedy")[:2] == (exit_codes.FINE, ["greedy"])
    assert desk.folder().manifest["only"] == ["sampler=greedy"]
    assert list(desk.cases()) == ["greedy"]
    code, measured, _ = desk.run("--resume")
    assert (code, measured) == (exit_codes.FINE, ["random", "top_p"])
    assert desk.cases() == {"greedy": OK, "random": OK, "top_p-0.9": OK}
    assert desk.folder().manifest["only"] == []


def test_all_first_and_then_only(desk, monkeypatch):
    interrupted(desk, monkeypatch)
    turn = "the run ended before its turn; resume the run"
    assert desk.cases() == {
        "greedy": OK,
        "random": ("not run", turn),
        "top_p-0.9": ("not run", turn),
    }
    code, measured, _ = desk.run("--resume", "--only", "sampler=top_p*", "--only", "state=base")
    assert (code, measured) == (exit_codes.FINE, ["top_p"])
    left_out = "left out by --only sampler=top_p* --only state=base; resume the run without that"
    assert desk.cases() == {"greedy": OK, "random": ("not run", left_out), "top_p-0.9": OK}
    assert desk.folder().manifest["only"] == [], "it still holds every case"
    assert desk.verdict() == (False, ["1 case was left out"])
    assert desk.run("--resume")[:2] == (exit_codes.FINE, ["random"])
    assert desk.verdict() == (True, [])
    assert set(desk.cases().values()) == {OK}
    assert not any(case.get("left_out") for case in desk.folder().manifest["cases"])


def test_other_cases_than_before(desk):
    desk.run("--only", "sampler=greedy")
    desk.run("--resume", "--only", "sampler=random", "--only", "state=base")
    assert desk.cases() == {"greedy": OK, "random": OK}
    assert desk.folder().manifest["only"] == ["sampler=greedy or sampler=random and state=base"]
    desk.run("--resume", "--only", "sampler=random")
    assert desk.folder().manifest["only"] == ["sampler=greedy or sampler=random and state=base"]


def test_the_exit_code_is_of_what_was_asked_for(desk):
    died = {("greedy", 0, 3): WorkerDiedError("it was ended by SIGSEGV")}
    assert desk.run(faults=died)[0] == exit_codes.CRASHED
    assert desk.run("--resume", "--only", "sampler=random")[:2] == (exit_codes.FINE, [])
    assert desk.cases()["greedy"][0] == "failed"
    assert desk.run("--resume")[:2] == (exit_codes.FINE, ["greedy"])


def test_nothing_measured_of_what_was_asked_for_is_told_though_others_were(desk):
    desk.write(hardware=["cpu", "gpu"])
    desk.run("--only", "hardware=cpu*")
    code, measured, said = desk.run("--resume", "--only", "hardware=gpu*")
    assert (code, measured) == (exit_codes.NOTHING_COMPARED, [])
    assert said.endswith("nothing was measured: 3 cases skipped (exit code 3)\n")


def test_a_run_that_is_named_goes_on_though_it_is_not_the_last(desk, tmp_path):
    desk.run("--only", "sampler=greedy")
    first = desk.folder().path
    kept = tmp_path / "kept" / "of mine"
    kept.parent.mkdir()
    first.rename(kept)
    desk.run("--only", "sampler=random")
    code, measured, said = desk.run("--resume-run", kept)
    assert (code, measured) == (exit_codes.FINE, ["random", "top_p"])
    assert f"resuming {kept}" in said
    assert len(RunFolder.open(kept).manifest["cases"]) == 3
    assert list(desk.cases()) == ["random"], "the last run is as it was"


def test_gates_on_cases_measured_before_are_not_called_vain(desk):
    desk.write(gates={"rep_1": {"max": 1, "where": {"sampler": "greedy"}}})
    desk.run("--only", "sampler=greedy")
    for how in (["--resume"], ["--resume-run", desk.folder().path]):
        code, _, said = desk.run(*how, "--only", "sampler=random")
        assert code == exit_codes.FINE
        assert "never be compared" not in said


def test_what_is_no_run_of_the_scenario_is_not_gone_on_with(desk, tmp_path):
    code, _, said = desk.run("--resume-run", tmp_path)
    assert code == exit_codes.USAGE
    assert str(tmp_path) in said
    desk.run("--only", "sampler=greedy")
    run = desk.folder().path
    desk.write(name="other")
    code, measured, said = desk.run("--resume-run", run)
    assert (code, measured) == (exit_codes.USAGE, [])
    assert f"{run} is a run of the scenario demo, not of other" in said
    assert [path.name for path in desk.out.iterdir()] == [run.name]
