"""What a text is worth: pure functions over generated text, with their definitions."""

from metrics.registry import (
    Scores,
    all_metrics,
    canonical,
    closest,
    groups,
    score_samples,
    select,
)
from metrics.score import Metric, Score
from metrics.text import Text

__all__ = [
    "Metric",
    "Score",
    "Scores",
    "Text",
    "all_metrics",
    "canonical",
    "closest",
    "groups",
    "score_samples",
    "select",
]
