"""What people's own texts score: the row that a tuned model's values are read against."""

from __future__ import annotations

from collections.abc import Sequence

from metrics import Text, score_samples, select
from metrics.corpus import TrainingCorpus, memorisation_metrics
from metrics.corpus.scores import opening
from reports.state_changes import ENGLISH, TEXT

UNITS = 128
"""Characters or words of each text that are judged: about what a model writes."""
MOST = 200
"""Texts judged: enough for two digits of a share."""


def human_scores(train: Sequence[str], held_out: Sequence[str]) -> dict[str, float]:
    """Return the mean scores of the held-out texts, by metric; what cannot be judged is absent.

    Args:
        train: the texts trained on, to see how much of them stands in other people's texts too.
        held_out: texts of the same source that are not trained on.
    """
    texts = [Text.of(opening(text, UNITS)) for text in held_out[:MOST]]
    copying = {metric.name: metric for metric in memorisation_metrics(TrainingCorpus(train))}
    wanted = select([name for name in (*TEXT, *ENGLISH) if name not in copying])
    means = score_samples(texts, {**wanted, **copying}).case()
    return {name: score.value for name, score in means.items() if score.value is not None}
