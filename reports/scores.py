"""Scores of a run's stored samples: ``scores.jsonl``, derived, never generated again.

The file may be deleted at any time. A line holds the scores of one case, a digest of its samples,
and for each metric a digest of its code; where both digests still fit, a score is reused, and
whatever is new or changed is computed. Where the lines that hold the samples are the same bytes as
before, the samples are not even read. It is replaced whole, so a kill leaves the old one.

The metrics of memorisation judge against the texts that a case's state was tuned on, if the run
holds them: the digest of those follows that of the code, ``<code>+<texts>``. Scores made while the
texts were there stay when they are removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

from metrics import Metric, Text, all_metrics, score_samples, select
from metrics.registry import entry_point_faults
from reports.case_scores import CaseScores, MetricScores, RunScores, columns_of
from reports.completed import CaseResult, Completed
from reports.corpora import NAMES, Corpora
from reports.garbage import collection_resumed
from reports.gates import gate_metrics
from reports.metric_code import code_digest
from reports.run_folder import RunFolder
from reports.score_file import SCORES, read_scores, versebench_version, write_scores
from reports.watch import Watch, nobody

__all__ = [
    "SCORES",
    "CaseScores",
    "MetricScores",
    "RunScores",
    "asked_metrics",
    "score_run",
    "versebench_version",
]

_TEXTS = "+"  # parts the digest of the code from that of the training texts


def score_run(
    folder: RunFolder,
    completed: Completed,
    names: Sequence[str] | None = None,
    watch: Watch = nobody,
) -> RunScores:
    """Score the samples of every finished case; compute only what is not there or out of date.

    Args:
        folder: where ``scores.jsonl`` is read and, if anything was computed, written.
        completed: the run's records.
        names: metrics, groups, or ``*``; by default those that the scenario selected or sets a
            gate on. A name not known here (an uninstalled package's) gives a warning. ``*`` leaves
            the metrics of memorisation out where no case's state was tuned in this run.
        watch: is told of each case for which anything is computed.
    """
    stored = read_scores(folder.path / SCORES)
    corpora = Corpora(folder.path, completed.trainings)
    tuned = any(corpora.digest(result.case) for result in completed.cases) or any(
        _TEXTS in one.code for case in stored.values() for one in case.metrics.values()
    )
    metrics, warnings = _chosen(
        asked_metrics(folder.manifest) if names is None else names, set() if tuned else NAMES
    )
    codes = {name: code_digest(metric) for name, metric in metrics.items()}
    found: dict[str, CaseScores] = {}
    computed = changed = 0
    for place, result in enumerate(completed.cases):
        if not any(launch.samples != () for launch in result.launches):
            continue
        old = stored.get(result.id)
        fresh, new = _score_case(result, metrics, codes, corpora, old)
        if fresh is None:
            continue
        computed += new
        if new:
            watch("scoring", place + 1, len(completed.cases))
        changed += old is None or (fresh.digest, fresh.lines) != (old.digest, old.lines)
        found[result.id] = fresh
    if computed or changed or found.keys() != stored.keys():
        try:
            write_scores(folder.path / SCORES, found)
        except OSError as error:
            warnings.append(
                f"{SCORES} could not be written ({error.strerror}); the scores below are right, "
                "and will be computed again next time. Make the run folder writable."
            )
    return RunScores(found, metrics, computed, warnings + corpora.warnings)


def asked_metrics(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of the metrics that the scenario selected, and of those it gates."""
    scenario = manifest.get("scenario") or {}
    return [*(scenario.get("metrics") or ["*"]), *gate_metrics(scenario.get("gates") or {})]


def _chosen(names: Sequence[str], left_out: Set[str]) -> tuple[dict[str, Metric], list[str]]:
    warnings = [f"{fault}. Mend or uninstall that package." for fault in entry_point_faults()]
    everything = {name: one for name, one in all_metrics().items() if name not in left_out}
    chosen: dict[str, Metric] = {}
    for name in names:
        try:
            chosen |= everything if name == "*" else select([name])
        except ValueError as error:
            warnings.append(f"{error}. Install the package that has it, or score without it.")
    return chosen, warnings


def _score_case(
    result: CaseResult,
    metrics: Mapping[str, Metric],
    codes: Mapping[str, str],
    corpora: Corpora,
    old: CaseScores | None,
) -> tuple[CaseScores | None, int]:
    """The scores of a case, and how many of them are new; None where no sample is whole."""
    texts = _Texts(result, old)
    if not texts.keys:
        return None, 0
    kept = old.metrics if old is not None and old.digest == texts.digest else {}
    tuned_on = corpora.digest(result.case)
    todo = {
        name: metric
        for name, metric in metrics.items()
        if name not in kept or not _stands(name, kept[name].code, codes[name], tuned_on)
    }
    if tuned_on and not NAMES.isdisjoint(todo):
        against = {n: m for n, m in corpora.metrics(result.case).items() if n in todo}
        todo |= against
        codes = {**codes, **{name: f"{codes[name]}{_TEXTS}{tuned_on}" for name in against}}
    fresh: dict[str, MetricScores] = {}
    if todo:
        with collection_resumed():
            scores = score_samples(texts.prepared(), todo)
        for name, metric in todo.items():
            entries = (
                [scores.set[name]]
                if metric.level == "set"
                else [one[name] for one in scores.samples]
            )
            fresh[name] = columns_of(metric.level, codes[name], entries)
    ordered = {name: fresh.get(name) or kept[name] for name in metrics}
    others = {name: one for name, one in kept.items() if name not in metrics}
    of_case = CaseScores(
        result.id, texts.digest, texts.keys, ordered | others, texts.ended, texts.lines
    )
    return of_case, len(todo)


class _Texts:
    """The samples of a case: what they are known by, without reading those scored before.

    Attributes:
        lines: digest of their lines, None where they are in memory or some are damaged.
        digest: of their content.
        keys: their (prompt index, repeat).
        ended: how many the model ended.
    """

    def __init__(self, result: CaseResult, old: CaseScores | None) -> None:
        self._forms = {p["index"]: p.get("form") for p in result.case.get("prompts", ())}
        self._result = result
        there = result.lines
        self.lines: str | None = None
        if there is not None:
            about = repr(sorted(self._forms.items())).encode("utf-8", "surrogatepass")
            own = b"".join(lines.digest for lines in there)
            self.lines = hashlib.sha256(own + about).hexdigest()[:32]
        if old is not None and there is not None and self.lines == old.lines:
            for lines in there:
                lines.trust()
            self.digest, self.keys, self.ended = old.digest, old.keys, old.ended
            return
        samples = result.samples
        content = [
            [s.prompt_index, s.repeat, s.prompt, self._forms.get(s.prompt_index), s.text, s.ids]
            for s in samples
        ]
        self.digest = hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()[:32]
        self.keys = tuple((s.prompt_index, s.repeat) for s in samples)
        self.ended = sum(sample.ended for sample in samples)
        if there is not None and not all(lines.whole for lines in there):
            self.lines = None  # damage is to be found again next time

    def prepared(self) -> list[Text]:
        """The samples as metrics read them."""
        return [
            Text.of(s.text, s.ids, prompt=s.prompt, form=self._forms.get(s.prompt_index))
            for s in self._result.samples
        ]


def _stands(name: str, stored: str, code: str, texts: str | None) -> bool:
    """Whether a score stored with this digest need not be computed again."""
    if name in NAMES and texts is None:
        return stored.partition(_TEXTS)[0] == code
    return stored == (f"{code}{_TEXTS}{texts}" if name in NAMES else code)
