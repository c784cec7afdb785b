"""The judgement of one poem: form first, then tones and rhyme, with every fault and its place.

>>> verdict = judge("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
>>> verdict.regulated, verdict.pattern, verdict.rhyme.group
(True, 'oblique start, first line unrhymed 仄起首句不入韵', '尤')
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from metrics.chinese.antithesis import antithesis, middle_couplets
from metrics.chinese.books import Book, open_book
from metrics.chinese.faults import Remark
from metrics.chinese.form import Cut, Form, cut_poems, find_form
from metrics.chinese.patterns import MODES, Mode, pattern_name
from metrics.chinese.rhyme import Rhyme, assess_rhyme
from metrics.chinese.tones import Tones, assess_tones

SCHEMA = 1


@dataclass(frozen=True, eq=False)
class PoemVerdict:
    """What the rules say of one poem.

    A poem that is not in form has no tones and no rhyme: ``tones``, ``rhyme`` and ``regulated`` are
    None, and ``reason`` says what is wrong with its form.

    Attributes:
        cut: the poem as cut from the text: lines, form, what surrounds it.
        book: the rhyme book.
        mode: how strictly the tolerances are read.
        classes: per line, L (level), O (oblique), B (either) or ? (unknown) for each character.
        tones: the tonal pattern.
        rhyme: the rhyme.
        remarks: faults, warnings and notes, in the order of the poem.
    """

    cut: Cut
    book: Book
    mode: Mode
    classes: tuple[str, ...]
    tones: Tones | None = None
    rhyme: Rhyme | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines judged, without punctuation."""
        return self.cut.lines

    @property
    def form(self) -> Form | None:
        """The form, or None."""
        return self.cut.form

    @property
    def in_form(self) -> bool:
        """Whether the text is the form and nothing more."""
        return self.cut.form is not None and not self.cut.extra

    @property
    def reason(self) -> str | None:
        """Why the text is not in form."""
        return self.cut.reason

    @cached_property
    def faults(self) -> tuple[Remark, ...]:
        """The remarks that keep the poem from being regulated."""
        return tuple(remark for remark in self.remarks if remark.kind.severity == "fault")

    @property
    def regulated(self) -> bool | None:
        """Whether the poem keeps all rules of its form; None where it is not in form."""
        return None if self.tones is None else not self.faults

    @property
    def characters(self) -> int:
        """How many characters were judged."""
        return sum(map(len, self.classes))

    @property
    def coverage(self) -> float:
        """Share of the characters that the book knows; 0 for a text without any."""
        return self._share("LOB")

    @property
    def ambiguous(self) -> float:
        """Share of the characters with readings of both tones, any of which is taken to fit."""
        return self._share("B")

    @cached_property
    def antithesis(self) -> float | None:
        """Mean antithesis of the middle couplets in nats; None where none is asked for."""
        if self.form is None:
            return None
        couplets = middle_couplets(self.lines)
        found = [value for pair in couplets if (value := antithesis(*pair)) is not None]
        return sum(found) / len(found) if found else None

    @property
    def pattern(self) -> str | None:
        """The name of the pattern followed; None where it is none of the sixteen."""
        if self.tones is None or not self.tones.unbroken or not self.lines:
            return None
        return " ".join(pattern_name(self.tones.start, len(self.lines[0])))

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain data with stable ASCII keys (``schema`` 1)."""
        tones, rhyme = self.tones, self.rhyme
        return {
            "schema": SCHEMA,
            "title": list(self.cut.title),
            "lines": list(self.lines),
            "form": self.form.key if self.form else None,
            "form_name": f"{self.form.english} {self.form.chinese}" if self.form else None,
            "in_form": self.in_form,
            "reason": self.reason,
            "extra_lines": self.cut.extra,
            "book": self.book.key,
            "mode": self.mode,
            "regulated": self.regulated,
            "pattern": self.pattern,
            "classes": list(self.classes),
            "coverage": self.coverage,
            "ambiguous": self.ambiguous,
            "tones": None
            if tones is None
            else {
                "line_types": tones.types,
                "line_forms": list(tones.forms),
                "score": tones.score,
                "regulated_lines": tones.regulated_lines,
            },
            "rhyme": None
            if rhyme is None
            else {
                "tone": rhyme.tone,
                "group": rhyme.group,
                "lines": [i + 1 for i in rhyme.lines],
                "share": rhyme.share,
                "first_line": rhyme.first_line,
            },
            "antithesis": self.antithesis,
            "remarks": [remark.as_dict() for remark in self.remarks],
        }

    def _share(self, kinds: str) -> float:
        total = self.characters
        return sum(line.count(kind) for line in self.classes for kind in kinds) / max(1, total)


def judge(
    text: str,
    form: str | None = None,
    *,
    book: str = "pingshui",
    mode: Mode = "standard",
    all_readings: bool = False,
) -> PoemVerdict:
    """Judge the first poem of a text by the rules of 王力《诗词格律》 (1962).

    Args:
        text: any text; simplified or traditional characters.
        form: the form demanded, e.g. ``qijue`` or 七绝; None to recognise it by its shape.
        book: ``pingshui``, ``cilin``, ``xinyun`` or ``tongyun``; see ``books`` for their sources.
        mode: ``lenient`` lets a special twist begin with an oblique syllable, ``standard`` is
            王力's reading, ``strict`` also faults three oblique endings and unrescued minor twists.
        all_readings: whether readings that Tang poets hardly used count.

    Raises:
        ValueError: unknown form, book or mode.
    """
    return judge_all(text, form, book=book, mode=mode, all_readings=all_readings)[0]


def judge_all(
    text: str,
    form: str | None = None,
    *,
    book: str = "pingshui",
    mode: Mode = "standard",
    all_readings: bool = False,
) -> tuple[PoemVerdict, ...]:
    """Judge every poem of a text; see ``judge``. There is always one verdict at least."""
    if mode not in MODES:
        raise ValueError(f"no mode called {mode!r}; the modes are {', '.join(MODES)}")
    rhymes = open_book(book, all_readings=all_readings)
    demanded = find_form(form) if form else None
    return tuple(judge_cut(cut, rhymes, mode) for cut in cut_poems(text, demanded))


def judge_cut(cut: Cut, rhymes: Book, mode: Mode = "standard") -> PoemVerdict:
    """Judge a poem that has been cut into lines."""
    lines = cut.lines
    joined = rhymes.classes("".join(lines))
    if cut.form is None:
        return PoemVerdict(cut, rhymes, mode, _slices(joined, lines))
    length = cut.form.length
    classes = tuple([joined[i : i + length] for i in range(0, len(joined), length)])
    rhyme = assess_rhyme([line[-1] for line in lines], rhymes)
    tones = assess_tones(classes, rhyme.first_line, mode)
    if not (tones.remarks or rhyme.remarks or rhyme.first_line == "neighbour" or "?" in joined):
        return PoemVerdict(cut, rhymes, mode, classes, tones, rhyme)
    remarks = _all_remarks(classes, tones, rhyme)
    return PoemVerdict(cut, rhymes, mode, classes, tones, rhyme, remarks)


def _all_remarks(classes: tuple[str, ...], tones: Tones, rhyme: Rhyme) -> tuple[Remark, ...]:
    """Return what tones, rhyme and coverage have to say, in the order of the poem."""
    last = len(classes[0]) - 1
    remarks = list(tones.remarks)
    if rhyme.tone == "oblique":
        # Old-style verse ends its lines otherwise: one remark says so for all of them.
        endings = ("level_ending", "oblique_ending", "unrhymed_first_line")
        remarks = [remark for remark in remarks if remark.key not in endings]
    # Rhyme speaks of whole lines; what is wrong with it is their last characters.
    remarks += [remark._replace(character=last) for remark in rhyme.remarks]
    if rhyme.first_line == "neighbour":
        remarks.append(Remark("neighbour_first_line", 0, last))
    remarks += [
        Remark("unknown_character", number, index)
        for number, line in enumerate(classes)
        if "?" in line
        for index, kind in enumerate(line)
        if kind == "?"
    ]
    remarks.sort(key=_place)
    return tuple(remarks)


def _slices(joined: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    pieces = iter(joined)
    return tuple("".join(islice(pieces, len(line))) for line in lines)


def _place(remark: Remark) -> tuple[int, int]:
    return remark.line, 99 if remark.character is None else remark.character
