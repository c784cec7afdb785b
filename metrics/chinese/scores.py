"""The Chinese verse metrics of a run: single values out of one verdict per text.

Form comes first: a text that does not begin with a poem of the form asked for (or, where none is
asked for, is not one of the four forms) has no tones and no rhyme, and is left out of their means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from metrics.chinese.antithesis import middle_couplets
from metrics.chinese.form import FORMS, find_form
from metrics.chinese.memorisation import LENGTHS, generated_lines, is_tang_line
from metrics.chinese.verdict import PoemVerdict, judge
from metrics.score import Metric, Score
from metrics.text import Text

_WANG_LI = "王力《诗词格律》 (1962), 平水韵"
_FORM_FIRST = "None for texts that do not begin in form: see zh_opens_in_form for their share"
_CHANCE = "shuffled Tang poems reach .60 to .66 by chance"


def asked(text: Text) -> str | None:
    """Return the key of the form asked for, if it is a Chinese one."""
    try:
        return find_form(text.form).key if text.form else None
    except ValueError:
        return None


def _verdict(text: Text) -> PoemVerdict:
    return judge(text.prompt + text.text, asked(text))


def why_not(text: Text) -> str | None:
    """Return why a text is no matter for these metrics, or None if it is."""
    if asked(text):
        return None
    if text.form:
        return f"the form asked for, {text.form}, is not one of regulated verse"
    return None if text.script in ("han", "mixed") else "not Chinese"


def _of_poem(measure: Callable[[PoemVerdict], Score]) -> Callable[[Text], Score]:
    """Return a score that exists only for texts that begin in form."""

    def compute(text: Text) -> Score:
        reason = why_not(text)
        if reason is None:
            verdict = text.once(_verdict)
            if verdict.form is not None:
                return measure(verdict)
            reason = f"not in form: {verdict.reason}"
        return Score(None, reason=reason)

    return compute


def _of_text(measure: Callable[[PoemVerdict], Score]) -> Callable[[Text], Score]:
    def compute(text: Text) -> Score:
        reason = why_not(text)
        return Score(None, reason=reason) if reason else measure(text.once(_verdict))

    return compute


def _in_form(verdict: PoemVerdict) -> Score:
    return Score(float(verdict.in_form), len(verdict.lines), 1.0)


def _opens_in_form(verdict: PoemVerdict) -> Score:
    return Score(float(verdict.form is not None), len(verdict.lines), 1.0)


def _coverage(verdict: PoemVerdict) -> Score:
    if not verdict.characters:
        return Score(None, reason="no characters")
    return Score(verdict.coverage, verdict.characters, verdict.coverage)


def _ambiguous(verdict: PoemVerdict) -> Score:
    return Score(verdict.ambiguous, verdict.characters, verdict.coverage)


def _regulated(verdict: PoemVerdict) -> Score:
    return Score(float(bool(verdict.regulated)), len(verdict.lines), verdict.coverage)


def _tone_score(verdict: PoemVerdict) -> Score:
    value = verdict.tones.score if verdict.tones else None
    return Score(value, verdict.characters, verdict.coverage)


def _regulated_lines(verdict: PoemVerdict) -> Score:
    value = verdict.tones.regulated_lines if verdict.tones else None
    return Score(value, len(verdict.lines), verdict.coverage)


def _rhyme(verdict: PoemVerdict) -> Score:
    rhymes = verdict.rhyme is not None and verdict.rhyme.tone == "level"
    return Score(float(rhymes), len(verdict.lines) // 2, verdict.coverage)


def _lines_rhymed(verdict: PoemVerdict) -> Score:
    value = verdict.rhyme.share if verdict.rhyme else None
    return Score(value, len(verdict.lines) // 2, verdict.coverage)


def _antithesis(verdict: PoemVerdict) -> Score:
    couplets = len(middle_couplets(verdict.lines))
    value = verdict.antithesis
    if value is None:
        reason = "too few characters known" if couplets else "a quatrain needs no antithesis"
        return Score(None, couplets, reason=reason)
    return Score(value, couplets, verdict.coverage)


def _tang_lines(text: Text) -> Score:
    reason = why_not(text)
    if reason:
        return Score(None, reason=reason)
    lines = generated_lines(text.text, text.prompt)
    judged = [line for line in lines if len(line) in LENGTHS]
    if not judged:
        return Score(None, 0, 0.0, "no line of 5 or 7 characters")
    found = sum(map(is_tang_line, judged))
    return Score(found / len(judged), len(judged), len(judged) / len(lines))


def _metric(
    name: str,
    title: str,
    definition: str,
    compute: Callable[[Text], Score],
    *,
    cannot_judge: str = _FORM_FIRST,
    direction: Literal["lower", "higher", "neither"] = "higher",
    source: str = _WANG_LI,
    unit: str = "share",
) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=unit,
        direction=direction,
        level="sample",
        definition=definition,
        source=source,
        cannot_judge=cannot_judge,
        compute=compute,
        group="chinese",
    )


_FORMS = ", ".join(f"{form.key} {form.chinese}" for form in FORMS.values())

METRICS: tuple[Metric, ...] = (
    _metric(
        "zh_in_form",
        "in form 工整",
        f"texts that are the form asked for and nothing more, or one of {_FORMS}",
        _of_text(_in_form),
        cannot_judge="None for texts that are not Chinese, unless a Chinese form is asked for",
    ),
    _metric(
        "zh_opens_in_form",
        "opens in form",
        "texts whose first lines are the form asked for, whatever follows; n = lines",
        _of_text(_opens_in_form),
        cannot_judge="a text may open in form and never end; None where it is not Chinese",
    ),
    _metric(
        "zh_regulated",
        "regulated 合律",
        "poems that keep every rule of tone and rhyme of their form (standard mode)",
        _of_poem(_regulated),
        cannot_judge=_FORM_FIRST + "; chance is 0, Tang poets .51 (wujue) to .83 (qijue, qilv)",
    ),
    _metric(
        "zh_tone_score",
        "tonal pattern 平仄",
        "fixed places whose tone agrees, in the best of the four patterns of the form",
        _of_poem(_tone_score),
        cannot_judge=f"{_FORM_FIRST}; {_CHANCE}; characters of two tones fit either",
    ),
    _metric(
        "zh_regulated_lines",
        "regulated lines 律句",
        "lines that are a regulated line of any type, taken alone",
        _of_poem(_regulated_lines),
        cannot_judge=_FORM_FIRST + "; chance is .65 for five characters, .37 for seven",
    ),
    _metric(
        "zh_rhyme",
        "rhyme 押韵",
        "poems whose even lines all end in one level group of 平水韵",
        _of_poem(_rhyme),
        cannot_judge=_FORM_FIRST + "; old-style verse that rhymes in an oblique tone counts 0",
    ),
    _metric(
        "zh_lines_rhymed",
        "lines rhymed",
        "even lines in the group that most of them share; 0 where no two rhyme",
        _of_poem(_lines_rhymed),
    ),
    _metric(
        "zh_coverage",
        "characters known",
        "characters of the poem that the rhyme book has; n = characters",
        _of_text(_coverage),
        cannot_judge="None for texts without characters",
        source="广韵 and 平水韵: see metrics/chinese/NOTICE",
    ),
    _metric(
        "zh_ambiguous",
        "two tones",
        "characters with readings of both tones, which fit either place and so flatter the text",
        _of_poem(_ambiguous),
        direction="neither",
        source="广韵 and 平水韵: see metrics/chinese/NOTICE",
    ),
    _metric(
        "zh_antithesis",
        "antithesis 对仗",
        "mutual information of the characters opposed in the middle couplets, mean over places; "
        "n = couplets",
        _of_poem(_antithesis),
        cannot_judge="None for quatrains, which need none; Tang poems outside the training split "
        "have a mean of 1.0 in middle couplets, lines of different poems -0.9",
        source="learnt from regulated Tang poems (build/antithesis.py); 王力《诗词格律》 on 对仗",
        unit="nats",
    ),
    _metric(
        "zh_tang_lines",
        "lines of Tang poems",
        "generated lines of 5 or 7 characters that are lines of Tang poems; n = such lines",
        _tang_lines,
        cannot_judge="one line in 1,000 is taken for one by mistake; near copies are missed",
        direction="lower",
        source="chinese-poetry 2.0.1 through a Bloom filter (Bloom 1970)",
    ),
)
