"""Metrics of memorisation against the texts a model was tuned on: made per run, from them."""

from __future__ import annotations

from metrics.chinese.memorisation import TrainingText, generated_lines, normalised
from metrics.chinese.scores import why_not
from metrics.score import Metric, Score
from metrics.text import Text

_SOURCE = "exact matching of Chinese characters, traditional and simplified forms taken as one"


def copying_metrics(training: TrainingText) -> tuple[Metric, ...]:
    """Return ``zh_longest_copy`` and ``zh_copied_lines`` for a model tuned on these texts.

    Build ``TrainingText`` once per run: it takes 3 s for all Tang poems, a text then a millisecond.
    """

    def longest_copy(text: Text) -> Score:
        reason = why_not(text)
        characters = len(normalised(text.text))
        if reason or not characters:
            return Score(None, reason=reason or "no Chinese characters")
        return Score(float(len(training.longest_overlap(text.text))), characters, text.coverage)

    def copied_lines(text: Text) -> Score:
        reason = why_not(text)
        lines = generated_lines(text.text, text.prompt)
        if reason or not lines:
            return Score(None, reason=reason or "no line of verse")
        return Score(sum(map(training.has_line, lines)) / len(lines), len(lines), 1.0)

    return (
        Metric(
            name="zh_longest_copy",
            title="longest copy",
            unit="characters",
            direction="lower",
            level="sample",
            definition="longest run of characters found in the training texts; n = characters",
            source=_SOURCE,
            cannot_judge="runs under 4 characters count 0; set phrases of 4 are no copies",
            compute=longest_copy,
            group="chinese",
        ),
        Metric(
            name="zh_copied_lines",
            title="lines copied",
            unit="share",
            direction="lower",
            level="sample",
            definition="generated lines that are whole lines of the training texts; n = lines",
            source=_SOURCE,
            cannot_judge="a line with one character changed is not a copy",
            compute=copied_lines,
            group="chinese",
        ),
    )
