"""词: lyrics to a tune, judged by its template: line lengths, level and oblique places, rhymes.

Templates of the fifteen commonest tunes, learnt from Song lyrics (``build/ci.py``), and the rhymes
of 词林正韵 (戈载 1821), in which a division's rising and departing tones rhyme with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from metrics.chinese.books import Book, open_book
from metrics.chinese.faults import Remark
from metrics.chinese.form import Lines, lines_below_titles
from metrics.chinese.sound_table import DATA

TUNES = {
    "huanxisha": "浣溪沙",
    "shuidiaogetou": "水调歌头",
    "zhegutian": "鹧鸪天",
    "pusaman": "菩萨蛮",
    "manjianghong": "满江红",
    "xijiangyue": "西江月",
    "linjiangxian": "临江仙",
    "niannujiao": "念奴娇",
    "jianzimulanhua": "减字木兰花",
    "qinyuanchun": "沁园春",
    "dielianhua": "蝶恋花",
    "dianjiangchun": "点绛唇",
    "hexinlang": "贺新郎",
    "qingpingle": "清平乐",
    "mantingfang": "满庭芳",
}
_BY_CHINESE = {chinese: key for key, chinese in TUNES.items()}
_WANTED = {"平": "L", "仄": "O"}


@dataclass(frozen=True)
class Template:
    """One shape of a tune.

    Attributes:
        tune: key of the tune.
        lines: 平, 仄 or 中 (free) for each place of each line.
        rhymes: for each line the letter it rhymes under, or "".
        n: lyrics it was learnt from.
    """

    tune: str
    lines: tuple[str, ...]
    rhymes: tuple[str, ...]
    n: int

    @property
    def lengths(self) -> tuple[int, ...]:
        """Characters of each line."""
        return tuple(map(len, self.lines))


@dataclass(frozen=True)
class CiVerdict:
    """What the template says of a lyric.

    Attributes:
        tune: key of the tune judged by, or None where none fits.
        title: its Chinese name.
        lines: the lyric's lines, cut as the template cuts them where it is in form.
        in_form: whether the text has the template's lines.
        reason: why not; then the rest is None or empty.
        score: share of the level and oblique places that agree.
        rhymed: share of the rhyming lines that rhyme with most of their kind.
        template: the template's lines.
        rhymes: for each line its letter.
        remarks: wrong tones and lines out of rhyme, with their places.
        above: rows above the lyric, of its title and author.
        all_readings: whether readings that Tang poets hardly used counted.
    """

    tune: str | None
    title: str | None
    lines: tuple[str, ...]
    in_form: bool
    reason: str | None = None
    score: float | None = None
    rhymed: float | None = None
    template: tuple[str, ...] = ()
    rhymes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    above: Lines = ()
    all_readings: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data with stable ASCII keys."""
        return asdict(self) | {"remarks": [remark.as_dict() for remark in self.remarks]}


@cache
def templates() -> tuple[Template, ...]:
    """Return the shipped templates, the commonest shape of each tune first."""
    found = []
    for row in (DATA / "ci.tsv").read_text(encoding="utf-8").splitlines():
        tune, n, *cells = row.split("\t")
        lines = tuple(cell.rstrip("ABCDEFGH") for cell in cells)
        letters = tuple(cell.removeprefix(line) for cell, line in zip(cells, lines, strict=True))
        found.append(Template(tune, lines, letters, int(n)))
    return tuple(found)


def find_tune(name: str) -> str:
    """Return a tune's key by key or Chinese name.

    Raises:
        ValueError: there is no such tune; the message lists those there are.
    """
    key = _BY_CHINESE.get(name, name)
    if key not in TUNES:
        known = ", ".join(f"{key} {chinese}" for key, chinese in TUNES.items())
        raise ValueError(f"no tune called {name!r}; the tunes are {known}")
    return key


def judge_ci(text: str, tune: str | None = None, *, all_readings: bool = False) -> CiVerdict:
    """Judge a lyric by the template of a tune, or by the one whose lines it has.

    Lines may be punctuated in more or fewer pieces than the template's, as long as the lyric has
    as many characters and no rhyme falls inside a piece. Of several shapes the best one counts.
    Above the lyric may stand its title and author, as above a poem (``metrics.chinese.form``).

    Args:
        text: any text; simplified or traditional characters.
        tune: the tune demanded, by key or Chinese name; None to find it by the lines.
        all_readings: whether readings that Tang poets hardly used count.

    Raises:
        ValueError: unknown tune.
    """
    wanted = find_tune(tune) if tune else None
    shapes = [t for t in templates() if wanted in (None, t.tune)]
    book = open_book("cilin", all_readings=all_readings)
    for above, lines in lines_below_titles(text):
        if fitting := [_judged(lines, t, book) for t in shapes if _fits(lines, t)]:
            best = max(fitting, key=lambda found: found.score or 0)
            return replace(best, above=above, all_readings=all_readings)
    lines = next(lines_below_titles(text))[1]
    title = TUNES[wanted] if wanted else None
    reason = f"{len(lines)} lines, {sum(map(len, lines))} characters: not the lines of " + (
        title or "a tune that is known"
    )
    return CiVerdict(wanted, title, lines, False, reason, all_readings=all_readings)


def _fits(lines: Sequence[str], template: Template) -> bool:
    lengths = tuple(map(len, lines))
    if lengths == template.lengths:
        return True
    ends, place = set(), 0
    for length in lengths:
        place += length
        ends.add(place)
    if place != sum(template.lengths):
        return False
    place = 0
    for length, letter in zip(template.lengths, template.rhymes, strict=True):
        place += length
        if letter and place not in ends:
            return False
    return True


def _judged(lines: Sequence[str], template: Template, book: Book) -> CiVerdict:
    text = "".join(lines)
    cut, place = [], 0
    for length in template.lengths:
        cut.append(text[place : place + length])
        place += length
    remarks: list[Remark] = []
    fixed = wrong = 0
    for number, (line, signs) in enumerate(zip(cut, template.lines, strict=True)):
        for index, (tone, sign) in enumerate(zip(book.classes(line), signs, strict=True)):
            if sign != "中":
                fixed += 1
                if tone not in (_WANTED[sign], "B"):
                    wrong += 1
                    key = "unknown_character" if tone == "?" else "wrong_tone"
                    remarks.append(Remark(key, number, index))
    out = _out_of_rhyme(cut, template, book)
    remarks += [Remark("out_of_rhyme", line, len(cut[line]) - 1) for line in out]
    rhyming = sum(map(bool, template.rhymes))
    return CiVerdict(
        tune=template.tune,
        title=TUNES[template.tune],
        lines=tuple(cut),
        in_form=True,
        score=1 - wrong / fixed,
        rhymed=1 - len(out) / rhyming,
        template=template.lines,
        rhymes=template.rhymes,
        remarks=tuple(sorted(remarks, key=lambda remark: (remark.line, remark.character or 0))),
    )


def _out_of_rhyme(lines: Sequence[str], template: Template, book: Book) -> list[int]:
    """Return the lines that do not rhyme with most of those under their letter."""
    out: list[int] = []
    for letter in sorted(set(template.rhymes) - {""}):
        numbers = [i for i, mark in enumerate(template.rhymes) if mark == letter]
        rows = {i: book.row(lines[i][-1]) for i in numbers}
        best: list[int] = []
        for column in (1, 2):  # level, oblique
            for group in range(len(book.groups)):
                rhyming = [i for i in numbers if rows[i][column] >> group & 1]  # type: ignore[operator]
                if len(rhyming) > max(1, len(best)):
                    best = rhyming
        out += [i for i in numbers if i not in best]
    return out
