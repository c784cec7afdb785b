"""What a poem is found to be: plain data, ready for JSON, tables and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.english.rhyme import RhymeClass


@dataclass(frozen=True)
class SyllableVerdict:
    """One syllable of a line.

    Attributes:
        text: its letters and what follows them up to the next syllable; the texts of a line's
            syllables, joined, are the line.
        stress: ``1`` main, ``2`` secondary, ``0`` none, ``?`` unknown.
        place: ``s`` strong, ``w`` weak; None without a metre, or for a syllable too many.
        fault: it stands against the metre.
    """

    text: str
    stress: str
    place: str | None = None
    fault: bool = False


@dataclass(frozen=True)
class LineVerdict:
    """One line.

    Attributes:
        text: the line, spaces evened.
        stanza: number of its stanza, from 1.
        syllables: in order.
        end: its last word.
        end_source: how that word's sounds are known: dictionary, rule, guess, unknown.
        rhyme: its letter in the scheme; ``x`` unrhymed, ``?`` unknown.
        strict, loose, fit: against the metre (``metre.Scansion``); None without one.
        licences: ``inversion``, ``elision``.
    """

    text: str
    stanza: int
    syllables: tuple[SyllableVerdict, ...]
    end: str
    end_source: str
    rhyme: str
    strict: bool | None = None
    loose: bool | None = None
    fit: float | None = None
    licences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Echo:
    """Two lines whose last words echo each other; line numbers from 1, ``first < second``."""

    first: int
    second: int
    kind: RhymeClass


@dataclass(frozen=True)
class Fault:
    """One thing against the form.

    Attributes:
        key: ``broken_rhyme``, ``stray_rhyme``, ``repeated_word``, ``stress``, ``extra_syllable``,
            ``missing_syllable``, ``syllable_count``, ``unknown_word``.
        line: number of the line, from 1.
        syllable: number of the syllable in the line, from 1, or None.
        text: what is wrong, in words.
    """

    key: str
    line: int
    syllable: int | None
    text: str


@dataclass(frozen=True)
class PoemVerdict:
    """All that is judged of one text as an English poem.

    Attributes:
        asked: the form asked for, or None.
        form: key of the form judged by: the one asked for, or recognised; None without one.
        in_form: whether the text has the form's shape; None where no form was asked for.
        reason: why it is not in form, or is no verse; else None.
        follows: whether it keeps the form: in form, scheme F1 >= .75, >= .7 of its lines loose in
            the metre, all syllable counts right; None without a form or where it is not in it.
        scheme: the rhymes found, a letter a line; ``x`` unrhymed, ``?`` unknown.
        wanted_scheme: the scheme of the form that is nearest.
        scheme_f1: F1 of same-class line pairs against it.
        metre: key of the form's metre, or of the one recognised.
        strict_share, loose_share, fit: means over the lines whose words are all known.
        rhymed_share: lines that rhyme with another within four lines, of lines of known end.
        words: how many words; unknown_words: of unknown sounds; guessed_words: guessed by network.
        lines, echoes, faults: the parts; echoes of lines at most four apart.
        lines_left: lines after the poem's end, not judged.
    """

    asked: str | None = None
    form: str | None = None
    in_form: bool | None = None
    reason: str | None = None
    follows: bool | None = None
    scheme: str = ""
    wanted_scheme: str | None = None
    scheme_f1: float | None = None
    metre: str | None = None
    strict_share: float | None = None
    loose_share: float | None = None
    fit: float | None = None
    rhymed_share: float | None = None
    words: int = 0
    unknown_words: int = 0
    guessed_words: int = 0
    lines: tuple[LineVerdict, ...] = ()
    echoes: tuple[Echo, ...] = ()
    faults: tuple[Fault, ...] = ()
    lines_left: int = 0
    version: int = 1
