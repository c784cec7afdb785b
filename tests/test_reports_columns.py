"""Columns are described once, and the documentation says the same."""

from pathlib import Path

from metrics import Metric, Score, all_metrics
from reports.catalogue import filled
from reports.columns import (
    CASE_COLUMNS,
    HEADLINE_METRICS,
    SAMPLE_COLUMNS,
    case_columns,
    describe,
    metric_column,
    sample_columns,
)

DOCS = Path(__file__).parent.parent / "docs" / "reports.md"


def test_the_documentation_is_up_to_date():
    text = DOCS.read_text(encoding="utf-8")
    assert filled(text) == text, "run: python -m reports.catalogue docs/reports.md"
    for column in (*CASE_COLUMNS, *SAMPLE_COLUMNS):
        assert f"| `{column.name}` |" in text


def test_names_are_unique():
    metrics = all_metrics().values()
    for names in (case_columns(metrics), sample_columns(metrics)):
        assert len(names) == len(set(names))


def test_the_headline_metrics_exist():
    assert set(HEADLINE_METRICS) <= set(all_metrics())


def test_headings_carry_the_unit_that_is_shown():
    headings = {column.name: column.heading for column in CASE_COLUMNS}
    assert headings["tokens_per_second"] == "tok/s"
    assert headings["ttft_seconds"] == "TTFT ms"
    assert headings["load_seconds"] == "load s"


def test_a_metric_never_takes_the_place_of_a_column():
    metric = Metric("text", "t", "share", "lower", "sample", "d\n e", "s", "c", lambda _: Score(0))
    assert metric_column("text") == "metric_text"
    assert metric_column("seq_rep_4") == "seq_rep_4"
    assert describe(metric).name == "metric_text"
    assert sample_columns([metric])[-1] == "metric_text"
    assert describe(metric).meaning == "d e"
