"""Trials, launches, scores and warnings of a run as tidy pandas frames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from reports.case_scores import RunScores
from reports.case_summary import counts
from reports.completed import CaseLaunch, CaseResult
from reports.frames import frame_of
from reports.records import CaseDone, Launch, Trial

if TYPE_CHECKING:
    from pandas import DataFrame

    from reports.summary import Notice

_TRIAL = [field.name for field in fields(Trial)]
_NESTED = ("what_ran", "missing", "warnings", "sampler", "roofline", "device")  # no cells
_WORDS = {  # hold text
    field.name
    for record in (Trial, CaseDone, Launch)
    for field in fields(record)
    if "str" in str(field.type) or field.type in ("Phase", "Status", "Failure | None")
}
_DONE = [field.name for field in fields(CaseDone) if field.name not in _NESTED]
_PROCESS = [f.name for f in fields(Launch) if f.name not in (*_DONE, *_NESTED)]


def trials_frame(cases: Iterable[CaseResult]) -> DataFrame:
    """One row per call: the fields of ``records.Trial``, and ``counts``: it enters the summary."""
    rows = [
        {name: getattr(trial, name) for name in _TRIAL} | {"counts": counts(trial)}
        for result in cases
        for launch in result.launches
        for trial in launch.trials
    ]
    return frame_of(rows, [*_TRIAL, "counts"], _WORDS)


def launches_frame(cases: Iterable[CaseResult]) -> DataFrame:
    """One row per case and launch: the plain fields of ``records.CaseDone`` and ``Launch``."""
    rows = []
    for result in cases:
        failed = [CaseLaunch(done) for done in result.failures]
        for one in sorted((*result.launches, *failed), key=lambda one: one.done.launch):
            row = {name: getattr(one.done, name) for name in _DONE}
            row |= {name: getattr(one.launch, name, None) for name in _PROCESS}
            row["finished"] = one.end.finished if one.end else None
            rows.append(row)
    return frame_of(rows, [*_DONE, *_PROCESS, "finished"], _WORDS)


def scores_frame(scores: RunScores) -> DataFrame:
    """One row per text and metric: case, prompt_index, repeat, metric, value, n, coverage, reason.

    Values are float64; prompt_index and repeat are Int64, NA for a metric over all texts.
    """
    import numpy as np
    import pandas as pd

    of_text: list[tuple[str, str]] = []
    lengths, values, ns, shares, reasons, prompts, repeats = [], [], [], [], [], [], []
    for case in scores.cases.values():
        keys = np.array(case.keys, dtype=np.int64).reshape(-1, 2)
        for name in scores.metrics:
            found = case.metrics[name]
            length = len(found.array)
            of_text.append((case.case, name))
            lengths.append(length)
            values.append(found.array)
            ns.append(np.broadcast_to(np.asarray(found.n, dtype=np.int64), length))
            shares.append(np.broadcast_to(np.array(found.coverage, dtype=np.float64), length))
            why = np.full(length, None, dtype=object)
            for reason, positions in found.why.items():
                why[slice(None) if positions is None else list(positions)] = reason
            reasons.append(why)
            whole = found.level == "sample"
            prompts.append(keys[:, 0] if whole else np.full(length, _NO_KEY))
            repeats.append(keys[:, 1] if whole else np.full(length, _NO_KEY))

    def named(place: int) -> Any:
        column = np.empty(len(of_text), dtype=object)
        column[:] = [pair[place] for pair in of_text]
        return pd.Series(np.repeat(column, lengths), dtype="object")

    def key(parts: list[Any]) -> Any:
        column = _joined(parts, np.int64)
        return pd.arrays.IntegerArray(column, column == _NO_KEY)

    return pd.DataFrame(
        {
            "case": named(0),
            "prompt_index": key(prompts),
            "repeat": key(repeats),
            "metric": named(1),
            "value": _joined(values, np.float64),
            "n": _joined(ns, np.int64),
            "coverage": _joined(shares, np.float64),
            "reason": pd.Series(_joined(reasons, object), dtype="object"),
        }
    )


_NO_KEY = -(2**62)


def warnings_frame(warnings: Iterable[Notice]) -> DataFrame:
    """One row per warning and case: case, text."""
    rows = [
        {"case": case, "text": notice.text}
        for notice in warnings
        for case in (notice.cases or (None,))
    ]
    return frame_of(rows, ["case", "text"], {"case", "text"})


def _joined(parts: list[Any], dtype: Any) -> Any:
    import numpy as np

    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)
