"""The texts of two cases, matched by (prompt, repeat), and their scores as paired differences.

The independent unit is the prompt: texts of one prompt resemble each other. Its difference is the
mean over its pairs. With fewer than ``FEWEST_PROMPTS`` prompts there is not enough to test with, so
the pairs themselves are the units; such a result speaks for these prompts only, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.completed import CaseResult
from reports.numerous import numerous
from reports.records import Sample
from reports.scores import CaseScores
from reports.statistics import FEWEST_PROMPTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOGETHER = 250  # pairs of cases: their scores are copied once


@dataclass(frozen=True)
class Matched:
    """Texts of two cases with the same prompt and repeat.

    Attributes:
        a: positions in A's samples, shape (pairs,).
        b: positions in B's.
        prompts: the prompt's index of each pair, ascending.
        identical: whether all the pairs are the same text, and no text is without a partner.
        left: texts of either side without a partner.
        other_prompts: labels of prompts whose text differs between the two.
    """

    a: NDArray[Any]
    b: NDArray[Any]
    prompts: NDArray[Any]
    identical: bool
    left: int
    other_prompts: tuple[str, ...]


@numerous()
class Differences:
    """One metric's paired differences.

    Attributes:
        a: mean of A over the units.
        b: mean of B.
        values: B - A of each unit.
        unit: ``prompts`` or ``samples``.
        judged: pairs in which both texts could be judged.
    """

    a: float
    b: float
    values: NDArray[Any]
    unit: str
    judged: int


def match(a: CaseResult, b: CaseResult, scores_a: CaseScores, scores_b: CaseScores) -> Matched:
    """Match the texts of two cases.

    A sampler that draws nothing gives one text per prompt; it stands against every repeat of the
    other side. A prompt of another text under the same index matches nothing.
    """
    import numpy as np

    if scores_a.keys == scores_b.keys and a.case["prompts"] == b.case["prompts"]:
        same = scores_a.digest == scores_b.digest  # of all texts and ids
        places = np.arange(len(scores_a.keys))
        prompts = np.array([prompt for prompt, _ in scores_a.keys], dtype=np.int64)
        return Matched(places, places, prompts, same, 0, ())
    texts_a, texts_b = a.samples, b.samples
    ours, theirs = _by_prompt(texts_a), _by_prompt(texts_b)
    alone_a, alone_b = _draws_nothing(texts_a), _draws_nothing(texts_b)
    rows: list[tuple[int, int, int]] = []
    others: dict[str, None] = {}
    for prompt in sorted(ours.keys() & theirs.keys()):
        places_a, places_b = ours[prompt], theirs[prompt]
        first_a, first_b = next(iter(places_a.values())), next(iter(places_b.values()))
        if texts_a[first_a].prompt != texts_b[first_b].prompt:
            others[texts_b[first_b].prompt] = None
            continue
        for repeat in sorted(places_a.keys() | places_b.keys()):
            place_a = places_a.get(repeat, first_a if alone_a else None)
            place_b = places_b.get(repeat, first_b if alone_b else None)
            if place_a is not None and place_b is not None:
                rows.append((prompt, place_a, place_b))
    used = len({place for _, place, _ in rows}) + len({place for _, _, place in rows})
    left = len(texts_a) + len(texts_b) - used
    same = bool(rows) and not left
    same = same and all(_content(texts_a[i]) == _content(texts_b[j]) for _, i, j in rows)
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Matched(table[:, 1], table[:, 2], table[:, 0], same, left, tuple(others))


def differences(
    asked: Sequence[tuple[Matched, CaseScores, CaseScores]], names: Sequence[str]
) -> list[dict[str, Differences]]:
    """Return, for each two cases, the paired differences of sample metrics.

    Args:
        asked: the matched texts of two cases, A's scores in the order of its samples, and B's.
        names: sample metrics that all were scored by; those without a judged pair are absent.
    """
    found: list[dict[str, Differences]] = [{} for _ in asked]
    alike: dict[bytes, list[int]] = defaultdict(list)
    for place, (matched, _, _) in enumerate(asked):
        if len(matched.prompts) and names:
            alike[matched.prompts.tobytes()].append(place)
    for places in alike.values():
        for start in range(0, len(places), _TOGETHER):
            some = places[start : start + _TOGETHER]
            taken = _of_same_prompts([asked[place] for place in some], names)
            for place, one in zip(some, taken, strict=True):
                found[place] = one
    return found


def _of_same_prompts(
    asked: Sequence[tuple[Matched, CaseScores, CaseScores]], names: Sequence[str]
) -> list[dict[str, Differences]]:
    """The differences of cases that are matched by the same prompts, all at once."""
    import numpy as np

    prompts = asked[0][0].prompts
    # Shape (cases x metrics, pairs of texts); NaN where a text could not be judged.
    scores_a = np.array([a.metrics[name].array[m.a] for m, a, _ in asked for name in names])
    scores_b = np.array([b.metrics[name].array[m.b] for m, _, b in asked for name in names])
    both = ~(np.isnan(scores_a) | np.isnan(scores_b))
    starts = np.flatnonzero(np.diff(prompts, prepend=prompts[0] - 1))
    counts = np.add.reduceat(both, starts, axis=1, dtype=np.float64)
    sums_a, sums_b = (
        np.add.reduceat(np.where(both, scores, 0.0), starts, axis=1)
        for scores in (scores_a, scores_b)
    )
    judged_of = counts.sum(axis=1).astype(int).tolist()
    fewest = counts.min(axis=1).tolist()  # of a prompt: 0 where one was not judged
    with np.errstate(invalid="ignore"):
        means_a, means_b = sums_a / counts, sums_b / counts
    change = means_b - means_a
    ends = zip(means_a.mean(axis=1).tolist(), means_b.mean(axis=1).tolist(), strict=True)
    rows: list[Differences | None] = []
    for row, (judged, least, (of_a, of_b)) in enumerate(zip(judged_of, fewest, ends, strict=True)):
        if least and len(starts) >= FEWEST_PROMPTS:
            rows.append(Differences(of_a, of_b, change[row], "prompts", judged))
        elif judged:
            there = counts[row] > 0
            if there.sum() >= FEWEST_PROMPTS:
                unit, left, right = "prompts", means_a[row][there], means_b[row][there]
            else:
                unit, left, right = "samples", scores_a[row][both[row]], scores_b[row][both[row]]
            mean_a, mean_b = float(left.mean()), float(right.mean())
            rows.append(Differences(mean_a, mean_b, right - left, unit, judged))
        else:
            rows.append(None)
    taken = iter(rows)
    return [{name: one for name in names if (one := next(taken)) is not None} for _ in asked]


def _by_prompt(samples: Sequence[Sample]) -> dict[int, dict[int, int]]:
    """Prompt index -> repeat -> position, in order."""
    found: dict[int, dict[int, int]] = {}
    for place, sample in enumerate(samples):
        found.setdefault(sample.prompt_index, {})[sample.repeat] = place
    return found


def _draws_nothing(samples: Sequence[Sample]) -> bool:
    return all(sample.seed is None for sample in samples)


def _content(sample: Sample) -> tuple[str, bool, list[int]]:
    return sample.text, sample.ended, sample.ids
