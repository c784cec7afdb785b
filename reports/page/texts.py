"""The generated texts on a page: which of them, where each loops, what it scores.

Texts of one prompt and repeat are kept or left out for all cases together, so that what is there
can be read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from metrics.loops import longest_periodic_suffix, text_loop
from metrics.text import Text
from reports.columns import HEADLINE_METRICS
from reports.page.chosen import Chosen
from reports.visible import lines, shortened

if TYPE_CHECKING:
    from reports.completed import CaseResult
    from reports.records import Sample
    from reports.scores import CaseScores
    from reports.summary import Summary

LONGEST = 2_000  # characters of one text
_LONGEST_PROMPT = 500
_MOST_LOOPED = 20_000  # characters in which a loop is looked for
_VERSE = {"zh_opens_in_form": 1.0, "zh_ci_in_form": 1.0, "en_rhymed_lines": 0.5}
"""Metric -> the value from which a text is worth drawing as verse."""
_SCORES = ("seq_rep_4", "zh_tone_score", "zh_lines_rhymed", "en_rhymed_lines", "longest_copy")


@dataclass(frozen=True)
class PageText:
    """One text as the page shows it. All of it is visible text; nothing is escaped yet.

    Attributes:
        case: number of its case on the page.
        prompt: number of its prompt.
        repeat: which text of that prompt.
        head: the text up to its loop.
        loop: from there on; empty where it does not loop.
        period: characters of one turn of the loop.
        left_out: characters after what is here.
        loops: it ends in a loop; also where the loop lies beyond what is here.
        ended: the model ended it by itself.
        scores: in the order of ``Texts.scores``.
        sample: the record.
        form: the verse form asked for.
        verse: whether the scores of the run call it verse; None where they do not say.
    """

    case: int
    prompt: int
    repeat: int
    head: str
    loop: str
    period: int
    left_out: int
    loops: bool
    ended: bool
    scores: tuple[float | None, ...]
    sample: Sample = field(repr=False)
    form: str | None = None
    verse: bool | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes on the page, nearly."""
        return len((self.head + self.loop).encode("utf-8", "replace")) + 60 + 8 * len(self.scores)

    @property
    def chinese(self) -> bool:
        """Whether a screen reader should speak it as Chinese."""
        return Text.of(self.head + self.loop).script == "han"


@dataclass(frozen=True)
class Texts:
    """The texts on a page.

    Attributes:
        prompts: the prompts, by number.
        scores: (metric, title) of the scores that each text has.
        texts: prompts in turn, the first repeat of each first.
        total: texts of the run.
    """

    prompts: tuple[str, ...]
    scores: tuple[tuple[str, str], ...]
    texts: tuple[PageText, ...]
    total: int

    @property
    def note(self) -> str | None:
        """Say what is left out; None where nothing is."""
        parts = []
        if len(self.texts) < self.total:
            parts.append(
                f"{len(self.texts):,} of {self.total:,} texts are on this page, the first of each "
                "prompt."
            )
        if cut := sum(text.left_out > 0 for text in self.texts):
            one = "1 text is" if cut == 1 else f"{cut:,} texts are"
            parts.append(f"{one} cut to {LONGEST:,} characters.")
        return " ".join([*parts, "samples.csv has all of them."]) if parts else None


def page_texts(summary: Summary, chosen: Chosen, budget: int) -> Texts:
    """Take texts for a page until they fill ``budget`` bytes."""
    numbers = chosen.numbers
    results = [result for result in summary.completed.cases if result.id in numbers]
    metrics = summary.metrics
    wanted = [n for n in _SCORES if n in metrics and metrics[n].level == "sample"]
    prompts: dict[str, int] = {}
    taken: list[PageText] = []
    spent = 0
    for turn in _turns(results):
        shown = [
            _shown(summary, numbers[result.id], result, place, wanted, prompts)
            for result, place in turn
        ]
        spent += sum(text.size for text in shown)
        if spent > budget and taken:
            break
        taken += shown
        if spent > budget:  # one round alone is too much: as many cases of it as there is room for
            taken = _fitting(taken, budget)
            break
    there = [i for i in range(len(wanted)) if any(text.scores[i] is not None for text in taken)]
    scored = tuple((wanted[i], metrics[wanted[i]].title) for i in there)
    return Texts(tuple(prompts), scored, tuple(_only(taken, there)), text_count(summary))


def text_count(summary: Summary) -> int:
    """Return how many texts the run has; they are not read for it."""
    return int(summary.cases["samples"].sum())


def _turns(results: Sequence[CaseResult]) -> Iterator[list[tuple[CaseResult, int]]]:
    """Yield, for each (repeat, prompt), the cases that have it, with its place among theirs."""
    places: dict[tuple[int, int], list[tuple[CaseResult, int]]] = {}
    for result in results:
        for place, sample in enumerate(result.samples):
            places.setdefault((sample.repeat, sample.prompt_index), []).append((result, place))
    for key in sorted(places):
        yield places[key]


def _shown(
    summary: Summary,
    number: int,
    result: CaseResult,
    place: int,
    wanted: Sequence[str],
    prompts: dict[str, int],
) -> PageText:
    sample = result.samples[place]
    asked = {prompt["index"]: prompt.get("form") for prompt in result.case.get("prompts", ())}
    scores = summary.scores.cases.get(result.id)
    values = [
        scores.metrics[name].values[place]
        if scores is not None and name in scores.metrics
        else None
        for name in wanted
    ]
    head, loop, period, loops = split_at_loop(sample)
    left_out = max(0, len(lines(sample.text)) - LONGEST)
    head, loop = head[:LONGEST], loop[: max(0, LONGEST - len(head))]
    prompt = shortened(lines(sample.prompt), _LONGEST_PROMPT)
    return PageText(
        number,
        prompts.setdefault(prompt, len(prompts)),
        sample.repeat,
        head,
        loop,
        period,
        left_out,
        loops,
        sample.ended,
        tuple(values),
        sample,
        asked.get(sample.prompt_index),
        _verse(scores, place),
    )


def _verse(scores: CaseScores | None, place: int) -> bool | None:
    """Tell by its scores whether a text opens in a form, or rhymes more than prose does."""
    if scores is None or not {"zh_opens_in_form", "en_rhymed_lines"} <= scores.metrics.keys():
        return None
    return any(
        (scores.metrics[name].values[place] or 0.0) >= least
        for name, least in _VERSE.items()
        if name in scores.metrics
    )


def split_at_loop(sample: Sample) -> tuple[str, str, int, bool]:
    """Return the text up to its loop, the loop, the characters of one turn, and whether it loops.

    Whether a text loops is read off its tokens, as the metric ``loop_share`` does; where the loop
    begins, off its characters, since equal tokens make equal characters. Where those do not repeat
    exactly (a token may be part of a character) the text loops and nothing is marked.
    """
    text = Text.of(sample.text, sample.ids or None)
    raw = sample.text[:_MOST_LOOPED]
    if text_loop(text) is None:
        return lines(raw), "", 0, False
    found = longest_periodic_suffix(text.text) if len(sample.text) <= _MOST_LOOPED else None
    if found is None or 2 * found.length < len(text.text) * 0.3:
        return lines(raw), "", 0, True
    start = len(text.text) - found.length
    loop = lines(text.text[start:]) + lines(sample.text[len(text.text) :])
    return lines(raw[:start]), loop, len(lines(raw[start : start + found.period])), True


def _fitting(texts: list[PageText], budget: int) -> list[PageText]:
    kept: list[PageText] = []
    for text in texts:
        budget -= text.size
        if budget < 0 and kept:
            break
        kept.append(text)
    return kept


def _only(texts: list[PageText], there: Sequence[int]) -> Iterator[PageText]:
    from dataclasses import replace

    for text in texts:
        yield replace(text, scores=tuple(text.scores[i] for i in there))


def as_data(texts: Texts, drawn: dict[int, int]) -> dict[str, Any]:
    """Return what the page's script reads; keys are short, since there are many texts.

    Args:
        texts: those of the page.
        drawn: position of a text -> number of its drawing.
    """
    return {
        "prompts": list(texts.prompts),
        "scores": [title for _, title in texts.scores],
        "headline": [name in HEADLINE_METRICS for name, _ in texts.scores],
        "texts": [
            {
                "c": text.case,
                "p": text.prompt,
                "r": text.repeat,
                "t": text.head,
                **({"l": text.loop, "n": text.period} if text.loop else {}),
                **({"o": 1} if text.loops else {}),
                **({"x": text.left_out} if text.left_out else {}),
                **({} if text.ended else {"e": 0}),
                **({"z": 1} if text.chinese else {}),
                **({"d": drawn[position]} if position in drawn else {}),
                "s": [None if score is None else float(f"{score:.4g}") for score in text.scores],
            }
            for position, text in enumerate(texts.texts)
        ],
    }
