import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from metrics import (
    Metric,
    Score,
    Text,
    all_metrics,
    canonical,
    groups,
    registry,
    score_samples,
    select,
)
from metrics.catalogue import filled, table

REPETITION = [
    *(f"seq_rep_{n}" for n in (1, 2, 3, 4)),
    *(f"pooled_rep_{n}" for n in (2, 3, 4)),
    *(f"distinct_{n}" for n in (1, 2, 3, 4)),
    "diversity",
    "rep_w16",
    "rep_r",
    "duplicate_lines",
    "loop_share",
    "loop_coverage",
    "ttr",
    "mtld",
    "zipf",
    "self_bleu_4",
    "gzip_ratio",
    "broken_characters",
]


def a_metric(name="letters", level="sample", compute=None):
    return Metric(
        name=name,
        title=name,
        unit="count",
        direction="neither",
        level=level,
        definition="letters",
        source="test",
        cannot_judge="nothing",
        compute=compute or (lambda text: Score(len(text.text), 1)),
    )


@pytest.fixture
def plugins(monkeypatch):
    """Install entry points: ``plugins(name=object)``; an exception is raised at loading."""

    def install(**loaded):
        class Entry:
            def __init__(self, name, what):
                self.name, self.value, self.what = name, f"package:{name}", what

            def load(self):
                if isinstance(self.what, Exception):
                    raise self.what
                return self.what

        entries = [Entry(name, what) for name, what in loaded.items()]
        monkeypatch.setattr(metadata, "entry_points", lambda group: entries)
        registry._discover.cache_clear()

    yield install
    registry._discover.cache_clear()


def test_every_repetition_metric_is_there():
    assert set(groups()["repetition"]) == set(REPETITION)
    assert set(REPETITION) <= set(all_metrics())


def test_every_metric_says_what_a_table_needs():
    for name, metric in all_metrics().items():
        assert metric.name == name
        assert name.isascii()
        for words in (metric.title, metric.unit, metric.definition, metric.source):
            assert words.strip(), name
        assert metric.cannot_judge.strip(), name
        assert metric.direction in {"lower", "higher", "neither"}
        assert metric.level in {"sample", "set"}


def test_the_answer_is_a_copy():
    all_metrics().clear()
    assert all_metrics()


# --- select ------------------------------------------------------------------------------------


def test_select_by_name_alias_and_group_each_once_and_in_order():
    assert list(select(["zipf", "rep_4", "seq_rep_4"])) == ["zipf", "seq_rep_4"]
    assert list(select(["repetition"])) == list(groups()["repetition"])
    assert next(iter(select(["ttr", "repetition"]))) == "ttr"
    assert list(select(["Seq_rep_[12]", "seq_*1"])) == ["seq_rep_1", "seq_rep_2"]
    assert select([]) == {}
    assert canonical("rep_2") == "seq_rep_2"
    assert canonical("zipf") == "zipf"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("repitition", "repetition"),
        ("seq_rep4", "seq_rep_4"),
        ("self-bleu", "self_bleu_4"),
        ("Rep_4", "rep_4"),
        ("rep4", "rep_4"),
        ("rep_5", "rep_4"),
        ("reps-4", "rep_4"),
    ],
)
def test_a_misspelt_name_is_told_the_nearest(name, near):
    with pytest.raises(
        ValueError, match=f"no metric or group called '{name}'; did you mean {near}"
    ):
        select(["zipf", name])


def test_a_name_like_no_other_is_told_where_names_are():
    with pytest.raises(ValueError, match=r"versebench list metrics shows all"):
        select(["qqqqqqqq"])


# --- entry points ------------------------------------------------------------------------------


def test_metrics_of_other_packages_join_in(plugins):
    plugins(one=a_metric("letters"), more=[a_metric("lines"), a_metric("stops")])
    assert {"letters", "lines", "stops"} <= set(all_metrics())
    assert set(groups()["other"]) == {"letters", "lines", "stops"}
    assert score_samples([Text.of("abc")], select(["letters"])).case()["letters"].value == 3


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (ImportError("no module named x"), "ImportError: no module named x"),
        (["not a metric"], "TypeError: not a Metric"),
        (None, "TypeError"),
        (a_metric("seq_rep_4"), "already a metric called seq_rep_4"),
        (a_metric("rep_4"), "already a metric called rep_4"),
        (a_metric("Bad Name"), "must match"),
    ],
)
def test_a_broken_entry_point_is_reported_and_not_fatal(plugins, broken, words):
    plugins(bad=broken, good=a_metric("letters"))
    with pytest.warns(RuntimeWarning, match="metric entry point bad"):
        found = all_metrics()
    assert "letters" in found
    assert found["seq_rep_4"].source.startswith("Welleck")
    (fault,) = registry.entry_point_faults()
    assert words in fault


# --- score_samples -----------------------------------------------------------------------------


def test_scores_per_sample_and_per_set():
    scores = score_samples(
        [Text.of("a a a a"), Text.of("a b c d")], select(["seq_rep_1", "distinct_1"])
    )
    assert [sample["seq_rep_1"].value for sample in scores.samples] == [0.75, 0.0]
    assert list(scores.set) == ["distinct_1"]
    assert scores.set["distinct_1"].value == 4 / 8
    assert scores.case()["seq_rep_1"] == Score(0.375, 2, 1.0)
    assert scores.case()["distinct_1"] == scores.set["distinct_1"]


def test_no_texts():
    scores = score_samples([], select(["repetition"]))
    assert scores.samples == ()
    assert all(score.value is None and score.reason for score in scores.set.values())


def test_where_no_text_could_be_judged_there_is_no_value_and_a_reason():
    case = score_samples([Text.of("a"), Text.of("")], select(["seq_rep_4"])).case()
    assert case["seq_rep_4"] == Score(None, 0, 0.0, "needs 4 units, has 1")


def test_a_metric_that_raises_loses_its_own_score_only():
    def fail(argument):
        raise ZeroDivisionError("by zero")

    metrics = {
        "bad": a_metric("bad", compute=fail),
        "bad_set": a_metric("bad_set", "set", fail),
        **select(["ttr"]),
    }
    scores = score_samples([Text.of("a b")], metrics)
    assert scores.samples[0]["ttr"].value == 1
    assert scores.samples[0]["bad"].reason == "bad failed: ZeroDivisionError: by zero"
    assert scores.set["bad_set"].value is None


# --- documentation and weight ------------------------------------------------------------------


def test_the_documentation_says_what_the_registry_says():
    path = Path(__file__).parent.parent / "docs" / "metrics.md"
    document = path.read_text(encoding="utf-8")
    for group in groups():
        assert f"<!-- metrics: {group} -->" in document, f"docs/metrics.md has no table of {group}"
    assert document == filled(document), "run: python -m metrics.catalogue docs/metrics.md"


def test_a_table_row_escapes_bars():
    assert "\\|distinct 1-grams\\|" in table(select(["seq_rep_1"]).values())


def test_importing_the_package_is_light():
    heavy = ["numpy", "pandas", "nltk", "keras", "tensorflow", "importlib.metadata"]
    code = f"import sys, metrics; print([m for m in {heavy!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
