"""``manifest.json``: what a run was asked to do, and where it ran."""

from __future__ import annotations

import errno
import json
import math
from pathlib import Path
from typing import Any, NoReturn

from reports.atomic_file import replacing
from reports.manifest_shape import ShapeError, check_manifest
from reports.records import SCHEMA_VERSION

MANIFEST = "manifest.json"


class RunFolderError(Exception):
    """The folder cannot be used; the text says why and what to do."""


def save_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of the run folder ``path``, whole or not at all.

    Raises:
        OSError: it cannot be written; the old one stays.
    """
    with replacing(path / MANIFEST) as stream:
        json.dump(manifest, stream, indent=2, allow_nan=False)
        stream.write("\n")


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of the run folder ``path``; a part that is null is left out.

    Raises:
        RunFolderError: it is no run folder; or its manifest is damaged, holds something of another
            type than reports rely on (``manifest_shape``), or is of a newer schema.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise RunFolderError(f"{path} {what}. A run folder is made by versebench run.")
    file = path / MANIFEST
    try:
        manifest = json.loads(
            file.read_text(encoding="utf-8"), parse_constant=_no_number, parse_float=_finite
        )
    except FileNotFoundError:
        raise RunFolderError(
            f"{path} is not a run folder: it has no {MANIFEST}. "
            "Name one of the folders that versebench run made."
        ) from None
    except OSError as error:
        raise RunFolderError(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RunFolderError(f"{file} is damaged ({error}). Run the scenario anew.") from error
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise RunFolderError(f"{file} is not a manifest of versebench: no schema_version.")
    if version > SCHEMA_VERSION:
        raise RunFolderError(
            f"{path} was written by versebench {manifest.get('versebench_version', '?')} with "
            f"schema {version}; this version reads up to {SCHEMA_VERSION}. Upgrade versebench."
        )
    try:
        check_manifest(manifest)
    except ShapeError as error:
        raise RunFolderError(
            f"{file} is damaged ({error}). Restore the file from a copy, or run the scenario anew."
        ) from None
    return {key: value for key, value in manifest.items() if value is not None}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def fail(what: str, error: OSError, path: Path | None = None, option: str = "") -> NoReturn:
    """Raise RunFolderError for an operating-system error, with what to do about it.

    ``path`` is given where records of a run are already on the disk, ``option`` where one chooses
    the folder.
    """
    choose = f" with {option}" if option else ""
    advice = {
        errno.ENOSPC: "Free some space on that disk",
        errno.EDQUOT: "Free some of your disk quota",
        errno.EROFS: f"Choose a folder that can be written{choose}",
        errno.EACCES: f"Choose a folder that you may write{choose}",
        errno.EPERM: f"Choose a folder that you may write{choose}",
        errno.ENOTDIR: f"Choose another folder{choose}",
        errno.EEXIST: f"Choose another folder{choose}",
    }.get(error.errno or 0, "Check that disk")
    more = ", then go on with --resume: what was finished is kept" if path else ""
    raise RunFolderError(f"{what}: {error.strerror or error}. {advice}{more}.") from error
