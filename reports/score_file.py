"""``scores.jsonl``: the scores of a run on the disk, one case per line, in columns.

Each line holds ``{case, digest, lines, ended, prompts, repeats, metrics}`` and each metric of it
``{level, code, values, n, coverage, why}`` as ``case_scores`` describes them. ``values`` is the
base64 of little-endian float64, NaN where there is none, which reads ten times as fast as numbers
spelled out; null where no sample has a value. Schema 1, which spelled them out, is still read.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.atomic_file import replacing
from reports.case_scores import CaseScores, MetricScores
from reports.garbage import collection_paused
from reports.json_text import loads

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCORES = "scores.jsonl"
SCORES_VERSION = 2
_NONE = struct.pack("<d", math.nan)

Keys = tuple[tuple[int, int], ...]


@collection_paused()
def read_scores(path: Path) -> dict[str, CaseScores]:
    """Read what is there; anything damaged or of another schema is as if it were not there."""
    found: dict[str, CaseScores] = {}
    shared: dict[Keys, Keys] = {}  # most cases have the same keys: held once
    try:
        with path.open("rb") as stream:
            version = loads(next(stream)).get("schema_version")
            if version not in (1, SCORES_VERSION):
                return {}
            for line in stream:
                data = loads(line)
                case = _case(data, shared) if version == SCORES_VERSION else _spelled_out(data)
                found[case.case] = case
    except (OSError, StopIteration, ValueError, TypeError, KeyError, AttributeError):
        pass  # the lines before the damage are good
    return found


def write_scores(path: Path, cases: Mapping[str, CaseScores]) -> None:
    """Replace the file, whole or not at all.

    Raises:
        OSError: it cannot be written; the old one stays.
    """
    header = {
        "kind": "scores",
        "schema_version": SCORES_VERSION,
        "versebench_version": versebench_version(),
    }
    with replacing(path) as stream:
        stream.write(json.dumps(header) + "\n")
        for case in cases.values():
            stream.write(json.dumps(_line(case), allow_nan=False) + "\n")


@cache
def versebench_version() -> str:
    """Return the installed version, or ``unknown`` when run from a bare checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("versebench")
    except PackageNotFoundError:
        return "unknown"


def _line(case: CaseScores) -> dict[str, Any]:
    return {
        "case": case.case,
        "digest": case.digest,
        "lines": case.lines,
        "ended": case.ended,
        "prompts": [prompt for prompt, _ in case.keys],
        "repeats": [repeat for _, repeat in case.keys],
        "metrics": {
            name: {
                "level": one.level,
                "code": one.code,
                "values": None if None in one.why.values() else _packed(one),
                "n": one.n,
                "coverage": one.coverage,
                "why": one.why,
            }
            for name, one in case.metrics.items()
        },
    }


def _packed(scores: MetricScores) -> str:
    return base64.b64encode(scores.array.astype("<f8").tobytes()).decode("ascii")


def _case(data: dict[str, Any], shared: dict[Keys, Keys]) -> CaseScores:
    keys = tuple(zip(data["prompts"], data["repeats"], strict=True))
    keys = shared.setdefault(keys, keys)
    stored = data["metrics"]
    arrays = _arrays(stored, len(keys))
    metrics = {name: _metric(one, arrays[name]) for name, one in stored.items()}
    lines, ended = data["lines"], data["ended"]
    if not (type(ended) is int and isinstance(lines, str | None)):
        raise ValueError("not a line of scores")
    return CaseScores(data["case"], data["digest"], keys, metrics, ended, lines)


def _arrays(metrics: Mapping[str, Any], samples: int) -> dict[str, NDArray[Any]]:
    """The scores of each metric; unpacked into one array, which takes a third of the time."""
    import numpy as np

    places: dict[str, tuple[int, int]] = {}
    packed: list[bytes] = []
    end = 0
    for name, one in metrics.items():
        length = samples if one["level"] == "sample" else 1
        values = one["values"]
        part = _NONE * length if values is None else binascii.a2b_base64(values, strict_mode=True)
        if len(part) != 8 * length:
            raise ValueError("columns of different lengths")
        packed.append(part)
        places[name] = end, end + length
        end += length
    whole = np.frombuffer(b"".join(packed), dtype="<f8")
    if np.isinf(whole).any():
        raise ValueError("an infinite score")
    return {name: whole[start:stop] for name, (start, stop) in places.items()}


def _metric(data: dict[str, Any], array: NDArray[Any]) -> MetricScores:
    n, coverage = data["n"], data["coverage"]
    for column in (n, coverage):
        if isinstance(column, list | str) and len(column) != len(array):
            raise ValueError("columns of different lengths")
    return MetricScores(data["level"], data["code"], array, n, coverage, data["why"])


def _spelled_out(data: dict[str, Any]) -> CaseScores:
    metrics = {
        name: MetricScores.of(
            one["level"],
            one["code"],
            one["values"],
            one["n"],
            one["coverage"],
            [(int(position), why) for position, why in one["reasons"].items()],
        )
        for name, one in data["metrics"].items()
    }
    keys = tuple((prompt, repeat) for prompt, repeat in data["keys"])
    return CaseScores(data["case"], data["digest"], keys, metrics)
