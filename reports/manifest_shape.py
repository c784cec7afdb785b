"""What the parts of a manifest must be, as far as reports rely on them.

Keys that are not named here may hold anything; keys that are may be absent or null, unless they
are said to be needed. So a manifest of an older or newer versebench passes, and a damaged one is
named by its first fault, such as ``cases[3].prompts[0].index: a whole number is needed, not text``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str], None]

_NAMES: Mapping[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}
_LARGEST = 2**53  # every whole number up to here is one in every reader of JSON


class ShapeError(ValueError):
    """A part is not what it must be; the text says where and what."""


def check_manifest(manifest: Any) -> None:
    """Check a manifest as ``json`` read it.

    Raises:
        ShapeError: a part is of another type than reports rely on, or two cases have one id.
    """
    _MANIFEST(manifest, "")
    seen: set[str] = set()
    for place, case in enumerate(manifest.get("cases") or ()):
        if case["id"] in seen:
            raise ShapeError(f"cases[{place}].id: there is already a case {case['id'][:80]!r}")
        seen.add(case["id"])


def _refuse(value: Any, where: str, needed: str) -> None:
    found = _NAMES.get(type(value), type(value).__name__)
    raise ShapeError(f"{where or 'the whole'}: {needed} is needed, not {found}")


def _text(value: Any, where: str) -> None:
    if type(value) is not str:
        _refuse(value, where, "text")


def _whole(value: Any, where: str) -> None:
    if type(value) is not int:
        _refuse(value, where, "a whole number")
    if not -_LARGEST <= value <= _LARGEST:
        raise ShapeError(f"{where}: a number of {len(str(abs(value)))} digits")


def _number(value: Any, where: str) -> None:
    if type(value) is not float:
        _whole(value, where) if type(value) is int else _refuse(value, where, "a number")


def _anything(value: Any, where: str) -> None:
    pass


def _list_of(each: Check) -> Check:
    def check(value: Any, where: str) -> None:
        if type(value) is not list:
            _refuse(value, where, "a list")
        for place, one in enumerate(value):
            each(one, f"{where}[{place}]")

    return check


def _mapping_of(each: Check) -> Check:
    def check(value: Any, where: str) -> None:
        if type(value) is not dict:
            _refuse(value, where, "an object")
        for key, one in value.items():
            each(one, f"{where}.{key[:80]}")

    return check


def _object(*needed: str, **parts: Check) -> Check:
    """An object; the parts in ``needed`` must be there, the others may be absent or null."""

    def check(value: Any, where: str) -> None:
        if type(value) is not dict:
            _refuse(value, where, "an object")
        for name, part in parts.items():
            one = value.get(name)
            if one is not None:
                part(one, f"{where}.{name}" if where else name)
            elif name in needed:
                raise ShapeError(f"{where}.{name} is missing" if where else f"{name} is missing")

    return check


def _one_or_several(each: Check) -> Check:
    several = _list_of(each)
    return lambda value, where: (several if type(value) is list else each)(value, where)


def _same_again(check: Check) -> Check:
    """The check of a part that mostly is what it was the last time."""
    last: Any = None

    def checked(value: Any, where: str) -> None:
        nonlocal last
        if value != last:
            check(value, where)
            last = value

    return checked


_PROMPT = _object("index", index=_whole, label=_text, text=_text, form=_text)
_CASE = _object(
    "id",
    "hash",
    "prompts",
    id=_text,
    hash=_text,
    preset=_text,
    state=_text,
    sampler=_text,
    hardware=_text,
    batch_size=_whole,
    max_length=_whole,
    sampler_arguments=_mapping_of(_anything),
    prompts=_same_again(_list_of(_PROMPT)),
    skipped=_text,
    left_out=_text,
)
_GLOBS = _list_of(_text)
_GATE = _object(
    min=_number,
    max=_number,
    against=_text,
    worse_by=_number,
    where=_object(preset=_GLOBS, state=_GLOBS, sampler=_GLOBS, hardware=_GLOBS, batch_size=_GLOBS),
)
_SCENARIO = _object(
    name=_text,
    generate=_object(max_length=_whole),
    measure=_object(launches=_whole, fit_points=_whole),
    metrics=_list_of(_text),
    gates=_mapping_of(_one_or_several(_GATE)),
)
_MACHINE = _object(
    cpu_model=_text,
    cores_allowed=_whole,
    gpu_driver=_text,
    gpus=_list_of(_mapping_of(_anything)),
    versions=_mapping_of(_anything),
)
_GIT = _object(revision=_text)
_MANIFEST = _object(
    versebench_version=_text,
    scenario=_SCENARIO,
    scenario_name=_text,
    scenario_text=_text,
    scenario_path=_text,
    created=_text,
    cases=_list_of(_CASE),
    machine=_MACHINE,
    git=_GIT,
    only=_list_of(_text),
    warnings=_list_of(_text),
)
