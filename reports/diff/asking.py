"""From pairs of cases to questions: which values may be compared, and what they rest on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.corpora import NAMES as MEMORISATION
from reports.diff.comparable import Across, CorporaDiffer, Difference, cases_differ, texts_differ
from reports.diff.launch_values import launch_values
from reports.diff.measures import Measure
from reports.diff.paired_texts import Differences, Matched, differences, match
from reports.diff.pairing import Pair
from reports.diff.question import Question
from reports.scores import CaseScores
from reports.statistics import FEWEST_PROMPTS
from reports.summary import Summary

Cells = Mapping[str, Mapping[str, float]]  # column -> case id -> value; NaN where there is none


@dataclass(frozen=True)
class _Texts:
    """The texts of a pair: matched, with both sides' scores; and why they are not compared."""

    sides: tuple[Matched, CaseScores, CaseScores]
    refused: str | None


class Asking:
    """Turns pairs of cases into questions, and remembers what it met on the way."""

    def __init__(
        self,
        a: Summary,
        b: Summary,
        pairs: Sequence[Pair],
        chosen: Sequence[Measure],
        axis: str | None,
        across: Sequence[Across],
        refused: Sequence[Difference],
    ) -> None:
        self._a, self._b, self._pairs = a, b, pairs
        self._axis, self._across, self._refused = axis, across, refused
        self._measured = [one for one in chosen if one.metric is None]
        self._scored = [one for one in chosen if one.metric is not None]
        names = [one.name for one in self._measured]
        self._launches_a = launch_values((pair.a for pair in pairs), names)
        self._launches_b = launch_values((pair.b for pair in pairs), names)
        columns = [one.column.name for one in chosen]
        self._cells_a = _cells(a, columns)
        self._cells_b = self._cells_a if b is a else _cells(b, columns)
        self._corpora_differ = CorporaDiffer(a, b)
        self.reasons: dict[str, list[str]] = {}
        self.identical: list[str] = []
        self.with_texts = 0

    def questions(self) -> list[Question]:
        """Return a question for each measure that either side of a pair has a value of."""
        asked = [(pair, list(self._speed(pair)), self._match(pair)) for pair in self._pairs]
        names = [m.name for m in self._scored if m.metric and m.metric.level == "sample"]
        paired = iter(differences([of.sides for _, _, of in asked if of and not of.refused], names))
        found: list[Question] = []
        for pair, about_speed, of in asked:
            found += about_speed
            if of is not None:
                found += self._texts(pair, of, {} if of.refused else next(paired))
        return found

    def _speed(self, pair: Pair) -> Iterable[Question]:
        differ = [
            *self._refused,
            *cases_differ(pair, self._a, self._b, self._axis, self._across),
        ]
        refused = self._told("speed", pair, differ)
        values_a, values_b = self._launches_a[pair.a.id], self._launches_b[pair.b.id]
        for measure in self._measured:
            a = self._value(self._cells_a, pair.a.id, measure.name)
            b = self._value(self._cells_b, pair.b.id, measure.name)
            if a is None and b is None:
                continue
            ours, theirs = values_a[measure.name], values_b[measure.name]
            why = refused or self._lacking(pair, measure.name, a, b)
            if why is None and not (ours and theirs):
                why = "no launch has a value above 0"
            yield Question(
                pair.label,
                pair.a.id,
                pair.b.id,
                measure,
                a,
                b,
                launches=(ours, theirs),
                unit="launches",
                refused=why,
            )

    def _match(self, pair: Pair) -> _Texts | None:
        """Match the texts of a pair; None where one side has none."""
        scores_a = self._a.scores.cases.get(pair.a.id)
        scores_b = self._b.scores.cases.get(pair.b.id)
        if scores_a is None or scores_b is None:
            return None
        self.with_texts += 1
        differ = texts_differ(pair, self._a, self._b, self._axis)
        refused = self._told("texts", pair, differ)
        matched = match(pair.a, pair.b, scores_a, scores_b)
        if matched.identical:
            self.identical.append(pair.label)
        if refused is None and not len(matched.prompts):
            refused = "no text has the same prompt and repeat"
            if matched.other_prompts:
                refused = "the prompts differ"
            self.reasons.setdefault(f"texts not comparable: {refused}", []).append(pair.label)
        return _Texts((matched, scores_a, scores_b), refused)

    def _texts(
        self, pair: Pair, of: _Texts, paired: Mapping[str, Differences]
    ) -> Iterable[Question]:
        matched, refused = of.sides[0], of.refused
        for measure in self._scored:
            column = measure.column.name
            a = self._value(self._cells_a, pair.a.id, column)
            b = self._value(self._cells_b, pair.b.id, column)
            if a is None and b is None:
                continue
            ask = _ask(pair, measure, matched.identical)
            why = refused or self._lacking(pair, column, a, b)
            if why is None and measure.name in MEMORISATION:
                other = self._corpora_differ(pair)
                why = self._told("copying", pair, [other]) if other else None
            if why is not None:
                yield ask(a=a, b=b, refused=why)
            elif measure.metric is not None and measure.metric.level == "set":
                lone = "judges all texts together: one value, no scatter to test with"
                yield ask(a=a, b=b, untested=lone)
            elif (found := paired.get(measure.name)) is None:
                yield ask(a=a, b=b, refused="no text could be judged on both sides")
            else:
                yield ask(
                    a=found.a,
                    b=found.b,
                    differences=found.values,
                    unit=found.unit,
                    note=_resting(matched, found.judged, found.unit),
                )

    def _told(self, what: str, pair: Pair, differ: Sequence[Difference]) -> str | None:
        """The reason why a pair is not comparable, remembered for the notes."""
        if not differ:
            return None
        reason = "; ".join(map(str, differ))
        labels = self.reasons.setdefault(f"{what} not comparable: {reason}", [])
        if pair.label not in labels[-1:]:
            labels.append(pair.label)
        return reason

    @staticmethod
    def _value(cells: Cells, case: str, column: str) -> float | None:
        value = cells[column][case]
        return None if math.isnan(value) else value

    def _lacking(self, pair: Pair, column: str, a: float | None, b: float | None) -> str | None:
        if a is None:
            return f"no value in A: {self._a.reason(pair.a.id, column) or 'no reason given'}"
        if b is None:
            return f"no value in B: {self._b.reason(pair.b.id, column) or 'no reason given'}"
        return None


def _ask(pair: Pair, measure: Measure, identical: bool) -> Callable[..., Question]:
    """Return what makes a question about texts; with identical ones nothing is tested."""

    def ask(**given: Any) -> Question:
        same = identical and not given.get("refused")
        note = "the texts are identical" if same else given.pop("note", None)
        kept = {key: value for key, value in given.items() if key != "note"}
        return Question(
            pair.label, pair.a.id, pair.b.id, measure, **kept, identical=same, note=note
        )

    return ask


def _resting(matched: Matched, judged: int, unit: str) -> str | None:
    """Say what a difference of texts rests on, where that is less than all texts."""
    said = []
    if unit == "samples":
        said.append(f"fewer than {FEWEST_PROMPTS} prompts: it speaks for these only")
    if matched.other_prompts:
        said.append("prompts that differ are left out")
    if judged < len(matched.prompts):
        said.append(f"{judged} of {len(matched.prompts)} pairs could be judged")
    return "; ".join(said) or None


def _cells(summary: Summary, columns: Sequence[str]) -> Cells:
    """The values of the report, of the columns that are compared."""
    ids = summary.cases["case"].tolist()
    return {name: dict(zip(ids, _column(summary, name), strict=True)) for name in columns}


def _column(summary: Summary, name: str) -> list[float]:
    if name not in summary.cases:
        return [math.nan] * len(summary.cases)
    found: list[float] = summary.cases[name].to_numpy("float64", na_value=math.nan).tolist()
    return found
