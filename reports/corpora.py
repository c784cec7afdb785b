"""The metrics of memorisation for the cases of a run whose state was tuned in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from metrics import Metric
from metrics.corpus import METRICS, TrainingCorpus, memorisation_metrics
from reports.training import BASE, Training
from reports.training_texts import TextsError, read_texts, texts_digest, texts_path

NAMES = frozenset(metric.name for metric in METRICS)


class Corpora:
    """Finds the training texts of a run's cases, and indexes them where a score has to be computed.

    A case of the untuned preset is held against the texts of the one state that was tuned from
    it: what a model shares with them by chance. With several such states it is held against none.

    Args:
        run: the run folder.
        trainings: the states tuned in the run.

    Attributes:
        warnings: what was wrong with a file of texts, and what to do about it.
    """

    def __init__(self, run: Path, trainings: Iterable[Training] = ()) -> None:
        self._run = run
        self._states: dict[str, list[str]] = {}
        for training in trainings:
            self._states.setdefault(training.preset, []).append(training.state)
        self._paths: dict[tuple[str, str], Path] = {}
        self._digests: dict[Path, str | None] = {}
        self._last: tuple[Path, tuple[Metric, ...]] | None = None
        self.warnings: list[str] = []

    def digest(self, case: Mapping[str, Any]) -> str | None:
        """Return the digest of the texts that the case is held against, if any."""
        path = self._path(case)
        if path not in self._digests:
            self._digests[path] = texts_digest(path)
        return self._digests[path]

    def metrics(self, case: Mapping[str, Any]) -> dict[str, Metric]:
        """Return the metrics against the case's texts, by name; no values where those are damaged.

        The index of the last state asked for is kept: the cases of a state follow each other.
        """
        path = self._path(case)
        if self._last is None or self._last[0] != path:
            self._last = None  # two large indexes need not be in memory together
            self._last = path, self._indexed(path)
        return {metric.name: metric for metric in self._last[1]}

    def _path(self, case: Mapping[str, Any]) -> Path:
        model = preset, state = str(case.get("preset")), str(case.get("state"))
        if model not in self._paths:
            states = self._states.get(preset, [])
            if state == BASE and len(states) == 1:
                state = states[0]
            self._paths[model] = texts_path(self._run, preset, state)
        return self._paths[model]

    def _indexed(self, path: Path) -> tuple[Metric, ...]:
        try:
            train, _ = read_texts(path)
        except TextsError as error:
            self.warnings.append(f"There are no scores of memorisation: {error}.")
            return memorisation_metrics(None, "the texts that the state was tuned on are damaged")
        return memorisation_metrics(TrainingCorpus(train))
