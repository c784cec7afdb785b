"""Adding files to an index."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.history.files import FileState, load, seconds
from reports.history.fingerprints import key_of, machine_of
from reports.history.kept import KeptCase, KeptError, KeptRun

POINT = (
    ("series", "<u4"),
    ("environment", "<u4"),  # 0: not known
    ("value", "<f8"),
    ("low", "<f8"),  # NaN where there is none
    ("high", "<f8"),
    ("launches", "<u4"),
    ("n", "<u4"),  # texts; 0 where it is not about texts
)
UNREAD = "it cannot be read"  # perhaps only now: such a file is tried again each time


class IndexWriter:
    """Adds files to an index, within one transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._facts: dict[str, int] = {}
        self._series: dict[tuple[str, ...], int] = {}
        self._metrics: dict[str, int] = {}

    def add(self, history: Path, state: FileState) -> None:
        """Read a file and add what it holds, or why it cannot be used."""
        fault = run = None
        try:
            run = load(history / state.name)
            times = [seconds(time) for time in (run.created, run.finished, run.stored)]
        except KeptError as error:
            fault = str(error)
        except OSError as error:
            fault = f"{UNREAD} ({error.strerror})"
        row = self._database.execute(
            "insert into files (name, size, changed, fault) values (?, ?, ?, ?) returning id",
            (_storable(state.name), state.size, state.changed, fault and _storable(fault)),
        )
        id_ = int(row.fetchone()[0])
        if run is None or fault is not None:
            return
        kept = [run.git, run.machine, run.columns, run.warnings]
        texts = map(_storable, (run.run, run.name, run.path, run.scenario))
        version, verdict = str(run.versebench_version), str(run.gates.get("verdict"))
        values = (
            id_,
            *texts,
            *times,
            _storable(version),
            _storable(verdict),
            *map(self._fact, kept),
        )
        marks = ", ".join("?" * len(values))
        self._database.execute(f"insert into runs values ({marks})", values)
        self._add_points(id_, run)

    def _add_points(self, file: int, run: KeptRun) -> None:
        import numpy as np

        ran = [self._fact(one) for one in run.environments]
        rows: dict[str, list[tuple[float, ...]]] = {}
        for case in run.cases:
            series = self._series_of(run, case)
            self._database.execute(
                "insert or replace into cases values (?, ?, ?)", (series, file, case.status)
            )
            environment = 0 if case.environment is None else ran[case.environment]
            for name, value in case.values.items():
                low, high = case.intervals.get(name, (np.nan, np.nan))
                n = int(case.n.get(name, 0))
                point = (series, environment, value, low, high, case.launches, n)
                rows.setdefault(name, []).append(point)
        for name, points in rows.items():
            data = np.array(points, dtype=list(POINT)).tobytes()
            self._database.execute(
                "insert into points values (?, ?, ?)", (self._metric(name), file, data)
            )

    def _fact(self, content: Any) -> int:
        """Return the number of a fact; what is the same has the same."""
        text = json.dumps(content, sort_keys=True)
        if text not in self._facts:
            key = hashlib.sha256(text.encode()).hexdigest()
            query = "insert or ignore into facts (key, content) values (?, ?)"
            self._database.execute(query, (key, text))
            query = "select id from facts where key = ?"
            self._facts[text] = int(self._database.execute(query, (key,)).fetchone()[0])
        return self._facts[text]

    def _series_of(self, run: KeptRun, case: KeptCase) -> int:
        machine = machine_of(run.machine, str(case.axes.get("hardware") or ""))
        names = run.scenario, case.case, case.hash, key_of(machine)
        key = tuple(map(_storable, names))
        if key not in self._series:
            content = {"machine": machine, "axes": case.axes, "settings": case.settings}
            content["settings"] = {**case.settings, **_flat(run.settings)}
            query = (
                "insert or ignore into series (scenario, name, hash, machine, content) "
                "values (?, ?, ?, ?, ?)"
            )
            self._database.execute(query, (*key, self._fact(content)))
            query = (
                "select id from series where scenario = ? and name = ? and hash = ? and machine = ?"
            )
            self._series[key] = int(self._database.execute(query, key).fetchone()[0])
        return self._series[key]

    def _metric(self, name: str) -> int:
        if name not in self._metrics:
            query = "insert or ignore into metrics (name) values (?)"
            self._database.execute(query, (_storable(name),))
            query = "select id from metrics where name = ?"
            found = self._database.execute(query, (_storable(name),)).fetchone()
            self._metrics[name] = int(found[0])
        return self._metrics[name]


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the scenario that are part of a case's hash."""
    left_out = {"generate": {"batch_sizes"}, "measure": {"launches", "timeout"}}
    return dict(_pairs(settings, left_out))


def _pairs(
    settings: Mapping[str, Any], left_out: Mapping[str, set[str]]
) -> Iterator[tuple[str, Any]]:
    for group, own in settings.items():
        if isinstance(own, dict):
            for name, value in own.items():
                if name not in left_out.get(group, ()):
                    yield f"{group}.{name}", value
        elif group == "seed":
            yield group, own


def _storable(text: str) -> str:
    """Text that SQLite takes: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
