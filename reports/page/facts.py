"""The machine of a run, and what ran on it, as pairs of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.summary import Summary

_TITLES = {"cpu_model": "processor", "os": "operating system", "gpu_driver": "GPU driver"}
_LONGEST = 400
_MOST_GROUPS = 60
_ELSEWHERE = ("before", "warnings", "argv")  # of what ran: said as warnings, or no fact of it


def machine_facts(summary: Summary) -> list[tuple[str, str]]:
    """Return what is known of the machine and the code; what is not is left out."""
    manifest = summary.run.manifest
    facts: list[tuple[str, str]] = []
    for key, value in (manifest.get("machine") or {}).items():
        if key != "missing" and (told := _told(key, value)):
            facts.append((_title(key), told))
    git = manifest.get("git") or {}
    if isinstance(git, dict) and git.get("revision"):
        dirty = ", with changes not committed" if git.get("dirty") else ""
        facts.append(("git", f"{git['revision']}{dirty}"))
    return facts


def what_ran(summary: Summary) -> list[tuple[str, str]]:
    """Return, for each group of cases that shared a process, what its first launch read back."""
    found: dict[str, str] = {}
    for result in summary.completed.cases:
        for one in result.launches:
            if one.launch is None or one.launch.group in found or len(found) >= _MOST_GROUPS:
                continue
            parts = [
                f"{_title(key)} {told}"
                for key, value in one.launch.what_ran.items()
                if key not in _ELSEWHERE and (told := _told(key, value))
            ]
            found[one.launch.group] = " · ".join(parts)
    return [(group, words) for group, words in found.items() if words]


def _title(key: str) -> str:
    return _TITLES.get(key, key.removesuffix("_bytes").replace("_", " "))


def _told(key: str, value: Any) -> str:
    """Return a value in words; "" where there is none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key.endswith("_bytes") and isinstance(value, int | float):
        return f"{value / 1e9:.1f} GB" if value >= 1e9 else f"{value / 1e6:.0f} MB"
    if isinstance(value, Mapping):
        pairs = ((str(k), _told(str(k), v)) for k, v in value.items() if k != "missing")
        return _cut(", ".join(f"{name} {told}" for name, told in pairs if told))
    if isinstance(value, list | tuple):
        return _cut(", ".join(filter(None, (_told(key, one) for one in value))))
    return _cut(str(value))


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
