"""From plain numbers to verdicts: exact tests, one false discovery rate per family.

A family is all tests of one kind of unit and one direction: whether speed (over launches) became
worse, whether it became better, and the same of texts. Metrics without a good direction make a
family of their own, in which both directions count.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from reports.diff.exact import Test, evaluate, pairs, two_samples
from reports.diff.false_discovery import ALPHA, KEPT, conditioned
from reports.diff.question import Question
from reports.diff.result import VERDICTS, Row
from reports.diff.verdict import Answer, Direction, row_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Families = dict[str, int]


def compare(questions: Iterable[Question]) -> tuple[list[Row], Families]:
    """Answer all questions of one diff.

    Returns:
        Rows in the order of ``Diff.rows``, and the number of tests in each family.
    """
    rows, families = rows_in_order(list(questions))
    return sorted(rows, key=_order), families


def rows_in_order(questions: Sequence[Question]) -> tuple[list[Row], Families]:
    """Answer questions as ``compare`` does; the rows are in the order of the questions."""
    answers: list[Answer] = []
    groups: dict[tuple[int, ...], list[Question]] = defaultdict(list)
    for question in questions:
        if (sizes := question.sizes) is None:
            answers.append(Answer(question))
        else:
            groups[sizes].append(question)
    for sizes, asked in groups.items():
        answers += _tested(two_samples(*sizes) if len(sizes) == 2 else pairs(*sizes), sizes, asked)
    families = _adjust(answers)
    found = {id(answer.question): row_of(answer, families) for answer in answers}
    return [found[id(question)] for question in questions], families


def _order(row: Row) -> tuple[int, float, str, str]:
    return VERDICTS.index(row.verdict), -row.size, row.case, row.metric


def _tested(test: Test, sizes: Sequence[int], asked: Sequence[Question]) -> Iterable[Answer]:
    """Test questions whose data have the same sizes, all at once."""
    import numpy as np

    data = np.array([_values(question) for question in asked], dtype=np.float64)
    floor = np.array([math.log1p(q.floor) if q.is_ratio else q.floor for q in asked])
    found = evaluate(test, data, floor)
    level, can = test.level_within(KEPT), can_show(test)
    numbers = (found.low, found.high, found.above, found.below, floor, _spread(data, sizes))
    for question, (low, high, above, below, least, spread) in zip(
        asked, np.stack(numbers, axis=1).tolist(), strict=True
    ):
        yield Answer(
            question,
            test.name,
            least,
            low if math.isfinite(low) else None,
            high if math.isfinite(high) else None,
            above if can else None,
            below if can else None,
            level,
            None if math.isnan(spread) else spread,
        )


def can_show(test: Test) -> bool:
    """Tell whether a test can show anything at all, were it the only one of its family."""
    level = test.level_within(KEPT)
    return level > 0 and test.smallest / level <= ALPHA


def _values(question: Question) -> Sequence[float] | NDArray[Any]:
    if question.launches is not None:
        return [math.log(value) for values in question.launches for value in values]
    assert question.differences is not None
    return question.differences


def _spread(data: NDArray[Any], sizes: Sequence[int]) -> NDArray[Any]:
    """The standard deviation between units of one side, pooled; NaN where there is one unit."""
    import numpy as np

    free = sum(sizes) - len(sizes)
    if free < 1:
        return np.full(len(data), np.nan)
    parts = np.split(data, [sizes[0]], axis=1)[: len(sizes)]
    squares = sum(((part - part.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) for part in parts)
    spread: NDArray[Any] = np.sqrt(squares / free)
    return spread


def _adjust(answers: Iterable[Answer]) -> Families:
    """Set every answer's adjusted p-values; return how many tests each family counted."""
    import numpy as np

    families: dict[str, list[tuple[Answer, Direction, float]]] = defaultdict(list)
    for answer in answers:
        for direction, p in answer.directions().items():
            families[answer.family(direction)].append((answer, direction, p))
    counted = {}
    for name, tests in families.items():
        level = np.array([answer.level for answer, _, _ in tests])
        q, kept = conditioned(np.array([p for _, _, p in tests]), level)
        for (answer, direction, _), value in zip(tests, q.tolist(), strict=True):
            answer.q[direction] = value
        counted[name] = int(kept.sum())
    return counted
