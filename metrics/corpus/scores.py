"""Metrics of memorisation, against the texts that a state was tuned on.

They need those texts, so the registry holds them without a corpus, to name and describe them, and
a run puts in their place the ones made for the state of each case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from metrics.chinese.form import cut_lines
from metrics.corpus.index import TrainingCorpus, folded_units
from metrics.registry import score_samples
from metrics.score import Metric, Score
from metrics.style import cut_sentences
from metrics.text import Text

GROUP = "memorisation"
# Half the 3-grams of a text by another hand stand in a corpus of prose, and so few 5-grams that a
# short text has none (docs/metrics.md); 4 lies between, for words and for characters alike.
N = 4
SHORTEST = 5  # units: the shortest line of regulated verse; shorter sentences are set phrases
NOT_TUNED = "the state was not tuned in this run"

_SOURCE = "after McCoy et al. 2023 (RAVEN, arXiv 2111.09509), n-grams copied"
_HUMAN = "read it beside the value of held-out human texts: noise copies nothing"

_Judge = Callable[[TrainingCorpus, Text], Score]
_Units = tuple[str, ...]


def _units(text: Text) -> _Units:
    return folded_units(text.text)


def generated_lines(text: Text) -> tuple[_Units, ...]:
    """Return the units of each line of verse (Chinese) or sentence that is not wholly the prompt's.

    One that the prompt begins and the text goes on with is the text's.
    """
    han = text.script == "han"
    lines, given = (
        [folded_units(line) for line in (cut_lines(part) if han else _sentences(part))]
        for part in (text.prompt + text.text, text.prompt)
    )
    whole = len(given) if lines[: len(given)] == given else len(given) - 1
    return tuple(lines[max(0, whole) :])


def _sentences(text: str) -> list[str]:
    return [sentence for sentence, _ in cut_sentences(text)]


def _overlap(corpus: TrainingCorpus, text: Text) -> Score:
    units = text.once(_units)
    share = corpus.overlap(units, N)
    if share is None:
        return Score(None, 0, text.coverage, f"needs {N} units, has {len(units)}")
    return Score(share, len(units) - N + 1, text.coverage)


def _longest_copy(corpus: TrainingCorpus, text: Text) -> Score:
    units = text.once(_units)
    if not units:
        return Score(None, 0, text.coverage, "no units")
    return Score(float(len(corpus.longest_run(units))), len(units), text.coverage)


def _copied_lines(corpus: TrainingCorpus, text: Text) -> Score:
    lines = [line for line in text.once(generated_lines) if line]
    judged = [line for line in lines if len(line) >= SHORTEST]
    if not judged:
        return Score(None, 0, 0.0, f"no line of {SHORTEST} units or more")
    return Score(sum(map(corpus.has, judged)) / len(judged), len(judged), len(judged) / len(lines))


def memorisation_metrics(
    corpus: TrainingCorpus | None, reason: str = NOT_TUNED
) -> tuple[Metric, ...]:
    """Return the metrics for texts of a model that was tuned on this corpus.

    Args:
        corpus: the index of its training texts; without one every score is None.
        reason: why, where there is none.
    """

    def against(judge: _Judge) -> Callable[[Text], Score]:
        def compute(text: Text) -> Score:
            if corpus is None:
                return Score(None, reason=reason)
            if not corpus:
                return Score(None, reason="the training texts have no units")
            return judge(corpus, text)

        return compute

    return (
        Metric(
            name=f"corpus_overlap_{N}",
            title=f"{N}-grams of the corpus",
            unit="share",
            direction="neither",
            level="sample",
            definition=(
                f"{N}-grams (Chinese characters, simplified and traditional taken as one; "
                f"casefolded words) that stand in the training texts; n = {N}-grams"
            ),
            source=_SOURCE,
            cannot_judge=f"texts under {N} units (None); grows with the corpus; {_HUMAN}",
            compute=against(_overlap),
            group=GROUP,
        ),
        Metric(
            name="longest_copy",
            title="longest copy",
            unit="units",
            direction="lower",
            level="sample",
            definition="longest run of units that stands in one training text; n = units",
            source=_SOURCE,
            cannot_judge="grows with the text and with the corpus: compare equal max_length; one "
            f"changed unit ends a copy; {_HUMAN}",
            compute=against(_longest_copy),
            group=GROUP,
        ),
        Metric(
            name="copied_lines",
            title="lines copied",
            unit="share",
            direction="lower",
            level="sample",
            definition=(
                f"generated lines of verse (Chinese) or sentences of {SHORTEST} units or more "
                "whose units stand in a row in one training text, the prompt's part of the first "
                "included; n = such lines"
            ),
            source=_SOURCE,
            cannot_judge="texts without such a line (None); a line cut short by max_length may "
            "pass for a copy, one with a changed unit is none",
            compute=against(_copied_lines),
            group=GROUP,
        ),
    )


METRICS = memorisation_metrics(None)


def opening(text: str, units: int) -> str:
    """Return the beginning of a text up to its first ``units`` units, whole ones only."""
    # The first n characters have more units the larger n is, so a binary search finds the n.
    size = bisect_right(range(len(text) + 1), units, key=lambda n: len(folded_units(text[:n]))) - 1
    return text[:size]


def reference(
    corpus: TrainingCorpus, held_out: Iterable[str], units: int | None = None
) -> dict[str, float]:
    """Return the mean of each metric over texts by people that were not trained on.

    Args:
        corpus: the training texts.
        held_out: texts from the same source, none of them among the training texts.
        units: how much of each text to judge; as much as the model writes, since a longer text
            has a longer longest copy. By default all of it.

    Returns:
        Metric name -> mean over the texts it could judge; metrics that could judge none are absent.
    """
    texts = [Text.of(one if units is None else opening(one, units)) for one in held_out]
    metrics = {metric.name: metric for metric in memorisation_metrics(corpus)}
    means = score_samples(texts, metrics).case()
    return {name: score.value for name, score in means.items() if score.value is not None}
