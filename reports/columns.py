"""Every column of the CSV files: drives CSV, console titles, and documentation.

Those that every run has are in ``fixed_columns``. Metrics bring their own: nothing to do for a new
one.
"""

from __future__ import annotations

from collections.abc import Iterable

from metrics import Metric
from reports.fixed_columns import CASE_COLUMNS, SAMPLE_COLUMNS, Better, Column

__all__ = [
    "AXES",
    "CASE_COLUMNS",
    "HEADLINE_METRICS",
    "METRIC_SUFFIXES",
    "SAMPLE_COLUMNS",
    "WORDS",
    "Better",
    "Column",
    "case_columns",
    "describe",
    "metric_column",
    "sample_columns",
]

AXES = ("preset", "state", "sampler", "hardware", "batch_size")

METRIC_SUFFIXES: tuple[Column, ...] = (
    Column("", "", "The value: mean over samples, or of all texts together for a set metric."),
    Column("_low", "", "Lower end of the 90 % bootstrap interval; none for a set metric."),
    Column("_high", "", "Upper end."),
    Column("_n", "count", "Samples that could be judged; for a set metric, what it counted."),
    Column("_coverage", "share", "Share of the samples (set metric: of the text) judged."),
)

HEADLINE_METRICS = (
    "seq_rep_4",
    "diversity",
    "loop_share",
    "distinct_2",
    "self_bleu_4",
    "broken_characters",
    "cjk_share",
    "zh_in_form",
    "zh_rhyme",
    "zh_tone_score",
    "zh_regulated",
    "en_rhymed_lines",
    "en_pentameter",
    "longest_copy",
)
_FIXED = (*CASE_COLUMNS, *SAMPLE_COLUMNS)
_TAKEN = frozenset(column.name for column in _FIXED)
WORDS = frozenset(column.name for column in _FIXED if not column.unit)  # no unit, no number


def metric_column(name: str) -> str:
    """Return the column of a metric: its name, or ``metric_<name>`` where that is taken."""
    return f"metric_{name}" if name in _TAKEN else name


def describe(metric: Metric) -> Column:
    """Return the main column of a metric, as the console and the JSON show it."""
    unit = metric.unit
    meaning = " ".join(metric.definition.split())
    return Column(metric_column(metric.name), unit, meaning, metric.title, metric.direction, 1, "")


def case_columns(metrics: Iterable[Metric]) -> list[str]:
    """Return the names of the columns of ``cases.csv``, in order."""
    names = [column.name for column in CASE_COLUMNS]
    for metric in metrics:
        names += [metric_column(metric.name) + suffix.name for suffix in METRIC_SUFFIXES]
    return names


def sample_columns(metrics: Iterable[Metric]) -> list[str]:
    """Return the names of the columns of ``samples.csv``, in order."""
    names = [column.name for column in SAMPLE_COLUMNS]
    return names + [metric_column(m.name) for m in metrics if m.level == "sample"]
