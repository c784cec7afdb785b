"""The metrics of 词 lyrics: lines, tones and rhymes of the tune that was asked for."""

from __future__ import annotations

from collections.abc import Callable

from metrics.chinese.ci import TUNES, CiVerdict, find_tune, judge_ci
from metrics.score import Metric, Score
from metrics.text import Text

_SOURCE = "templates learnt from Song lyrics (build/ci.py); 词林正韵 (戈载 1821)"
_NO_TUNE = "no tune was asked for"


def _tune(text: Text) -> str | None:
    try:
        return find_tune(text.form) if text.form else None
    except ValueError:
        return None


def _verdict(text: Text) -> CiVerdict:
    return judge_ci(text.prompt + text.text, _tune(text))


def _in_form(text: Text) -> Score:
    if _tune(text) is None:
        return Score(None, reason=_NO_TUNE)
    verdict = text.once(_verdict)
    return Score(float(verdict.in_form), len(verdict.lines), 1.0)


def _of_lyric(measure: Callable[[CiVerdict], float | None]) -> Callable[[Text], Score]:
    def compute(text: Text) -> Score:
        if _tune(text) is None:
            return Score(None, reason=_NO_TUNE)
        verdict = text.once(_verdict)
        if not verdict.in_form:
            return Score(None, reason=f"not in form: {verdict.reason}")
        return Score(measure(verdict), len(verdict.lines), 1.0)

    return compute


def _metric(
    name: str, title: str, definition: str, compute: Callable[[Text], Score], cannot_judge: str
) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit="share",
        direction="higher",
        level="sample",
        definition=definition,
        source=_SOURCE,
        cannot_judge=cannot_judge,
        compute=compute,
        group="ci",
    )


_ONLY = "None for texts without the tune's lines, and where no tune is the form asked for"

METRICS: tuple[Metric, ...] = (
    _metric(
        "zh_ci_in_form",
        "lyric in form 词",
        "lyrics with the lines of the tune asked for: " + ", ".join(TUNES.values()),
        _in_form,
        "rarer shapes of a tune; None where no tune is the form asked for",
    ),
    _metric(
        "zh_ci_tone_score",
        "lyric's tones 平仄",
        "level and oblique places of the tune's template that agree; n = lines",
        _of_lyric(lambda verdict: verdict.score),
        _ONLY + "; Song lyrics outside the training split reach .98 to 1.00",
    ),
    _metric(
        "zh_ci_lines_rhymed",
        "lyric's rhymes 押韵",
        "rhyming lines that rhyme with most of their kind in one division of 词林正韵; n = lines",
        _of_lyric(lambda verdict: verdict.rhymed),
        _ONLY + "; Song lyrics outside the training split reach .90 to .98",
    ),
)
