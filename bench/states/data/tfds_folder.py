"""Where TensorFlow Datasets keeps a prepared data set: DATA_DIR/NAME[/CONFIG]/VERSION."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bench.states.data.found import DataError, instead
from scenarios.data_sets import Tfds
from scenarios.values import quoted

_NAME = re.compile(r"(?P<name>\w[\w.-]*)(/(?P<config>\w[\w.+-]*))?(:(?P<version>[\w.*]+))?")
_INFO = "dataset_info.json"


@dataclass(frozen=True)
class Wanted:
    """A data set's name, taken apart."""

    name: str
    config: str | None
    version: str | None


def data_dir(data: Tfds) -> Path:
    """Return the data folder: the one given, or else the library's default."""
    default = os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    return Path(os.path.expanduser(data.folder or default))


def wanted(data: Tfds) -> Wanted:
    """Take the name of a data set apart.

    Raises:
        DataError: it is no name.
    """
    match = _NAME.fullmatch(data.tfds)
    if match is None:
        raise DataError(f"{data.label}: write NAME, NAME/CONFIG or NAME/CONFIG:VERSION")
    return Wanted(match["name"], match["config"], match["version"])


def prepared(data: Tfds) -> Path | None:
    """Return the folder of the prepared data set (the highest version of it); None if it has none.

    Raises:
        DataError: several configurations are there and none is named.
    """
    want = wanted(data)
    top = data_dir(data) / want.name
    folder = top / want.config if want.config else top
    versions = _versions(folder, want.version)
    if not versions and want.config is None:
        config = _only_config(data, top)
        versions = _versions(top / config, want.version) if config else []
    return versions[-1] if versions else None


def look(data: Tfds) -> None:
    """See that the prepared data set, if it is here, has the field, as far as its own files say.

    Raises:
        DataError: it has not; or its name is none, or leaves open which configuration is meant.
    """
    folder = prepared(data)
    if folder is None:
        return
    try:
        stored = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        fields = stored["featuresDict"]["features"]
    except (OSError, ValueError, LookupError, TypeError):
        return  # written by an old version of the library, which alone can tell
    if isinstance(fields, dict) and data.field not in fields:
        other = instead(data.field, list(fields), "fields")
        raise DataError(f"{folder}: has no field {quoted(data.field)}{other}", "field")


def _versions(folder: Path, pattern: str | None) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if (path / _INFO).is_file()]
    except OSError:
        return []
    fits = [path for path in found if pattern is None or fnmatch.fnmatchcase(path.name, pattern)]
    return sorted(fits, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])


def _only_config(data: Tfds, top: Path) -> str | None:
    """Return the configuration that the library itself would take, or the only one there is."""
    try:
        stored = json.loads((top / ".config" / "metadata.json").read_text(encoding="utf-8"))
        default = stored.get("default_config_name")
    except (OSError, ValueError, AttributeError):
        default = None
    if isinstance(default, str) and _versions(top / default, None):
        return default
    try:
        configs = sorted(path.name for path in top.iterdir() if _versions(path, None))
    except OSError:
        return None
    if len(configs) > 1:
        named = " or ".join(f"{top.name}/{config}" for config in configs)
        raise DataError(f"{data.label}: several configurations lie in {top}; name one: {named}")
    return configs[0] if configs else None
