"""From raw records to the ones that count.

The rule (``reports.records``): trials and samples count once the ``CaseDone`` line of the same
(case, launch, attempt) is there. Of several attempts at one launch the first that ended ``ok``
wins; a launch has failed only where none did. A launch measured for other content than the
manifest's (another case hash) does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reports.garbage import collection_paused
from reports.numerous import numerous
from reports.records import CaseDone, Launch, LaunchEnd, Record, RunEnd, Sample, Trial
from reports.sample_lines import SampleLines
from reports.training import Training

CaseStatus = Literal["ok", "failed", "skipped", "not run"]


@numerous()
class CaseLaunch:
    """One case as one worker process measured it.

    Attributes:
        done: the line that makes the rest count.
        trials: in the order in which they ran, all phases, invalid ones included.
        samples: its generated texts, perhaps still on the disk; empty where another launch
            generated them.
        launch: the process itself; None where its line was lost.
        end: its end; None where it crashed after this case, or its line was lost.
    """

    done: CaseDone
    trials: tuple[Trial, ...] = ()
    samples: Sequence[Sample] = ()
    launch: Launch | None = None
    end: LaunchEnd | None = None


@dataclass(frozen=True)
class CaseResult:
    """Everything that counts of one case.

    Attributes:
        case: the case as the manifest has it.
        status: ``ok`` where at least one launch finished, else what the last word on it was.
        reason: why it is not ``ok``, for people.
        launches: the launches that finished, by launch number.
        failures: the last word of each launch that failed and was not made good.
    """

    case: Mapping[str, Any]
    status: CaseStatus
    reason: str | None = None
    launches: tuple[CaseLaunch, ...] = ()
    failures: tuple[CaseDone, ...] = ()

    @property
    def id(self) -> str:
        """The case's readable id."""
        return str(self.case["id"])

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Each (prompt, repeat) once, ordered: what the first launch that has it generated.

        Texts that are on the disk are read; those of the case that was asked last are kept.
        """
        if _LAST and _LAST[0][0] is self:
            return _LAST[0][1]
        found: dict[tuple[int, int], Sample] = {}
        for launch in self.launches:
            for sample in launch.samples:
                found.setdefault((sample.prompt_index, sample.repeat), sample)
        samples = tuple(found[key] for key in sorted(found))
        _LAST[:] = [(self, samples)]
        return samples

    @property
    def lines(self) -> tuple[SampleLines, ...] | None:
        """The lines of all its samples; None where some are not (only) on the disk."""
        there = tuple(launch.samples for launch in self.launches if launch.samples != ())
        return there if all(isinstance(one, SampleLines) for one in there) else None  # type: ignore[return-value]


_LAST: list[tuple[CaseResult, tuple[Sample, ...]]] = []  # views ask for one text after another


@dataclass(frozen=True)
class Completed:
    """A run, as far as it counts.

    Attributes:
        cases: in the manifest's order.
        ends: how the run, and each resumption of it, ended; empty while it runs or after a kill.
        unfinished: lines of trials and samples passed over since their case was not done.
        trainings: the states tuned for this run, each (preset, state) as it was used last.
    """

    cases: tuple[CaseResult, ...]
    ends: tuple[RunEnd, ...] = ()
    unfinished: int = 0
    trainings: tuple[Training, ...] = ()


@dataclass
class _Lines:
    trials: list[Trial] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    unparsed: SampleLines | None = None

    def all_samples(self) -> Sequence[Sample]:
        if self.unparsed is None:
            return tuple(self.samples)
        return (*self.samples, *self.unparsed) if self.samples else self.unparsed


@collection_paused()
def complete(
    cases: Sequence[Mapping[str, Any]], records: Iterable[Record | SampleLines]
) -> Completed:
    """Sort ``records`` (in file order) under the manifest's ``cases``.

    Records of a case that the manifest does not name are passed over.
    """
    lines: dict[tuple[str, int, str], _Lines] = defaultdict(_Lines)
    done: dict[str, list[CaseDone]] = defaultdict(list)
    launches: dict[str, Launch] = {}
    launch_ends: dict[str, LaunchEnd] = {}
    ends: list[RunEnd] = []
    trainings: dict[tuple[str, str], Training] = {}
    for record in records:
        if isinstance(record, Trial):
            lines[record.case, record.launch, record.attempt].trials.append(record)
        elif isinstance(record, Sample):
            lines[record.case, record.launch, record.attempt].samples.append(record)
        elif isinstance(record, SampleLines):
            own = lines[record.head]
            own.unparsed = own.unparsed.joined(record) if own.unparsed else record
        elif isinstance(record, CaseDone):
            done[record.case].append(record)
        elif isinstance(record, Launch):
            launches.setdefault(record.attempt, record)
        elif isinstance(record, LaunchEnd):
            launch_ends.setdefault(record.attempt, record)
        elif isinstance(record, Training):
            trainings[record.preset, record.state] = record
        else:
            ends.append(record)

    def measured(record: CaseDone) -> CaseLaunch:
        own = lines.pop((record.case, record.launch, record.attempt), _Lines())
        launch = launches.get(record.attempt)
        end = launch_ends.get(record.attempt)
        return CaseLaunch(record, tuple(own.trials), own.all_samples(), launch, end)

    results = []
    for case in cases:
        said = [record for record in done[case["id"]] if record.case_hash == case["hash"]]
        finished, failures = _last_words(said)
        found = tuple(measured(record) for record in finished)
        results.append(_result(case, found, failures, said))
    return Completed(
        tuple(results),
        tuple(ends),
        sum(len(left.trials) + len(left.all_samples()) for left in lines.values()),
        tuple(trainings.values()),
    )


def _last_words(said: Sequence[CaseDone]) -> tuple[list[CaseDone], tuple[CaseDone, ...]]:
    """Per launch: the first ``ok``, or else the last failure."""
    finished: dict[int, CaseDone] = {}
    failed: dict[int, CaseDone] = {}
    for record in said:
        if record.status == "ok":
            finished.setdefault(record.launch, record)
        elif record.status == "failed":
            failed[record.launch] = record
    failures = tuple(failed[launch] for launch in sorted(failed) if launch not in finished)
    return [finished[launch] for launch in sorted(finished)], failures


def _result(
    case: Mapping[str, Any],
    finished: tuple[CaseLaunch, ...],
    failures: tuple[CaseDone, ...],
    said: Sequence[CaseDone],
) -> CaseResult:
    skipped = [record for record in said if record.status == "skipped"]
    if finished:
        return CaseResult(case, "ok", None, finished, failures)
    if failures:
        return CaseResult(case, "failed", failures[-1].reason, (), failures)
    if skipped:
        return CaseResult(case, "skipped", skipped[-1].reason)
    if case.get("skipped"):
        return CaseResult(case, "skipped", str(case["skipped"]))
    if left_out := case.get("left_out"):
        return CaseResult(case, "not run", f"left out by {left_out}; resume the run without that")
    return CaseResult(case, "not run", "the run ended before its turn; resume the run")
