"""Judge a text as an English poem: form first, then rhyme scheme and metre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.english.faults import faults_of
from metrics.english.forms import FORMS, Form, forms_called, spread
from metrics.english.lines import line_verdicts
from metrics.english.metre import METRES, Metre
from metrics.english.poem import Poem, read_poem, why_not_verse
from metrics.english.rhyme import FULL
from metrics.english.scansion import Scansion, scan
from metrics.english.scheme import Link, SchemeScore, letters, links, score
from metrics.english.stress import fewest_and_most
from metrics.english.verdict import Echo, PoemVerdict
from metrics.text import Text

_F1_KEPT = 0.75  # of a form's rhyme pairs, for the form to be kept or recognised
_LINES_KEPT = 0.7  # of its lines in the metre
_METRE_FOUND = 0.6  # of the lines must be loose in a metre for it to be recognised; chance is .37
_SAMPLE = 60  # lines read to recognise a metre
_SHORT_POEM = 14  # lines; in a longer one no rhyme is looked for across a stanza break
_SILENT = frozenset(("none", "unknown"))


def judge(text: str | Text, form: str | None = None) -> PoemVerdict:
    """Judge a text as a poem in English; any text gives a verdict.

    Args:
        text: the poem; of a ``Text``, its prompt and text together.
        form: key of ``FORMS``, or ``sonnet``; None to recognise the form. A ``Text``'s own form
            is asked for where none is given.

    Raises:
        ValueError: there is no such form.
    """
    prepared = text if isinstance(text, Text) else Text.of(text)
    asked = form if form is not None else prepared.form
    return judge_reading(read(prepared), asked)


@dataclass(frozen=True)
class Reading:
    """A text as read: the poem, and why it is no verse, if it is none."""

    poem: Poem
    why_not: str | None


def read(text: Text) -> Reading:
    """Cut prompt and text together into a poem."""
    whole = Text.of(text.prompt + text.text)
    poem = read_poem(whole.text)
    return Reading(poem, why_not_verse(whole, poem))


def judge_reading(reading: Reading, asked: str | None) -> PoemVerdict:
    """Judge what was read before (see ``judge``)."""
    wanted = forms_called(asked) if asked is not None else ()
    if reading.why_not:
        return PoemVerdict(asked=asked, in_form=False if asked else None, reason=reading.why_not)
    poem = reading.poem
    if asked is None:
        return _verdict(poem, None, _recognised(poem), None)
    reasons = [one.why_not(len(_cut(poem, one).lines), poem.breaks) for one in wanted]
    fitting = [one for one, why in zip(wanted, reasons, strict=True) if why is None]
    if not fitting:
        return _verdict(poem, asked, None, reasons[0])
    return _verdict(poem, asked, max(fitting, key=lambda one: _scheme(poem, one).f1), None)


def _cut(poem: Poem, form: Form) -> Poem:
    """Return the poem up to the stanza break at which this form ends, if there is one."""
    size = form.stanza * (form.stanzas or 0)
    return poem.head(size) if size in poem.breaks else poem


@dataclass(frozen=True)
class _Scheme:
    """The scheme of a form that is nearest to the poem's rhymes."""

    wanted: str | None
    score: SchemeScore

    @property
    def f1(self) -> float:
        return self.score.f1 or 0.0


def _scheme(whole: Poem, form: Form) -> _Scheme:
    poem = _cut(whole, form)
    ends, size = poem.ends, form.stanza
    found = links(ends, breaks=range(0, len(ends), size))
    wanted = [spread(scheme, len(ends) // size) for scheme in form.schemes]
    options = [_Scheme(scheme, score(ends, found, scheme, size)) for scheme in wanted]
    return max(options, key=lambda option: option.f1, default=_Scheme(None, SchemeScore()))


def _recognised(poem: Poem) -> Form | None:
    """Return the form whose shape, rhymes and metre the poem keeps best, or None."""
    kept: list[tuple[float, Form]] = []
    for form in FORMS.values():
        if form.why_not(len(poem.lines), poem.breaks):
            continue
        f1 = _scheme(poem, form).f1 if form.schemes else 1.0
        if f1 < _F1_KEPT or any(not low <= n <= high for n, low, high in _counts(poem, form)):
            continue
        if form.metre:
            scansions = _scansions(poem, METRES[form.metre])
            if _share([one.loose for one in scansions if one.known]) < _LINES_KEPT:
                continue
            f1 += 0.1  # a form that asks for more tells more
        kept.append((f1, form))
    return max(kept, key=lambda item: item[0])[1] if kept else None


def _scansions(poem: Poem, metre: Metre) -> list[Scansion]:
    return [
        scan(words, metre.of_line(place))
        for words, place in zip(poem.words, poem.stanza_places(), strict=True)
    ]


def _metre_of(poem: Poem) -> Metre | None:
    """Return the metre that most lines are loose in, if enough are."""
    sample = poem.head(_SAMPLE)
    best: tuple[float, float, Metre] | None = None
    for metre in METRES.values():
        if metre.name == "limerick":  # a form of five lines, which is recognised as such
            continue
        known = [one for one in _scansions(sample, metre) if one.known]
        share, fit = _share([one.loose for one in known]), _share([one.fit for one in known])
        if share >= _METRE_FOUND and (best is None or (share, fit) > best[:2]):
            best = (share, fit, metre)
    return best[2] if best else None


def _counts(poem: Poem, form: Form) -> list[tuple[int, int, int]]:
    """Return, per line, the wanted, the fewest and the most syllables, where the form counts."""
    return [
        (wanted, *fewest_and_most([(word.key, word.sounds) for word in words]))
        for wanted, words in zip(form.syllables, poem.words, strict=False)
    ]


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _verdict(whole: Poem, asked: str | None, form: Form | None, why_not: str | None) -> PoemVerdict:
    poem = _cut(whole, form) if form else whole
    ends = poem.ends
    if form and form.schemes:
        breaks: Sequence[int] = range(0, len(ends), form.stanza)
    else:
        breaks = poem.breaks if len(ends) > _SHORT_POEM else ()
    found = links(ends, breaks)
    nearest = _scheme(poem, form) if form else _Scheme(None, SchemeScore())
    if form and (form.metre or form.syllables):
        metre = METRES[form.metre] if form.metre else None
    else:
        metre = _metre_of(poem)
    scansions = _scansions(poem, metre) if metre else []
    known = [one for one in scansions if one.known]
    counts = _counts(poem, form) if form else []
    asked_metre = scansions if form and form.metre else []
    return PoemVerdict(
        asked=asked,
        form=form.name if form else None,
        in_form=form is not None if asked is not None else None,
        reason=why_not,
        follows=_follows(form, nearest, known, counts) if form else None,
        scheme=letters(ends, found),
        wanted_scheme=nearest.wanted,
        scheme_f1=nearest.score.f1,
        metre=metre.name if metre else None,
        strict_share=_mean([one.strict for one in known]),
        loose_share=_mean([one.loose for one in known]),
        fit=_mean([one.fit for one in known]),
        rhymed_share=rhymed_share(poem, found),
        words=sum(map(len, poem.words)),
        unknown_words=sum(word.source == "unknown" for words in poem.words for word in words),
        guessed_words=sum(word.source == "guess" for words in poem.words for word in words),
        lines=line_verdicts(poem, letters(ends, found), scansions or [None] * len(ends)),
        echoes=tuple(
            Echo(link.first + 1, link.second + 1, link.kind)
            for link in found
            if link.kind not in _SILENT
        ),
        faults=faults_of(poem, nearest.score, asked_metre, counts) if form else (),
        lines_left=len(whole.lines) - len(poem.lines) + whole.beyond,
    )


def _follows(
    form: Form, nearest: _Scheme, known: Sequence[Scansion], counts: Sequence[tuple[int, int, int]]
) -> bool:
    rhymes = not form.schemes or nearest.f1 >= _F1_KEPT
    metre = not form.metre or _share([one.loose for one in known]) >= _LINES_KEPT
    return rhymes and metre and all(low <= wanted <= high for wanted, low, high in counts)


def rhymed_share(poem: Poem, found: Sequence[Link]) -> float | None:
    """Return the share of lines of known end that have a full rhyme within four lines."""
    known = sum(bool(end.sounds) for end in poem.ends)
    rhymed = {line for link in found if link.kind in FULL for line in (link.first, link.second)}
    return len(rhymed) / known if known else None
