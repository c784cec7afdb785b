"""What the device allows a case, and how much of it the case reached.

Formula: a decode step takes at least ``max(bytes / bandwidth, flops / rate)`` seconds; it delivers
one token per text. The record (``CaseDone.roofline``) has the four numbers of the first launch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.records import CaseDone

COLUMNS = (
    "roofline_tokens_per_second",
    "roofline_share",
    "roofline_decode_share",
    "bound_by",
    "bytes_per_step",
    "flops_per_step",
    "sampler_bytes_per_step",
    "copy_bandwidth",
    "matrix_rate",
)
_NOT_MEASURED = (
    "not recorded: the first launch, which measures what the device allows, did not finish, or an "
    "older versebench made the run"
)
_NUMBERS = (
    "weight_bytes_per_step",
    "cache_bytes_per_step",
    "flops_per_step",
    "copy_bandwidth",
    "matrix_rate",
)
_ENDLESS = 1e30  # no device moves or computes so much
_TOO_MUCH = 1.05  # beyond the noise of two measurements


def roofline(
    done: Sequence[CaseDone], texts: int, tokens_per_second: float | None, tpot: float | None
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the values of ``COLUMNS``, why any is missing, and warnings.

    Args:
        done: ends of the case, one per launch.
        texts: the batch size.
        tokens_per_second: as delivered, prefill included.
        tpot: seconds of a decode step, by the fit; None where it does not hold.
    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    told = next((one.roofline for one in done if one.roofline), None)
    if told is None or "missing" in told or not _whole(told):
        reason = str((told or {}).get("missing") or _NOT_MEASURED)
        return row, dict.fromkeys(COLUMNS, reason), []
    moved = told["weight_bytes_per_step"] + told["cache_bytes_per_step"]
    reading = moved / told["copy_bandwidth"]
    computing = told["flops_per_step"] / told["matrix_rate"]
    least = max(reading, computing)
    cache = told.get("device_cache_bytes")
    in_cache = isinstance(cache, int) and moved <= cache
    row |= {
        "roofline_tokens_per_second": texts / least,
        "bound_by": "compute" if computing > reading else "cache" if in_cache else "memory",
        "bytes_per_step": moved,
        "flops_per_step": told["flops_per_step"],
        "sampler_bytes_per_step": told.get("sampler_bytes_per_step"),
        "copy_bandwidth": told["copy_bandwidth"],
        "matrix_rate": told["matrix_rate"],
    }
    missing = {}
    if tokens_per_second is None:
        missing["roofline_share"] = "no valid timed call"
    else:
        row["roofline_share"] = tokens_per_second * least / texts
    if tpot is None:
        missing["roofline_decode_share"] = "no time per output token: see tpot_seconds"
    else:
        row["roofline_decode_share"] = least / tpot
    return row, missing, _warnings(row)


def is_number(value: object) -> bool:
    """Whether a value of a record can be reckoned with: no text, no NaN, nothing endless."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _ENDLESS


def _warnings(row: Mapping[str, Any]) -> list[str]:
    if (row["roofline_share"] or 0) <= _TOO_MUCH:
        return []
    return [
        "faster than the measured roofline: the device was slower while its bandwidth and matrix "
        "rate were measured than while the case ran. Close other programs, and measure again."
    ]


def _whole(told: Mapping[str, Any]) -> bool:
    """Whether the numbers are there, and can be divided by: records may be of another version."""
    if not all(is_number(told.get(name)) for name in _NUMBERS):
        return False
    return all(told[name] > 0 for name in ("copy_bandwidth", "matrix_rate", "flops_per_step"))
