"""Comparison rows: pooled over forms, or of one form; no chance level where shuffling is idle."""

import pytest

from metrics.chinese import CI_METRICS, FORMS, TUNES
from metrics.chinese.reference import reference
from metrics.reference import comparisons


def of(kind, metrics, forms=()):
    return next(row for row in comparisons(metrics, forms) if row.kind == kind)


def test_a_form_asked_for_gives_its_own_values():
    for form in FORMS:
        row = of("human", ["zh_rhyme"], [form])
        shipped = reference("human", form, "zh_rhyme")
        assert row.forms == (form,)
        assert row.values["zh_rhyme"].value == pytest.approx(shipped.value)
        assert row.values["zh_rhyme"].low == pytest.approx(shipped.low)
        assert row.values["zh_rhyme"].n == row.n == shipped.n


def test_all_forms_are_a_mean_over_poems_with_a_narrower_interval():
    pooled = of("human", ["zh_rhyme"]).values["zh_rhyme"]
    parts = [reference("human", form, "zh_rhyme") for form in FORMS]
    assert pooled.n == sum(part.n for part in parts)
    assert pooled.value == pytest.approx(sum(p.value * p.n for p in parts) / pooled.n)
    assert pooled.half < min(part.high - part.value for part in parts)
    assert pooled.low < pooled.value < pooled.high


def test_what_shuffling_leaves_as_it_is_has_no_chance_level():
    names = ["zh_in_form", "zh_ambiguous", "en_in_form", "en_syllables", "zh_tone_score"]
    for row in comparisons(names):
        if row.kind == "chance":
            assert set(row.values) <= {"zh_tone_score"}
            assert row.unchanged
        else:
            assert not row.unchanged
    # That they are left as they are is a fact of the shipped data.
    for name in ("zh_in_form", "zh_ambiguous"):
        for form in FORMS:
            human, chance = reference("human", form, name), reference("shuffled", form, name)
            assert human.value == pytest.approx(chance.value, abs=1e-3)


def test_no_verse_metric_no_rows():
    assert comparisons(["seq_rep_4", "cjk_share"]) == ()


def test_lyrics_have_their_own_rows():
    names = [metric.name for metric in CI_METRICS]
    for tune in TUNES:
        human, chance = comparisons(names, [tune])
        assert human.whose == chance.whose == "Song lyrics"
        assert human.forms == (tune,)
        assert human.n >= 50  # outside the training split
        assert human.values["zh_ci_tone_score"].low > 0.97
        assert chance.values["zh_ci_tone_score"].high < 0.6
        assert human.values["zh_ci_lines_rhymed"].low > chance.values["zh_ci_lines_rhymed"].high
        assert chance.unchanged == ("zh_ci_in_form",)
