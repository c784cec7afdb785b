"""Scores of a run's stored samples: ``scores.jsonl``, derived, never generated again.

The file may be deleted at any time. A line holds the scores of one case, a digest of its samples,
and for each metric a digest of its code; where both digests still fit, a score is reused, and
whatever is new or changed is computed. It is replaced whole, so a kill leaves the old one.

The metrics of memorisation judge against the texts that a case's state was tuned on, if the run
holds them: the digest of those follows that of the code, ``<code>+<texts>``. Scores made while the
texts were there stay when they are removed.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from metrics import Metric, Score, Text, all_metrics, score_samples, select
from metrics.registry import entry_point_faults
from reports.atomic_file import replacing
from reports.completed import CaseResult, Completed
from reports.corpora import NAMES, Corpora
from reports.gates import gate_metrics
from reports.records import SCHEMA_VERSION
from reports.run_folder import RunFolder

SCORES = "scores.jsonl"
_TEXTS = "+"  # parts the digest of the code from that of the training texts


@dataclass(frozen=True)
class MetricScores:
    """One metric over one case: an entry per sample, or a single one for a set metric.

    Attributes:
        level: ``sample`` or ``set``.
        code: digest of the metric's code, and of the training texts if it judges against them.
        values: the scores; None where the metric could not judge.
        n: what each rests on (the metric's definition says what is counted).
        coverage: share of each text that could be judged.
        reasons: position -> why that value is None.
    """

    level: str
    code: str
    values: list[float | None]
    n: list[int]
    coverage: list[float | None]
    reasons: dict[str, str]

    def reason(self) -> str | None:
        """Return the first reason for a missing value."""
        return next(iter(self.reasons.values()), None)


@dataclass(frozen=True)
class CaseScores:
    """All scores of one case.

    Attributes:
        case: its id.
        digest: of the samples that were scored.
        keys: (prompt index, repeat) of each sample, in the order of the scores.
        metrics: the scores by metric name.
    """

    case: str
    digest: str
    keys: list[tuple[int, int]]
    metrics: dict[str, MetricScores]


@dataclass(frozen=True)
class RunScores:
    """All scores of a run.

    Attributes:
        cases: by case id; cases without samples are absent.
        metrics: the metrics used, in the order asked for.
        computed: how many (case, metric) pairs were not there already.
        warnings: what is wrong and what to do about it.
    """

    cases: dict[str, CaseScores]
    metrics: dict[str, Metric]
    computed: int = 0
    warnings: list[str] = field(default_factory=list)


def score_run(
    folder: RunFolder, completed: Completed, names: Sequence[str] | None = None
) -> RunScores:
    """Score the samples of every finished case; compute only what is not there or out of date.

    Args:
        folder: where ``scores.jsonl`` is read and, if anything was computed, written.
        completed: the run's records.
        names: metrics, groups, or ``*``; by default those that the scenario selected or sets a
            gate on. A name not known here (an uninstalled package's) gives a warning. ``*`` leaves
            the metrics of memorisation out where no case's state was tuned in this run.
    """
    stored = _read(folder.path / SCORES)
    corpora = Corpora(folder.path, completed.trainings)
    tuned = any(corpora.digest(result.case) for result in completed.cases) or any(
        _TEXTS in one.code for case in stored.values() for one in case.metrics.values()
    )
    metrics, warnings = _chosen(
        asked_metrics(folder.manifest) if names is None else names, set() if tuned else NAMES
    )
    codes = {name: code_digest(metric) for name, metric in metrics.items()}
    found: dict[str, CaseScores] = {}
    computed = 0
    for result in completed.cases:
        if not result.samples:
            continue
        old = stored.get(result.id)
        fresh, new = _score_case(result, metrics, codes, corpora, old)
        computed += new
        found[result.id] = fresh
    if computed or found.keys() != stored.keys():
        try:
            _write(folder.path / SCORES, found)
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
) -> tuple[CaseScores, int]:
    forms = {prompt["index"]: prompt.get("form") for prompt in result.case.get("prompts", ())}
    samples = result.samples
    content = [
        [s.prompt_index, s.repeat, s.prompt, forms.get(s.prompt_index), s.text, s.ids]
        for s in samples
    ]
    digest = hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()[:32]
    kept = old.metrics if old is not None and old.digest == digest else {}
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
        texts = [
            Text.of(s.text, s.ids, prompt=s.prompt, form=forms.get(s.prompt_index)) for s in samples
        ]
        scores = score_samples(texts, todo)
        for name, metric in todo.items():
            entries = (
                [scores.set[name]]
                if metric.level == "set"
                else [one[name] for one in scores.samples]
            )
            fresh[name] = _columns(metric.level, codes[name], entries)
    ordered = {name: fresh.get(name) or kept[name] for name in metrics}
    others = {name: one for name, one in kept.items() if name not in metrics}
    keys = [(s.prompt_index, s.repeat) for s in samples]
    return CaseScores(result.id, digest, keys, ordered | others), len(todo)


def _stands(name: str, stored: str, code: str, texts: str | None) -> bool:
    """Whether a score stored with this digest need not be computed again."""
    if name in NAMES and texts is None:
        return stored.partition(_TEXTS)[0] == code
    return stored == (f"{code}{_TEXTS}{texts}" if name in NAMES else code)


def _columns(level: str, code: str, scores: Sequence[Score]) -> MetricScores:
    values: list[float | None] = []
    reasons = {}
    for position, score in enumerate(scores):
        value, reason = score.value, score.reason
        if value is not None and not math.isfinite(value):
            value, reason = None, f"the metric gave {value}"
        values.append(None if value is None else float(value))
        if value is None:
            reasons[str(position)] = reason or "no reason given"
    coverage = [score.coverage for score in scores]
    return MetricScores(level, code, values, [int(s.n) for s in scores], coverage, reasons)


def _read(path: Path) -> dict[str, CaseScores]:
    """Read what is there; anything damaged or of another schema is as if it were not there."""
    found: dict[str, CaseScores] = {}
    try:
        with path.open(encoding="utf-8") as stream:
            header = json.loads(next(stream))
            if header.get("schema_version") != SCHEMA_VERSION:
                return {}
            for line in stream:
                data = json.loads(line)
                found[data["case"]] = CaseScores(
                    data["case"],
                    data["digest"],
                    [(prompt, repeat) for prompt, repeat in data["keys"]],
                    {name: MetricScores(**one) for name, one in data["metrics"].items()},
                )
    except (OSError, StopIteration, ValueError, TypeError, KeyError, AttributeError):
        pass  # the lines before the damage are good
    return found


def _write(path: Path, cases: Mapping[str, CaseScores]) -> None:
    header = {
        "kind": "scores",
        "schema_version": SCHEMA_VERSION,
        "versebench_version": versebench_version(),
    }
    with replacing(path) as stream:
        stream.write(json.dumps(header) + "\n")
        for case in cases.values():
            stream.write(json.dumps(asdict(case), allow_nan=False) + "\n")


@cache
def versebench_version() -> str:
    """Return the installed version, or ``unknown`` when run from a bare checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("versebench")
    except PackageNotFoundError:
        return "unknown"


def code_digest(metric: Metric) -> str:
    """Return a digest that changes when the metric's definition or its package's code does.

    For a built-in metric: every file of ``metrics``, data tables included. For another: the file
    that defines it.
    """
    module = sys.modules.get(getattr(metric.compute, "__module__", None) or "")
    file = getattr(module, "__file__", None)
    package = Path(__file__).parent.parent / "metrics"
    content = ""
    if file is not None:
        own = Path(file).is_relative_to(package)
        content = _folder_digest(package) if own else _file_digest(Path(file))
    about = f"{metric.name}\0{metric.definition}\0{metric.level}\0{content}"
    return hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def _folder_digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return "".join(_file_digest(path) for path in files)


@cache
def _file_digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
