"""What is kept of a run, as one JSON object: the schema of a history file.

A dataclass here *is* the object: its fields are the keys. Numbers only; generated text never
enters. docs/history.md describes every key. Keys are only added within a version.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, get_args

from reports.completed import CaseStatus

SCHEMA_VERSION = 1
KIND = "versebench-history"
MOST = 2**32 - 1  # of a count: launches, texts

Values = dict[str, float]


class KeptError(ValueError):
    """A text that is no history file, or one that cannot be used; says why."""


@dataclass(frozen=True)
class KeptCase:
    """One case of a run.

    Attributes:
        case: its readable id.
        hash: digest of all that determines what was measured.
        axes: preset, state, sampler, hardware and batch size, as the case's labels have them.
        settings: source, max_length, sampler arguments, and a digest of the prompts.
        status: ``ok``, ``failed``, ``skipped`` or ``not run``.
        reason: why the status is not ok.
        launches: worker processes that finished.
        environment: what ran, as a place in the run's ``environments``.
        values: column -> value, for each numeric column of ``cases.csv`` that has one.
        intervals: column -> [low, high].
        n: metric -> texts that could be judged.
        coverage: metric -> share judged, where it is not 1.
        launch_values: column -> the value of each launch.
    """

    case: str
    hash: str
    axes: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    status: str = "ok"
    reason: str | None = None
    launches: int = 0
    environment: int | None = None
    values: Values = field(default_factory=dict)
    intervals: dict[str, list[float]] = field(default_factory=dict)
    n: dict[str, int] = field(default_factory=dict)
    coverage: Values = field(default_factory=dict)
    launch_values: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class KeptRun:
    """One run.

    Attributes:
        run: the same for all files of one run, also after it was resumed or scored again.
        name: of the run folder.
        path: of the run folder, on the machine that measured.
        scenario: its name.
        created: when the run began, ISO 8601; the place of the run in a series.
        finished: when it ended.
        stored: when this file was made; of several files of a run the last one counts.
        versebench_version: of the versebench that measured.
        gates: ``verdict`` (``passed``, ``failed``, ``not compared``, ``none``), and the gates
            ``missed``.
        machine: what it ran on, without what changes by the minute.
        git: revision, branch and dirtiness of the working folder.
        settings: of the scenario: ``generate``, ``measure``, ``seed``, ``metrics``.
        columns: column -> its unit, which way is better, and a digest of the metric's code.
        environments: what ran, each different one once.
        warnings: text and cases of what the report warned about.
        cases: one entry per case of the scenario.
    """

    run: str
    name: str
    path: str
    scenario: str
    created: str
    finished: str
    stored: str
    versebench_version: str | None = None
    gates: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    git: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    environments: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    cases: list[KeptCase] = field(default_factory=list)

    def same_but_stored(self, other: KeptRun) -> bool:
        """Whether the two say the same, whenever they were made."""
        return dataclasses.replace(other, stored=self.stored) == self


def to_text(kept: KeptRun) -> str:
    """Return the file's content: JSON, ASCII, one line per key and per case, so that it diffs."""
    data = {"kind": KIND, "schema_version": SCHEMA_VERSION, **vars(kept)}
    cases = ",\n  ".join(_json(dataclasses.asdict(case)) for case in data.pop("cases"))
    lines = [f"{_json(key)}: {_json(value)}" for key, value in data.items()]
    return "{\n" + ",\n".join([*lines, f'"cases": [\n  {cases}\n]']) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def from_text(text: str) -> KeptRun:
    """Read a file's content. Keys that this version does not know are passed over.

    Raises:
        KeptError: it is cut short, not JSON, no history file, of a newer schema, or a key is
            missing, of another type, or not finite.
    """
    try:
        data = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise KeptError("it is nested too deeply") from None
    except ValueError as error:
        raise KeptError(f"it is cut short or damaged ({error})") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise KeptError("it is no history file of versebench")
    version = data.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise KeptError("it has no schema_version")
    if version > SCHEMA_VERSION:
        raise KeptError(
            f"it has schema {version}, and this versebench reads up to {SCHEMA_VERSION}: "
            "upgrade versebench"
        )
    cases, environments = data.get("cases"), data.get("environments") or []
    if not isinstance(cases, list):
        raise KeptError("it has no list of cases")
    if not isinstance(environments, list) or not all(isinstance(e, dict) for e in environments):
        raise KeptError("its environments are no list of objects")
    kept = [_case(case, len(environments)) for case in cases]
    run: KeptRun = _build(KeptRun, {**data, "cases": kept})
    return run


def _case(data: Any, environments: int) -> KeptCase:
    case: KeptCase = _build(KeptCase, data)
    if case.status not in get_args(CaseStatus):
        raise KeptError("a case has a status that there is not")
    ends = case.intervals.values()
    if any(not isinstance(pair, list) or len(pair) != 2 for pair in ends):
        raise KeptError("an interval has not two ends")
    if not all(isinstance(values, list) for values in case.launch_values.values()):
        raise KeptError("the values of launches are no list")
    lists = (*ends, *case.launch_values.values())
    _check_numbers([*case.values.values(), *case.coverage.values(), *itertools.chain(*lists)])
    counts = [case.launches, *case.n.values()]
    _check_numbers(counts)
    if not 0 <= min(counts) <= max(counts) <= MOST:
        raise KeptError("a count is below 0 or too large")
    place = case.environment
    if place is not None and not 0 <= place < environments:
        raise KeptError("a case ran in an environment that is not there")
    return case


_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "int | None": (int, type(None)),
}


def _build(cls: type, data: Any) -> Any:
    """Make one of the dataclasses, having looked at the type of each field."""
    if not isinstance(data, dict):
        raise KeptError("a case is no object")
    given: dict[str, Any] = {}
    for one in dataclasses.fields(cls):
        if one.name not in data:
            if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
                raise KeptError(f"it has no {one.name}")
            continue
        said = str(one.type)
        own = dict if said.startswith(("dict", "Values")) else list
        value = given[one.name] = data[one.name]
        if not isinstance(value, _TYPES.get(said, (own,))) or isinstance(value, bool):
            raise KeptError(f"its {one.name} is {type(value).__name__}")
    return cls(**given)


def _check_numbers(values: list[Any]) -> None:
    if not {*map(type, values)} <= {int, float} or not all(map(_fits, values)):
        raise KeptError("a value is no number")


def _fits(value: float) -> bool:
    """Whether it is finite, and an int is no larger than a float may be."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
