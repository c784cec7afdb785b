"""The records of a run: what happened, raw and append-only.

One record is one line of ``records.jsonl``. A dataclass here *is* the line's schema: its fields
are the keys, plus ``kind``. Everything else (tables, CSV, diffs) is derived from these lines and
``manifest.json``.

The unit of completion is a **case in a launch**: a launch is one worker process, and it measures
one or more cases in turn. ``Trial`` and ``Sample`` lines count only once the ``CaseDone`` line of
the same ``(case, launch, attempt)`` is there; a launch that was killed leaves lines without it,
which readers pass over and a resumed run measures again under a new ``attempt``.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, ClassVar, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from reports.numerous import numerous
from reports.training import Training

SCHEMA_VERSION = 1

Phase = Literal["cold", "warmup", "timed", "fit"]
Status = Literal["ok", "failed", "skipped"]
Failure = Literal["input", "crash", "timeout"]


@numerous()
class Launch:
    """One worker process, from its start to the end of its model loading.

    ``what_ran`` is read back from the frameworks and the machine, never from the request.
    """

    kind: ClassVar[str] = "launch"
    launch: int  # repeat number, 0-based: the unit of n
    attempt: str  # unique id of the worker process
    group: str  # "<preset>/<state>/<hardware>": the cases that share the process
    started: float  # Unix time, s
    import_seconds: float  # keras and keras_hub
    load_seconds: float  # weights and tokenizer
    parameters: int
    first_call_seconds: float | None = None  # a throw-away call that warms the framework itself
    what_ran: dict[str, Any] = field(default_factory=dict)


@numerous(slots=True)
class Trial:
    """One timed call of the compiled generate function."""

    kind: ClassVar[str] = "trial"
    case: str
    launch: int
    attempt: str
    phase: Phase
    round: int  # the turn in which it ran, 0-based within its phase
    prompt_tokens: int  # per row, start token included; all rows of a speed trial are equal
    new_tokens: int  # over all rows: mask out - mask in
    steps: int  # decode steps of the loop
    seconds: float  # generate: from prompt ids on the device to ids on the host
    encode_seconds: float | None  # text to ids; None where the trial starts from ids
    decode_seconds: float | None  # ids to text
    compiles: int  # programs compiled during this call
    compile_seconds: float | None  # None where the backend does not say
    valid: bool = True
    invalid_reason: str | None = None


@numerous(slots=True)
class Sample:
    """One generated text (a continuation: the prompt is not part of ``text`` or ``ids``)."""

    kind: ClassVar[str] = "sample"
    case: str
    launch: int
    attempt: str
    prompt: str
    prompt_index: int
    repeat: int  # pairs samples of different cases by (prompt_index, repeat)
    seed: int | None  # the sampler's seed for the batch; None where nothing is drawn
    text: str
    ids: list[int]  # new tokens, without the end token
    new_tokens: int  # len(ids), and the end token where it ended
    ended: bool  # True: the model wrote its end token; False: cut at max_length
    broken_characters: int  # U+FFFD in text: bytes that do not form a character


@numerous()
class CaseDone:
    """The end of one case in one launch; its presence makes the case's lines count."""

    kind: ClassVar[str] = "case_done"
    case: str
    case_hash: str
    launch: int
    attempt: str
    status: Status
    reason: str | None = None  # why skipped or failed, for people
    failure: Failure | None = None  # input: the scenario must change; else the worker died
    log_tail: str | None = None  # last lines of a crashed worker
    cold_seconds: float | None = None  # the first call, compile included
    compile_seconds: float | None = None
    compile_count: int | None = None
    compile_method: str | None = None  # how the two were found
    steady: bool | None = None
    warmup_trials: int | None = None
    generate_seconds: float | None = None  # all calls of the case together, whatever their phase
    host_peak_bytes: int | None = None  # VmHWM of the worker during one call, own pass
    device_peak_bytes: int | None = None
    energy_joules_per_1000_tokens: float | None = None
    roofline: dict[str, Any] = field(default_factory=dict)  # a step's cost, the device's rates
    device: dict[str, Any] = field(default_factory=dict)  # clocks, heat, power while it worked
    missing: dict[str, str] = field(default_factory=dict)  # field name -> why it is None
    warnings: list[str] = field(default_factory=list)
    sampler: dict[str, Any] = field(default_factory=dict)  # every argument, read back


@dataclass(frozen=True)
class LaunchEnd:
    """The end of a worker process that measured all its cases."""

    kind: ClassVar[str] = "launch_end"
    launch: int
    attempt: str
    group: str
    finished: float  # Unix time, s
    after: dict[str, Any] = field(default_factory=dict)  # load, clocks, heat: see what_ran.before
    warnings: list[str] = field(default_factory=list)  # what disturbed it meanwhile, with advice


@dataclass(frozen=True)
class RunEnd:
    """The parent's last word: how the run ended."""

    kind: ClassVar[str] = "run_end"
    finished: float  # Unix time, s
    status: Literal["complete", "interrupted", "failed"]
    wall_seconds: float


Record = Training | Launch | Trial | Sample | CaseDone | LaunchEnd | RunEnd
_CLASSES = (Training, Launch, Trial, Sample, CaseDone, LaunchEnd, RunEnd)
_KINDS: dict[str, type[Any]] = {cls.kind: cls for cls in _CLASSES}


def _classes_of(annotation: Any) -> tuple[type, ...]:
    """Return what ``isinstance`` takes for an annotation; JSON has one kind of number."""
    origin = get_origin(annotation) or annotation
    if origin in (Union, UnionType):
        return tuple(cls for part in get_args(annotation) for cls in _classes_of(part))
    if origin is Literal:
        return (str,)
    return (int, float) if origin in (int, float) else (origin,)


_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    cls.kind: {
        name: _classes_of(hint)
        for name, hint in get_type_hints(cls).items()
        if get_origin(hint) is not ClassVar
    }
    for cls in _CLASSES
}

_MOST_SHAPES = 1000  # kept, so that hostile lines cannot fill the memory
# (kind, keys and types of the values) of lines that were good and had their fields in order, and
# which of their values are numbers.
_CHECKED: dict[tuple[str, tuple[object, ...]], tuple[int, ...]] = {}
_LARGEST = 1e300  # beyond are infinities, NaN, and what no float holds: nothing measures these


def to_line(record: Record) -> str:
    """Return the record as one JSON line (no newline; non-ASCII escaped, so any text is safe)."""
    return json.dumps({"kind": record.kind, **dataclasses.asdict(record)}, allow_nan=False)


def from_line(line: str) -> Record:
    """Parse one line.

    Raises:
        ValueError: the line is not JSON, its kind is unknown, or a field is missing or of another
            type. Fields that this version does not know (written by a newer one) are ignored.
    """
    return from_data(json.loads(line, parse_constant=no_number))


def no_number(name: str) -> NoReturn:
    """Refuse what Python's parser takes for a number and JSON does not: NaN and infinities.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{name} is not a number of JSON")


def from_data(data: Any) -> Record:
    """Return the record of plain data, as a line holds it.

    Raises:
        ValueError: see ``from_line``.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(f"not a record: {str(data)[:80]!r}")
    cls = _KINDS[kind]
    values = list(data.values())
    shape = (*data, *map(type, values))
    numbers = _CHECKED.get((kind, shape))
    if numbers is not None:  # a million lines have a few shapes
        for place in numbers:
            if not -_LARGEST < values[place] < _LARGEST:
                raise ValueError(f"bad {kind} record: a number is too large, or none")
        del values[0]
        record: Record = cls(*values)
        return record
    known = _FIELDS[kind]
    for name, value in data.items():
        if name not in known:
            continue
        if not isinstance(value, known[name]):
            raise ValueError(f"bad {kind} record: {name} is {type(value).__name__}")
        if isinstance(value, int | float) and not -_LARGEST < value < _LARGEST:
            raise ValueError(f"bad {kind} record: {name} is too large a number, or none")
    try:
        record = cls(**{k: v for k, v in data.items() if k in known})
    except TypeError as error:
        raise ValueError(f"bad {kind} record: {error}") from error
    if list(data) == ["kind", *known][: len(data)] and len(_CHECKED) < _MOST_SHAPES:
        numbers = tuple(n for n, v in enumerate(values) if isinstance(v, int | float))
        _CHECKED[kind, shape] = numbers
    return record
