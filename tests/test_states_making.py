"""States on their way into the store and the run folder, by workers that only pretend to train."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fake_runs import FakeWorkers, Watching, cases_of

from bench import resources
from bench.engine.interface import Peak
from bench.launcher import WorkerDiedError
from bench.planning import Plan, plan
from bench.runner import Run
from bench.states.making import READING, StateMaker, TrainingFailedError
from bench.states.store import PRESET, TEXTS, WORK, Store
from reports.completed import complete
from reports.records import CaseDone
from reports.run_folder import RunFolder
from reports.training import Training
from reports.training_texts import read_texts, training_folder, write_texts
from scenarios.schema import Scenario

STATES = ["base", {"tang": {"data": "tang", "train": {"batches": 2}}}]
RECORD = {
    **{f.name: 0 for f in dataclasses.fields(Training)},
    **dict.fromkeys(("preset", "state", "key"), "x"),
    **dict.fromkeys(("reused", "stopped_early"), False),
    **dict.fromkeys(("fingerprint", "base_fingerprint", "recipe_fingerprint")),
    "data": {"dataset": "sample tang", "texts": 3},
    "recipe": {},
    "what_ran": {},
    "steps": 2,
    "epochs": 1,
    "batches_per_epoch": 2,
    "curve": [{"step": 1, "loss": 3.0, "held_out_loss": None}, {"step": 2, "loss": 2.0}],
    "missing": {},
    "warnings": [],
}
Script = Callable[[Any], Iterator[dict[str, Any]]]


def reads(job: Any) -> Iterator[dict[str, Any]]:
    write_texts(Path(job.out), ["a", "b"], ["c"])
    yield {"event": "texts", "facts": {"dataset": "sample tang", "texts": 2}}
    yield {"event": "end"}


def trains(job: Any) -> Iterator[dict[str, Any]]:
    assert not Path(job.out).exists()
    Path(job.work).mkdir(exist_ok=True)
    yield {"event": "step", "case": None, "phase": "import and load"}
    yield {"event": "progress", "step": 1, "steps": 2, "loss": 3.0}
    Path(job.out).mkdir()
    (Path(job.out) / "config.json").write_text("{}")
    yield {"event": "trained", "training": {**RECORD, "data": job.data, "key": job.key}}
    yield {"event": "end"}


@dataclass
class Trainers:
    """Starts workers of both modules, each playing a script."""

    reading: Script = reads
    training: Script = trains
    started: list[str] = field(default_factory=list)
    jobs: list[Any] = field(default_factory=list)
    stopped: int = 0

    def __call__(self, job: Any, environment: Mapping[str, str], log: Path, module: str) -> Trainer:
        self.started.append("read" if module == READING else "train")
        self.jobs.append(job)
        json.loads(job.to_line())
        return Trainer(self, self.reading if module == READING else self.training, job)


@dataclass
class Trainer:
    trainers: Trainers
    script: Script
    job: Any

    def events(self, timeout: float) -> Iterator[dict[str, Any]]:
        return self.script(self.job)

    def log_tail(self) -> str:
        return "last words"

    def stop(self, patience: float) -> None:
        self.trainers.stopped += 1

    def __enter__(self) -> Trainer:
        return self

    def __exit__(self, *exc: object) -> None:
        pass


class States(Watching):
    def training(self, name: str, phase: str) -> None:
        self._hear("training", name, phase)

    def training_step(self, name: str, progress: Mapping[str, Any]) -> None:
        self._hear("training_step", name, progress["step"])

    def trained(self, training: Training) -> None:
        self._hear("trained", training.state, training.reused)


@pytest.fixture(autouse=True)
def _no_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "clear_host_peak", lambda: True)
    monkeypatch.setattr(resources, "host_peak", lambda: Peak(4096.0))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "states")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    with RunFolder.create(tmp_path / "runs", "demo", {"cases": []}) as folder:
        yield folder


def plan_of(store: Store, **settings: Any) -> Plan:
    cases = cases_of(**{"states": STATES, "presets": ["tiny_gpt2_en"], **settings})
    return plan(cases, lambda _: None, hardware=[cases[0].hardware], store=store)


def run(folder: RunFolder, store: Store, trainers: Trainers, **settings: Any) -> Run:
    watching = States()
    maker = StateMaker(store, folder, watching, trainers)
    one = Run(plan_of(store, **settings), folder, watching, FakeWorkers(), maker.make)
    one.execute()
    return one


def statuses(folder: RunFolder) -> set[tuple[str, str]]:
    ends = [r for r in folder.read() if isinstance(r, CaseDone)]
    return {(end.case.split("/")[1], end.status) for end in ends}


def test_a_state_is_trained_before_the_first_launch_and_kept(
    folder: RunFolder, store: Store
) -> None:
    trainers = Trainers()
    one = run(folder, store, trainers)
    [task] = one.plan.trainings
    assert trainers.started == ["read", "train"]
    assert statuses(folder) == {("base", "ok"), ("tang", "ok")}
    state = store.get(task.key)
    assert state is not None
    assert not (state.path / WORK).exists()
    assert (state.path / PRESET / "config.json").exists()
    assert {group.source for group in one.plan.groups if group.training} == {str(state.preset)}
    kinds = [event[0] for event in one.watcher.heard]  # type: ignore[attr-defined]
    assert kinds.index("trained") < kinds.index("launch")


def test_the_run_folder_has_record_curve_picture_and_texts(folder: RunFolder, store: Store) -> None:
    run(folder, store, Trainers())
    [training] = complete([], folder.read()).trainings
    assert (training.preset, training.state, training.reused) == ("tiny_gpt2_en", "tang", False)
    digests = (training.fingerprint, training.base_fingerprint, training.recipe_fingerprint)
    assert all(isinstance(one, str) and len(one) >= 16 for one in digests)
    assert len({*digests}) == 3
    own = training_folder(folder.path, "tiny_gpt2_en", "tang")
    assert read_texts(own / TEXTS) == (["a", "b"], ["c"])
    assert (own / "curve.csv").read_text().splitlines() == [
        "step,loss,held_out_loss",
        "1,3.0,",
        "2,2.0,",
    ]
    assert (own / "curve.svg").read_text().startswith("<svg")


def test_an_unchanged_state_trains_nothing_and_a_changed_recipe_does(
    folder: RunFolder, store: Store
) -> None:
    trainers = Trainers()
    run(folder, store, trainers)
    run(folder, store, trainers, generate={"samples": 3})
    assert trainers.started == ["read", "train"]
    [kept] = complete([], folder.read()).trainings
    assert kept.reused
    other = [{"tang": {"data": "tang", "train": {"batches": 2, "seed": 1}}}]
    run(folder, store, trainers, states=other)
    assert trainers.started == ["read", "train"] * 2
    assert len(store.all()) == 2
    [changed] = complete([], folder.read()).trainings
    assert changed.fingerprint == kept.fingerprint
    assert changed.base_fingerprint == kept.base_fingerprint
    assert changed.recipe_fingerprint != kept.recipe_fingerprint


def test_states_of_one_content_under_two_names_are_trained_once(
    folder: RunFolder, store: Store
) -> None:
    trainers = Trainers()
    body = {"data": "tang", "train": {"batches": 2}}
    run(folder, store, trainers, states=[{"a": body}, {"b": body}])
    assert trainers.started == ["read", "train"]
    assert statuses(folder) == {("a", "ok"), ("b", "ok")}


def test_a_resumed_run_does_not_ask_for_states_whose_cases_are_done(
    folder: RunFolder, store: Store
) -> None:
    trainers = Trainers()
    one = run(folder, store, trainers)
    store.remove(one.plan.trainings[0].key)
    run(folder, store, trainers)
    assert trainers.started == ["read", "train"]


def fails(failure: str | None, reason: str) -> Script:
    def script(job: Any) -> Iterator[dict[str, Any]]:
        yield {"event": "failed", "failure": failure, "reason": reason}
        yield {"event": "end"}

    return script


def dies(job: Any) -> Iterator[dict[str, Any]]:
    Path(job.work).mkdir()
    (Path(job.work) / "checkpoint").write_text("half")
    yield {"event": "progress", "step": 1, "steps": 2}
    raise WorkerDiedError("it was ended by SIGKILL")


@pytest.mark.parametrize("part", ["reading", "training"])
@pytest.mark.parametrize(("failure", "status"), [("input", "failed"), ("crash", "failed")])
def test_cases_of_a_state_that_failed_have_failed_and_the_others_go_on(
    folder: RunFolder, store: Store, part: str, failure: str, status: str
) -> None:
    one = run(folder, store, Trainers(**{part: fails(failure, "no [text] here")}))
    assert statuses(folder) == {("base", "ok"), ("tang", status)}
    assert {done.failure for done in one.outcome.failed} == {failure}
    for done in one.outcome.failed:
        assert done.reason == "the state tang could not be trained: no [text] here"
        assert done.log_tail == ("last words" if failure == "crash" else None)
    assert store.all() == []


def test_cases_of_a_state_without_its_device_are_skipped(folder: RunFolder, store: Store) -> None:
    run(folder, store, Trainers(training=fails(None, "no gpu")))
    assert statuses(folder) == {("base", "ok"), ("tang", "skipped")}


def test_after_a_crash_the_next_run_goes_on_from_the_checkpoint(
    folder: RunFolder, store: Store
) -> None:
    one = run(folder, store, Trainers(training=dies))
    assert "SIGKILL" in str(one.outcome.failed[0].reason)

    def goes_on(job: Any) -> Iterator[dict[str, Any]]:
        assert (Path(job.work) / "checkpoint").read_text() == "half"
        return trains(job)

    run(folder, store, Trainers(training=goes_on))
    assert statuses(folder) == {("base", "ok"), ("tang", "failed"), ("tang", "ok")}


def test_a_kill_after_saving_and_before_the_commit(folder: RunFolder, store: Store) -> None:
    def saved(job: Any) -> Iterator[dict[str, Any]]:
        Path(job.out).mkdir()
        yield {"event": "progress", "step": 2, "steps": 2}
        raise WorkerDiedError("it was ended by SIGKILL")

    run(folder, store, Trainers(training=saved))
    assert store.all() == []
    one = run(folder, store, Trainers())  # trains() sees that the leftover preset is gone
    assert store.get(one.plan.trainings[0].key) is not None


def test_ctrl_c_lets_the_worker_save(folder: RunFolder, store: Store) -> None:
    def interrupted(job: Any) -> Iterator[dict[str, Any]]:
        yield {"event": "progress", "step": 1, "steps": 2}
        raise KeyboardInterrupt

    trainers = Trainers(training=interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(folder, store, trainers)
    assert trainers.stopped == 1
    assert store.all() == []


def test_a_saved_preset_is_committed_and_its_texts_are_not_read_again(
    folder: RunFolder, store: Store
) -> None:
    def saved(job: Any) -> Iterator[dict[str, Any]]:
        Path(job.work).mkdir()
        (Path(job.work) / "done.json").write_text("{}")
        Path(job.out).mkdir()
        raise WorkerDiedError("it was ended by SIGKILL")
        yield

    run(folder, store, Trainers(training=saved))

    def tells(job: Any) -> Iterator[dict[str, Any]]:
        assert Path(job.out).exists()
        yield {"event": "trained", "training": {**RECORD, "key": job.key}}
        yield {"event": "end"}

    trainers = Trainers(training=tells)
    run(folder, store, trainers)
    assert trainers.started == ["train"]
    assert len(store.all()) == 1


def test_a_base_that_changes_while_it_is_trained(folder: RunFolder, store: Store) -> None:
    task = dataclasses.replace(plan_of(store).trainings[0], base_content="other")
    with pytest.raises(TrainingFailedError, match="changed while it was trained"):
        StateMaker(store, folder, States(), Trainers()).make(task, 60.0)
    assert store.all() == []


def test_a_store_that_cannot_be_written_costs_the_state_and_no_more(
    folder: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    one = run(folder, Store(tmp_path / "file"), Trainers())
    assert statuses(folder) == {("base", "ok"), ("tang", "failed")}
    assert "VERSEBENCH_CACHE" in str(one.outcome.failed[0].reason)
    assert one.outcome.failed[0].failure == "input"


def test_a_worker_that_ends_without_a_result(folder: RunFolder, store: Store) -> None:
    def silent(job: Any) -> Iterator[dict[str, Any]]:
        yield {"event": "end"}

    task = plan_of(store).trainings[0]
    for trainers in (Trainers(reading=silent), Trainers(training=silent)):
        with pytest.raises(TrainingFailedError, match="without"):
            StateMaker(store, folder, States(), trainers).make(task, 60.0)


def test_what_the_machine_lacks_and_data_that_are_absent_are_reasons(store: Store) -> None:
    states = ["base", {"tang": {"data": {"chinese-poetry": None}}}]
    cases = cases_of(states=states, presets=["tiny_gpt2_en"])
    found = plan(cases, lambda _: None, hardware=[cases[0].hardware], store=store)
    [reason] = set(found.skipped.values())
    assert "git clone" in reason
    assert "npm" in reason
    assert "--data" in reason
    assert {case.state.name for case in found.cases} == {"base"}


def test_the_recipe_may_name_a_place_that_is_not_here(store: Store) -> None:
    states = [{"tang": {"data": "tang", "train": {"hardware": {"device": "gpu"}}}}]
    cases = cases_of(states=states, presets=["tiny_gpt2_en"])
    lacks = lambda hardware: "no GPU" if hardware.device == "gpu" else None  # noqa: E731
    found = plan(cases, lacks, hardware=[cases[0].hardware], store=store)
    assert set(found.skipped.values()) == {"the state tang cannot be trained here: no GPU"}


def test_a_state_is_trained_where_the_scenario_begins_unquantized(store: Store) -> None:
    scenario = Scenario.model_validate(
        {
            "name": "s",
            "prompts": ["a"],
            "presets": ["tiny_gpt2_en"],
            "samplers": ["greedy"],
            "states": STATES[1:],
            "hardware": [
                {"device": "gpu", "backend": "jax"},
                {"backend": "torch", "dtype": "bfloat16", "quantization": "int8"},
                {"backend": "jax"},
            ],
        }
    )
    from scenarios.cases import expand

    lacks = lambda hardware: "no GPU" if hardware.device == "gpu" else None  # noqa: E731
    cases = expand(scenario).cases
    found = plan(cases[-1:], lacks, hardware=scenario.hardware, store=store)
    [task] = found.trainings
    assert (task.hardware.backend, task.hardware.dtype) == ("torch", "float32")
    assert task.hardware.quantization is None
