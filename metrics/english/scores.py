"""The English verse metrics of a run: single values out of one verdict per text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from metrics.english.forms import FORMS, KINDS
from metrics.english.judge import Reading, judge_reading, read
from metrics.english.metre import METRES
from metrics.english.scansion import Scansion, scan
from metrics.english.stress import spoken
from metrics.english.verdict import PoemVerdict
from metrics.score import Metric, Score
from metrics.text import Text

_CMUDICT = "sounds: CMUdict (Carnegie Mellon University)"
_GENERATIVE = "Halle & Keyser 1966, Kiparsky 1977 (rule of matching); " + _CMUDICT
_NOT_VERSE = "None for what is not at least two lines of verse in Latin script"
_NO_FORM = "no English form was asked for"
_CUT = "a last line cut short at max_length counts like any other"


def _asked(text: Text) -> str | None:
    """The form asked for, if it is an English one."""
    return text.form if text.form in FORMS or text.form in KINDS else None


def _verdict(text: Text) -> PoemVerdict:
    return judge_reading(text.once(read), _asked(text))


def _in_form(text: Text) -> Score:
    reading = text.once(read)
    if text.script not in ("latin", "mixed"):
        return Score(None, reason=reading.why_not)
    form = _asked(text)
    judged = text.once(_verdict)
    kept = judged.in_form if form else reading.why_not is None
    return Score(float(bool(kept)), len(reading.poem.lines))


def _form_kept(text: Text) -> Score:
    verdict = text.once(_verdict)
    if verdict.asked is None or verdict.follows is None:
        return Score(None, reason=verdict.reason or _NO_FORM)
    return Score(float(verdict.follows), len(verdict.lines))


def _scheme_f1(text: Text) -> Score:
    verdict = text.once(_verdict)
    if verdict.asked is None or verdict.form is None:
        return Score(None, reason=verdict.reason or _NO_FORM)
    if verdict.scheme_f1 is None:
        return Score(None, reason=f"a {verdict.form} asks for no rhyme, or no line end is known")
    known = sum(line.end_source != "unknown" for line in verdict.lines)
    return Score(verdict.scheme_f1, known, known / len(verdict.lines))


def _rhymed_lines(text: Text) -> Score:
    verdict = text.once(_verdict)
    if verdict.rhymed_share is None:
        return Score(None, reason=verdict.reason or "no line end is known")
    known = sum(line.end_source != "unknown" for line in verdict.lines)
    return Score(verdict.rhymed_share, known, known / len(verdict.lines))


def _repeated_ends(text: Text) -> Score:
    verdict = text.once(_verdict)
    if not verdict.lines:
        return Score(None, reason=verdict.reason)
    repeated = {
        line
        for echo in verdict.echoes
        if echo.kind == "identity"
        for line in (echo.first, echo.second)
    }
    return Score(len(repeated) / len(verdict.lines), len(verdict.lines), 1.0)


def _scanned(text: Text) -> tuple[Scansion, ...]:
    """Scan every line as iambic pentameter, or as the metre of the form asked for."""
    poem = text.once(read).poem
    form = text.once(_verdict).form if _asked(text) else None
    metre = METRES[(FORMS[form].metre if form else None) or "iambic_pentameter"]
    places = poem.stanza_places()
    return tuple(scan(w, metre.of_line(at)) for w, at in zip(poem.words, places, strict=True))


def _pentameter(text: Text) -> tuple[Scansion, ...]:
    measure = METRES["iambic_pentameter"].of_line(0)
    return tuple(scan(words, measure) for words in text.once(read).poem.words)


def _over_lines(
    text: Text, scansions: Callable[[Text], tuple[Scansion, ...]], value: Literal["strict", "fit"]
) -> Score:
    reading: Reading = text.once(read)
    if reading.why_not:
        return Score(None, reason=reading.why_not)
    lines = text.once(scansions)
    known = [getattr(line, value) for line in lines if line.known]
    if not known:
        return Score(None, 0, 0.0, "no line of known words")
    return Score(sum(known) / len(known), len(known), len(known) / len(lines))


def _strict_pentameter(text: Text) -> Score:
    return _over_lines(text, _pentameter, "strict")


def _metre_fit(text: Text) -> Score:
    return _over_lines(text, _scanned, "fit")


def _syllables(text: Text) -> Score:
    reading = text.once(read)
    if reading.why_not:
        return Score(None, reason=reading.why_not)
    lines = reading.poem.words
    total = sum(len(spoken(word.key, word.sounds)[0]) for words in lines for word in words)
    return Score(total / len(lines), len(lines), 1.0)


def _unknown_words(text: Text) -> Score:
    reading = text.once(read)
    if reading.why_not:
        return Score(None, reason=reading.why_not)
    words = [word for line in reading.poem.words for word in line]
    unlisted = sum(word.source in ("guess", "unknown") for word in words)
    return Score(unlisted / len(words), len(words), 1.0)


def _metric(
    name: str,
    title: str,
    compute: Callable[[Text], Score],
    definition: str,
    *,
    source: str,
    cannot_judge: str,
    direction: Literal["higher", "lower", "neither"] = "higher",
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
        group="english",
    )


METRICS = (
    _metric(
        *("en_in_form", "in form", _in_form),
        "1 where the text has the shape of the English form asked for (number of lines, stanzas), "
        "or, where none is asked for, is verse at all; n = lines",
        source="forms: Fussell 1979, Poetic Meter and Poetic Form",
        cannot_judge="text not in Latin script (None)",
    ),
    _metric(
        *("en_form_kept", "form kept", _form_kept),
        "1 where a text in the form asked for keeps it: scheme F1 >= .75, .7 of the lines in the "
        "metre with its licences, syllables as counted; n = lines",
        source="thresholds of this package; human and shuffled rows in docs/verse-english.md",
        cannot_judge="texts not in form, or no English form asked for (None)",
    ),
    _metric(
        *("en_scheme_f1", "rhyme scheme F1", _scheme_f1),
        "F1 of same-rhyme line pairs against the scheme of the form asked for; a repeated word is "
        "no rhyme; n = lines of known end",
        source="rhyme parts: Holtman 1996; " + _CMUDICT,
        cannot_judge="texts not in form (None); rhymes of another age, love/prove, count as broken",
    ),
    _metric(
        *("en_rhymed_lines", "rhymed lines", _rhymed_lines),
        "lines that rhyme (rich, perfect, promoted) with another within 4 lines, of lines of known "
        "end; n = those",
        source="rhyme parts: Holtman 1996; " + _CMUDICT,
        cannot_judge=f"{_NOT_VERSE}; {_CUT}",
    ),
    _metric(
        *("en_repeated_ends", "repeated line ends", _repeated_ends),
        "lines that end in the same word as another within 4 lines; n = lines",
        source="identity is not rhyme: Holtman 1996",
        cannot_judge=_NOT_VERSE,
        direction="lower",
    ),
    _metric(
        *("en_pentameter", "iambic pentameter", _strict_pentameter),
        "lines that are strict iambic pentameter: 10 syllables, or 11 with a weak end, every word "
        "stress in a strong place; n = lines of known words",
        source=_GENERATIVE,
        cannot_judge=f"{_NOT_VERSE}; chance is high: sonnets with shuffled words reach .30",
        direction="neither",
    ),
    _metric(
        *("en_metre_fit", "fit to the metre", _metre_fit),
        "mean over lines of 1 - faults / places against the metre of the form asked for, else "
        "iambic pentameter; n = lines of known words",
        source=_GENERATIVE,
        cannot_judge=f"{_NOT_VERSE}; chance is high: sonnets with shuffled words reach .92",
        direction="neither",
    ),
    _metric(
        *("en_syllables", "syllables per line", _syllables),
        "mean number of syllables of a line, first pronunciation of each word; n = lines",
        source=_CMUDICT,
        cannot_judge=_NOT_VERSE,
        direction="neither",
        unit="count",
    ),
    _metric(
        *("en_unknown_words", "unlisted words", _unknown_words),
        "words found neither in the dictionary nor by the rules of spelling, so that their sounds "
        "are guessed by a network or unknown; n = words",
        source=_CMUDICT,
        cannot_judge=_NOT_VERSE,
        direction="neither",
    ),
)
