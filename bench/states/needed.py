"""Which states must be trained for the cases of a run, where, and under which key they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from bench.preset_sources import fingerprint, resolve
from bench.states.data import DataError
from bench.states.data import fingerprint as data_fingerprint
from bench.states.key import state_key
from bench.states.store import Store
from scenarios.cases import Case
from scenarios.data_sets import DataSet
from scenarios.schema import Hardware
from scenarios.training import Train

ABSENT = "absent"  # stands for the content of a data set that is not here, in the case hashes


@dataclass(frozen=True)
class TrainingTask:
    """One state of one preset, to be trained or taken from the store.

    Attributes:
        preset: the preset's label.
        state: the state's label.
        data: what it is trained on.
        recipe: how.
        base: what ``from_preset`` takes for the preset.
        hardware: where to train; its dtype is the recipe's.
        key: stands for the result, see ``bench.states.key``.
        base_content: digest of the base when the run was planned; the key holds it.
        data_content: the same of the data set.
    """

    preset: str
    state: str
    data: DataSet
    recipe: Train
    base: str
    hardware: Hardware
    key: str
    base_content: str
    data_content: str

    @property
    def name(self) -> str:
        """``preset/state``, for people."""
        return f"{self.preset}/{self.state}"


def content_of(data: DataSet) -> str:
    """Return the digest of a data set's content for the case hashes; a word where it is absent."""
    try:
        return data_fingerprint(data)
    except DataError:
        return ABSENT


def _why_absent(data: DataSet) -> str | None:
    """Return why a data set cannot be read; None where its content is there."""
    try:
        data_fingerprint(data)
    except DataError as error:
        return str(error)
    return None


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
        self._why_absent = cache(_why_absent)
        self._fingerprint = cache(fingerprint)
        self._tasks: dict[tuple[str, str], TrainingTask] = {}

    def why_not(self, case: Case) -> str | None:
        """Return why the case's state cannot be trained here; None where it can, or need not."""
        data, recipe = case.state.data, case.state.train
        if data is None or recipe is None:
            return None
        _, reason = self._place(recipe, case.hardware)
        reason = reason or self._why_absent(data)
        return f"the state {case.state.name} cannot be trained here: {reason}" if reason else None

    def task(self, case: Case) -> TrainingTask | None:
        """Return what must be trained for a case; the same object for the same state."""
        data, recipe = case.state.data, case.state.train
        if data is None or recipe is None:
            return None
        name = case.preset.name, case.state.name
        if name not in self._tasks:
            place, _ = self._place(recipe, case.hardware)
            base, content = self._fingerprint(case.source), data_fingerprint(data)
            self._tasks[name] = TrainingTask(
                preset=case.preset.name,
                state=case.state.name,
                data=data,
                recipe=recipe,
                base=resolve(case.source),
                hardware=place,
                key=state_key(data, recipe, place, base, content),
                base_content=base,
                data_content=content,
            )
        return self._tasks[name]

    def _place(self, recipe: Train, default: Hardware) -> tuple[Hardware, str | None]:
        """Return where to train, and what that place lacks."""
        choice = [recipe.hardware] if recipe.hardware else [*self._hardware, default]
        reasons = [(entry, self._skip_reason(entry)) for entry in choice]
        entry, reason = next((one for one in reasons if one[1] is None), reasons[0])
        # The number format is the recipe's: cases may generate in another one.
        format_ = {"dtype": recipe.dtype, "quantization": None}
        return entry.model_copy(update=format_), reason
