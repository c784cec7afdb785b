"""Whether two cases may be compared: what must be equal, and what is not.

Speed depends on the machine, the versions, and the work of a call; texts on prompts, length and
sampler alone, so they may be compared across machines. Along an axis of one run, what the axis
changes is meant to differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reports.case_summary import counts
from reports.completed import CaseResult
from reports.corpora import Corpora
from reports.diff.pairing import Pair
from reports.statistics import median
from reports.summary import Summary

Across = Literal["machine", "versions"]
_MACHINE = {"cpu_model": "processor", "cores_allowed": "cores", "gpu_driver": "GPU driver"}
_BACKENDS = {
    "jax": ("jax", "jaxlib"),
    "tensorflow": ("tensorflow",),
    "torch": ("torch",),
}
_ALWAYS = ("keras", "keras-hub")
_WORK = {"prompt_tokens": "prompt tokens", "steps": "decode steps"}
_PLURAL = frozenset({*_WORK.values(), "cores", "the sampler's arguments"})
_LONGEST = 60  # characters of a value in a reason


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        what: its name.
        a: the baseline's value.
        b: the new one.
    """

    what: str
    a: object
    b: object

    def __str__(self) -> str:
        verb = "differ" if self.what in _PLURAL else "differs"
        return f"{self.what} {verb} ({_short(self.a)} and {_short(self.b)})"


def runs_differ(a: Summary, b: Summary, across: Sequence[Across] = ()) -> list[Difference]:
    """Return what of two runs' machines forbids to compare speed."""
    return [] if "machine" in across else machines_differ(a.run.manifest, b.run.manifest)


def machines_differ(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Difference]:
    """Return what of the machines in two manifests forbids to compare speed."""
    ours, theirs = _machine(a), _machine(b)
    names = {key: name for key, name in _MACHINE.items() if ours["gpus"] or key != "gpu_driver"}
    return _unequal({**names, "gpus": "GPU"}, ours, theirs)


def cases_differ(
    pair: Pair, a: Summary, b: Summary, axis: str | None = None, across: Sequence[Across] = ()
) -> list[Difference]:
    """Return what of two cases forbids to compare speed: versions, compile mode, the work done."""
    found = [] if axis == "hardware" else _software(pair, a, b, across)
    found += _unequal({"max_length": "max_length"}, _lengths(pair.a, a), _lengths(pair.b, b))
    found += _unequal(_WORK, _work(pair.a), _work(pair.b))
    if axis is None:
        sampler = [case.case.get("sampler_arguments") for case in (pair.a, pair.b)]
        if sampler[0] != sampler[1]:
            found.append(Difference("the sampler's arguments", *sampler))
    return found


def texts_differ(pair: Pair, a: Summary, b: Summary, axis: str | None = None) -> list[Difference]:
    """Return what of two cases forbids to compare all their texts (single prompts apart)."""
    found = _unequal({"max_length": "max_length"}, _lengths(pair.a, a), _lengths(pair.b, b))
    if axis is None:
        sampler = [case.case.get("sampler_arguments") for case in (pair.a, pair.b)]
        if sampler[0] != sampler[1]:
            found.append(Difference("the sampler's arguments", *sampler))
    return found


class CorporaDiffer:
    """Tells whether copying is judged against the same texts on both sides.

    Args:
        a: the baseline.
        b: the new run.
    """

    def __init__(self, a: Summary, b: Summary) -> None:
        self._a = Corpora(a.run.path, a.completed.trainings)
        self._b = Corpora(b.run.path, b.completed.trainings)

    def __call__(self, pair: Pair) -> Difference | None:
        """Return what forbids to compare scores of memorisation, if anything does."""
        ours, theirs = self._a.digest(pair.a.case), self._b.digest(pair.b.case)
        if ours == theirs:
            return None
        what = "the corpus that copying is judged against"
        return Difference(what, *(one and one[:10] for one in (ours, theirs)))


def _machine(manifest: Mapping[str, Any]) -> dict[str, Any]:
    machine = dict(manifest.get("machine") or {})
    gpus = machine.get("gpus")
    names = [gpu.get("name") for gpu in gpus if isinstance(gpu, dict)] if gpus else []
    machine["gpus"] = ", ".join(str(name) for name in names) or None
    return machine


def _software(pair: Pair, a: Summary, b: Summary, across: Sequence[Across]) -> list[Difference]:
    ours, theirs = _what_ran(pair.a), _what_ran(pair.b)
    found = _unequal({"devices": "device", "jit": "compile mode"}, ours, theirs)
    if "versions" in across:
        return found
    backend = str(ours.get("backend"))
    names = {name: f"version of {name}" for name in (*_ALWAYS, *_BACKENDS.get(backend, ()))}
    return found + _unequal(names, _versions(ours, a), _versions(theirs, b))


def _versions(ran: Mapping[str, Any], summary: Summary) -> Mapping[str, Any]:
    machine = summary.run.manifest.get("machine") or {}
    versions = ran.get("versions") or machine.get("versions") or {}
    return versions if isinstance(versions, dict) else {}


def _what_ran(case: CaseResult) -> Mapping[str, Any]:
    return next((one.launch.what_ran for one in case.launches if one.launch is not None), {})


def _lengths(case: CaseResult, summary: Summary) -> dict[str, Any]:
    generate = (summary.run.manifest.get("scenario") or {}).get("generate") or {}
    return {"max_length": case.case.get("max_length", generate.get("max_length"))}


def _work(case: CaseResult) -> dict[str, float]:
    """What a timed call worked on; steps, since the tokens of all rows grow with the batch."""
    timed = [
        trial
        for one in case.launches
        for trial in one.trials
        if trial.phase == "timed" and counts(trial)
    ]
    return {name: median([getattr(trial, name) for trial in timed]) for name in _WORK if timed}


def _unequal(
    names: Mapping[str, str], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Difference]:
    return [
        Difference(name, ours.get(key), theirs.get(key))
        for key, name in names.items()
        if ours.get(key) != theirs.get(key)
    ]


def _short(value: object) -> str:
    if value is None:
        return "not known"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
