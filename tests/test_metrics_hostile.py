"""No text makes a metric raise or hang, whatever is in it."""

import time

import pytest
from test_metrics_text import HOSTILE

from metrics import Text, all_metrics, score_samples, select

SMALL = {name: text[:2000] for name, text in HOSTILE.items()}


@pytest.mark.parametrize("name", all_metrics())
def test_no_metric_raises_on_hostile_text(name):
    # Called directly: score_samples would turn the exception into a reason.
    metric = all_metrics()[name]
    texts = [Text.of(text) for text in SMALL.values()]
    scores = [metric.compute(text) for text in texts] if metric.level == "sample" else []
    for score in [*scores, *([metric.compute(texts)] if metric.level == "set" else [])]:
        assert (score.value is None) == bool(score.reason)


@pytest.mark.parametrize("name", HOSTILE)
def test_repetition_of_a_megabyte_takes_seconds(name):
    started = time.process_time()
    text = Text.of(HOSTILE[name])
    scores = score_samples([text, Text.of("a b c d"), text], select(["repetition"]))
    assert not [s.reason for s in scores.samples[0].values() if "failed" in (s.reason or "")]
    assert time.process_time() - started < 60  # a quadratic pass would take hours
