"""The whole verdict: forms asked for and recognised, on poems and on what is none."""

import dataclasses
import json
import random

import pytest
from english_poems import POEMS, SONNETS

from metrics import Text
from metrics.english import FORMS, METRES, judge
from metrics.english.rhyme import FULL

NUMBERS = sorted(set(SONNETS) - {116})


@pytest.mark.parametrize("number", NUMBERS)
def test_sonnets_are_recognised_and_kept(number):
    for verdict in (judge(SONNETS[number]), judge(SONNETS[number], "sonnet")):
        assert verdict.form == "shakespearean_sonnet"
        assert verdict.wanted_scheme == "ABABCDCDEFEFGG"
        assert verdict.metre == "iambic_pentameter"
        assert verdict.follows
        assert verdict.reason is None


def test_rhymes_of_another_age_are_named_but_not_counted():
    verdict = judge(SONNETS[116], "sonnet")
    assert verdict.form == "shakespearean_sonnet"
    assert verdict.scheme_f1 == pytest.approx(2 * 4 / (2 * 4 + 3))
    assert not verdict.follows
    kinds = {(echo.first, echo.second): echo.kind for echo in verdict.echoes}
    assert [kinds[pair] for pair in ((2, 4), (10, 12), (13, 14))] == ["consonance"] * 3
    assert judge(SONNETS[116]).form is None


def test_bars_on_the_shipped_sonnets():
    verdicts = [judge(text, "shakespearean_sonnet") for text in SONNETS.values()]
    kept = [line for v in verdicts for line in v.lines]
    assert sum(line.strict for line in kept) / len(kept) >= 0.70
    scheme = verdicts[0].wanted_scheme
    pairs = {(i + 1, j + 1) for j in range(14) for i in range(j) if scheme[i] == scheme[j]}
    full = [
        ((echo.first, echo.second) in pairs, echo.kind in FULL)
        for v in verdicts
        for echo in v.echoes
    ]
    assert sum(wanted and found for wanted, found in full) / (7 * len(verdicts)) >= 0.78
    assert sum(found and not wanted for wanted, found in full) / (84 * len(verdicts)) <= 0.015


def test_bars_on_shuffled_lines():
    draw = random.Random(2)
    strict = []
    for sonnet in SONNETS.values():
        lines = [draw.sample(line.split(), len(line.split())) for line in sonnet.splitlines()]
        verdict = judge("\n".join(map(" ".join, lines)), "sonnet")
        assert not verdict.follows
        strict += [line.strict for line in verdict.lines]
    assert sum(strict) / len(strict) <= 0.35


@pytest.mark.parametrize(
    ("poem", "form", "metre", "scheme"),
    [
        ("anapaests", "couplets", "anapaestic_tetrameter", "AABBCCxx"),  # blown, strown: CMUdict
        ("trochees", "couplets", "trochaic_tetrameter", "AABB"),
        ("common metre", "ballad", "common_metre", "ABAB"),
        ("ballad", "ballad", "common_metre", "xAxA"),
        ("tetrameter", "quatrain", "iambic_tetrameter", "AAxA"),
        ("limerick", "limerick", "limerick", "AABBA"),
        ("haiku", "haiku", None, "xxx"),
    ],
)
def test_forms_are_recognised(poem, form, metre, scheme):
    verdict = judge(POEMS[poem])
    assert (verdict.form, verdict.metre, verdict.scheme) == (form, metre, scheme)
    assert verdict.follows
    assert judge(POEMS[poem], form).follows


def test_the_petrarchan_octave():
    octave = ["day", "love", "dove", "may", "say", "glove", "above", "bay"]
    ends = [*octave, "tree", "stone", "night", "free", "bone", "light"]
    text = "\n".join(f"the sun goes down upon the {end}" for end in ends)
    verdict = judge(text, "sonnet")
    assert verdict.form == "petrarchan_sonnet"
    assert verdict.wanted_scheme == "ABBAABBACDECDE"
    assert verdict.scheme_f1 == 1.0
    assert not verdict.follows  # eight syllables are no pentameter


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("", "haiku", "not in Latin script"),
        ("春眠不觉晓，\n处处闻啼鸟。", None, "not in Latin script"),
        ("one line only", None, "needs 2 lines with English words, has 1"),
        (POEMS["prose"], None, "prose"),
        ("a day\na way", "haiku", "2 lines, a haiku has 3"),
        ("a day\na way\nto say", "couplets", "3 lines, not whole stanzas of 2"),
        ("a day\n\na way\nto say\nI may", "quatrain", "a blank line inside a stanza of 4"),
        (SONNETS[18] + "And one line more", "sonnet", "15 lines, a Shakespearean sonnet has 14"),
    ],
)
def test_form_first(text, form, reason):
    verdict = judge(text, form)
    assert verdict.reason.startswith(reason)
    assert verdict.in_form is (False if form else None)
    assert (verdict.form, verdict.follows, verdict.scheme_f1) == (None, None, None)


def test_a_poem_ends_at_a_stanza_break():
    verdict = judge(SONNETS[18] + "\n" + SONNETS[29], "sonnet")
    assert (verdict.follows, len(verdict.lines), verdict.lines_left) == (True, 14, 14)


def test_stanza_breaks_inside_a_sonnet_do_not_matter():
    lines = SONNETS[18].splitlines()
    parted = "\n\n".join("\n".join(lines[i : i + 4]) for i in (0, 4, 8, 12))
    assert judge(parted, "sonnet").scheme_f1 == judge(SONNETS[18], "sonnet").scheme_f1
    assert [line.stanza for line in judge(parted).lines] == [1] * 4 + [2] * 4 + [3] * 4 + [4] * 2


def test_faults_name_line_and_syllable():
    lines = SONNETS[18].splitlines()
    lines[2] = "Rough winds do shake the darling buds of June,"
    lines[3] = "And summer's lease hath too short"
    lines[13] = "So long lives this and this gives life to see."
    faults = {(fault.key, fault.line) for fault in judge("\n".join(lines), "sonnet").faults}
    assert ("broken_rhyme", 3) in faults
    assert ("missing_syllable", 4) in faults
    assert ("repeated_word", 14) in faults


def test_a_text_brings_its_prompt_and_form():
    first, rest = SONNETS[18].split("\n", 1)
    verdict = judge(Text.of(rest, prompt=first + "\n", form="sonnet"))
    assert verdict == judge(SONNETS[18], "sonnet")


def test_unknown_words_are_counted_not_judged():
    verdict = judge("the old 他\nwe see the day\nthe road is 她\nwe walk away")
    assert verdict.scheme == "?A?A"
    assert verdict.unknown_words == 2
    assert verdict.rhymed_share == 1.0


@pytest.mark.parametrize("text", [SONNETS[1], POEMS["haiku"], POEMS["prose"], "", "a\nb"])
def test_a_verdict_is_plain_data(text):
    data = json.loads(json.dumps(dataclasses.asdict(judge(text))))
    assert data["version"] == 1
    for line in data["lines"]:
        assert "".join(syllable["text"] for syllable in line["syllables"]) == line["text"]
    assert all(key.isascii() for key in [*data, *FORMS, *METRES])


def test_an_unknown_form_names_the_known_ones():
    with pytest.raises(ValueError, match="did you mean sonnet"):
        judge("a\nb", "sonnets")


def test_case_changes_nothing_but_the_letters():
    verdict, shouted = judge(SONNETS[30]), judge(SONNETS[30].upper())
    assert (shouted.scheme, shouted.strict_share) == (verdict.scheme, verdict.strict_share)
