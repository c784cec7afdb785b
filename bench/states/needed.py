"""Which states must be trained for the cases of a run, where, and under which key they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.preset_sources import fingerprint, resolve
from bench.states.data import DataError
from bench.states.data import fingerprint as data_fingerprint
from bench.states.key import state_key, training_hardware
from bench.states.store import Store
from scenarios.cases import Case
from scenarios.data_sets import DataSet
from scenarios.schema import Hardware, State

ABSENT = "absent"  # stands for the content of a data set that is not here, in the case hashes


@dataclass(frozen=True)
class TrainingTask:
    """One state of one preset, to be trained or taken from the store.

    Attributes:
        preset: the preset's label.
        state: the state, with data and recipe.
        base: what ``from_preset`` takes for the preset.
        hardware: where to train; its dtype is the recipe's.
        key: stands for the result, see ``bench.states.key``.
        base_content: digest of the base when the run was planned; the key holds it.
        data_content: the same of the data set.
    """

    preset: str
    state: State
    base: str
    hardware: Hardware
    key: str
    base_content: str
    data_content: str

    @property
    def name(self) -> str:
        """``preset/state``, for people."""
        return f"{self.preset}/{self.state.name}"


def content_of(data: DataSet) -> str:
    """Return the digest of a data set's content for the case hashes; a word where it is absent."""
    try:
        return data_fingerprint(data)
    except DataError:
        return ABSENT


class Trainings:
    """The trainings that cases need: which, where, and under which key their result is kept."""

    def __init__(
        self,
        hardware: Sequence[Hardware],
        skip_reason: Callable[[Hardware], str | None],
        store: Store,
    ) -> None:
        self.store = store
        self._hardware = hardware
        self._skip_reason = skip_reason
        self._tasks: dict[tuple[str, str], TrainingTask] = {}

    def why_not(self, case: Case) -> str | None:
        """Return why the case's state cannot be trained here; None where it can, or need not."""
        if not case.state.trained:
            return None
        assert case.state.data is not None
        _, reason = self._place(case)
        if reason is None:
            try:
                data_fingerprint(case.state.data)
            except DataError as error:
                reason = str(error)
        return f"the state {case.state.name} cannot be trained here: {reason}" if reason else None

    def task(self, case: Case) -> TrainingTask | None:
        """Return what must be trained for a case; the same object for the same state."""
        data = case.state.data
        if data is None:
            return None
        name = case.preset.name, case.state.name
        if name not in self._tasks:
            place, _ = self._place(case)
            base, content = fingerprint(case.source), data_fingerprint(data)
            self._tasks[name] = TrainingTask(
                preset=case.preset.name,
                state=case.state,
                base=resolve(case.source),
                hardware=place,
                key=state_key(case.state, place, base, content),
                base_content=base,
                data_content=content,
            )
        return self._tasks[name]

    def _place(self, case: Case) -> tuple[Hardware, str | None]:
        """Return where to train, and what that place lacks."""
        own = case.state.train.hardware if case.state.train else None
        choice = [own] if own else [*self._hardware, case.hardware]
        reasons = [(entry, self._skip_reason(entry)) for entry in choice]
        entry, reason = next((one for one in reasons if one[1] is None), reasons[0])
        return training_hardware(case.state, entry), reason
