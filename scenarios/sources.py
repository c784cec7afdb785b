"""Where a model comes from: a preset's name, a hub's handle, or a local folder.

The loader passes a context to validation: ``folder`` (that of the scenario file), ``presets``
(label -> source, in place of what the file says) and ``labels`` (a list that collects the labels
met). Without a context a source is taken as it stands.
"""

from __future__ import annotations

import os
import re
import stat
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo

from scenarios.values import Text, label_from, printable, refuse

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_HUBS = ("kaggle://", "hf://", "modelscope://", "gs://")


def is_folder(source: str) -> bool:
    """Tell whether a preset's source is a local folder rather than a name or a hub handle."""
    return not _SCHEME.match(source) and ("/" in source or os.sep in source or source[:1] in ".~")


def _locate(source: str, info: ValidationInfo) -> str:
    """Make a local folder absolute (seen from the scenario file) and see that it is there."""
    if not source:
        raise refuse("must not be empty")
    if (scheme := _SCHEME.match(source)) and scheme[0] not in _HUBS:
        raise refuse(f"unknown scheme {scheme[0]!r}; there are {', '.join(_HUBS)}")
    if not is_folder(source) or not info.context:
        return source
    folder = os.path.normpath(os.path.join(info.context["folder"], os.path.expanduser(source)))
    if fault := why_no_folder(folder):
        hint = "" if source[0] in "./~" else " (a model on a hub starts with kaggle:// or hf://)"
        raise refuse(fault + hint)
    return folder


def why_no_folder(folder: str) -> str | None:
    """Say why there is no folder at a path; None where there is one."""
    try:
        mode = os.stat(folder).st_mode
    except FileNotFoundError:
        return f"there is no such folder: {printable(folder)}"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"cannot be read: {reason}: {printable(folder)}"
    return None if stat.S_ISDIR(mode) else f"is a file, not a preset folder: {printable(folder)}"


Source = Annotated[Text, AfterValidator(_locate)]


def label_of_source(source: str) -> str:
    """Return the last part of a source that says something: the default label of a preset."""
    parts = [part for part in re.split(r"[/\\]", source) if part not in ("", ".", "..")]
    while len(parts) > 1 and parts[-1].isdigit():  # the version that ends a kaggle:// handle
        parts.pop()
    return label_from(parts[-1] if parts else source)


def overridden(value: Any, key: str, info: ValidationInfo) -> Any:
    """Return a model's data with the source that the context has for its label, if any."""
    source = value.get(key) if isinstance(value, dict) else None
    if not info.context or not isinstance(source, str) or not source:
        return value
    label = value.get("name") if key == "source" else label_of_source(source)
    if not isinstance(label, str):
        return value
    info.context["labels"].append(label)
    return {**value, key: info.context["presets"].get(label, source)}
