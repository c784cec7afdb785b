"""What a preset's source stands for on this machine: an embedded or local folder, or a hub's."""

from __future__ import annotations

from pathlib import Path

from bench import preset_folder
from bench.presets import EMBEDDED, embedded_path
from scenarios.schema import is_folder


def resolve(source: str) -> str:
    """Return what ``from_preset`` takes for a source: embedded names become folders."""
    return str(embedded_path(source)) if source in EMBEDDED else source


def faults_of(source: str) -> list[str]:
    """Return what is wrong with a local preset folder; nothing for what lies on a hub."""
    resolved = resolve(source)
    return preset_folder.check(Path(resolved)) if is_folder(resolved) else []


def fingerprint(source: str) -> str:
    """Return what stands for a preset's content in the case hashes.

    A folder's content counts, not its place; of a hub's preset only the name is known.
    """
    resolved = resolve(source)
    if is_folder(resolved) and Path(resolved).is_dir():
        return preset_folder.fingerprint(Path(resolved))
    return source
