"""From a scenario file to a checked scenario, or to all its faults at once."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios import shipped
from scenarios.cases import expand_with_faults
from scenarios.faults import Fault, Origin, ScenarioError, by_position
from scenarios.schema import Scenario
from scenarios.sources import is_folder, why_no_folder
from scenarios.values import did_you_mean, label_from, quoted
from scenarios.yaml_source import Place, read

__all__ = ["Fault", "LoadedScenario", "ScenarioError", "load", "parse"]

MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario with the file that it came from."""

    scenario: Scenario
    path: Path
    text: str
    origin: Origin = field(repr=False, default_factory=Origin)

    def fault(self, place: Place, message: str) -> Fault:
        """Return a fault at a place in the file, such as ``("gates", "rep_9")``.

        For what only a caller can judge: whether a metric or a preset exists.
        """
        return self.origin.fault(place, message)


def load(
    name_or_path: str | Path,
    *,
    presets: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
) -> LoadedScenario:
    """Read a scenario: a shipped one by its name, any other by its path.

    Args:
        name_or_path: ``quickstart`` or ``./mine.yaml``. A path has a separator or a suffix.
        presets: label -> source, in place of what the file says for that preset; a local folder
            is seen from the working folder here, and from the scenario's folder in the file.
        data: state -> where the texts lie that it is trained on, seen from the working folder.

    Raises:
        ScenarioError: everything that is wrong with the file, at once.
    """
    path = _find(name_or_path)
    return parse(_read_text(path), path, presets=presets, data=data)


def parse(
    text: str,
    path: Path,
    *,
    presets: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
) -> LoadedScenario:
    """Check the text of a scenario.

    Args:
        text: YAML, or JSON, which YAML includes.
        path: the file that it stands in, or would stand in: names the scenario, and local folders
            are seen from there.
        presets, data: as for ``load``.

    Raises:
        ScenarioError: everything that is wrong with it, at once.
    """
    source = read(text)
    origin = Origin(str(path), source)
    if source.faults:
        faults = [
            Fault(str(path), mark and mark[0], mark and mark[1], "", message)
            for mark, message in source.faults
        ]
        raise ScenarioError(sorted(faults, key=by_position))
    content = source.data
    if not isinstance(content, dict):
        raise ScenarioError(
            [origin.fault((), "must be a mapping (key: value), not " + _kind(content))]
        )
    sources, faults = _sources(presets or {})
    places = {name: os.path.abspath(os.path.expanduser(it)) for name, it in (data or {}).items()}
    labels: list[str] = []
    states: list[str] = []
    context = {
        "folder": path.absolute().parent,
        "presets": sources,
        "labels": labels,
        "data": places,
        "states": states,
    }
    try:
        scenario = Scenario.model_validate({"name": _name_of(path), **content}, context=context)
    except ValidationError as error:
        faults += origin.faults(error, Scenario)
        raise ScenarioError(faults, content, origin) from None
    for label in presets or {}:
        if label not in labels:
            message = f"the scenario has no preset {quoted(label)}{did_you_mean(label, labels)}"
            faults.append(Fault("--preset", None, None, "", message))
    for name in places:
        if name not in states:
            hint = did_you_mean(name, states)
            message = f"the scenario trains no state called {quoted(name)}{hint}"
            faults.append(Fault("--data", None, None, "", message))
    _, found = expand_with_faults(scenario)
    faults += sorted(starmap(origin.fault, found), key=by_position)
    if faults:
        raise ScenarioError(faults, content, origin)
    return LoadedScenario(scenario, path, text, origin)


def _name_of(path: Path) -> str:
    return label_from(re.sub(r"(\.scenario)?\.(yaml|yml|json)$", "", path.name))


def _kind(data: Any) -> str:
    return "a list" if isinstance(data, list) else "a single word"


def _find(name_or_path: str | Path) -> Path:
    words, path = str(name_or_path), Path(name_or_path)
    if isinstance(name_or_path, Path) or path.name != words:
        return path
    if words in shipped.names():
        return shipped.path(words)
    if path.suffix or path.exists():
        return path
    hint = did_you_mean(words, shipped.names())
    message = f"no shipped scenario has this name{hint} (a file is given with its suffix)"
    raise ScenarioError([Fault(words, None, None, "", message)])


def _read_text(path: Path) -> str:
    def refuse(message: str) -> ScenarioError:
        return ScenarioError([Fault(str(path), None, None, "", message)])

    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refuse("is a folder, not a scenario file")
        if not stat.S_ISREG(status.st_mode):
            raise refuse("is not a regular file")
        if status.st_size > MAX_BYTES:
            raise refuse(f"is too large: {status.st_size:,} bytes, at most {MAX_BYTES:,}")
        content = path.read_bytes()
    except FileNotFoundError:
        known = path.stem in shipped.names()
        hint = f"; the shipped scenario is called {path.stem}, without suffix" if known else ""
        raise refuse(f"there is no such file{hint}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(f"cannot be read: {reason}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"is not UTF-8 text (byte 0x{content[error.start]:02x})"
        raise ScenarioError([Fault(str(path), line, column, "", message)]) from None


def _sources(presets: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """Check the sources that the caller puts in place of the file's, and make folders absolute."""
    sources: dict[str, str] = {}
    faults: list[Fault] = []
    for label, source in presets.items():
        folder = os.path.abspath(os.path.expanduser(source))
        if not source:
            faults.append(Fault("--preset", None, None, label, "no source is given"))
        elif is_folder(source) and (fault := why_no_folder(folder)):
            faults.append(Fault("--preset", None, None, label, fault))
        else:
            sources[label] = folder if is_folder(source) else source
    return sources, faults
