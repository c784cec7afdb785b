"""Form first (工整): how a text is cut into poems and lines, and which form a poem has.

A line of verse is what stands between two marks of punctuation or spaces. Every other character
counts, also one that is no Chinese character: a line with a Latin letter or a □ in it is as long as
it looks. Quotation marks and characters that show nothing are passed over.

The poem is the whole text if that has the form; else each paragraph (between blank lines), or each
row that is a complete poem by itself. Up to two rows without punctuation above a poem are its title
and author; a dot, as in 浣溪沙·春情, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of regulated verse: so many lines of so many characters."""

    key: str
    chinese: str
    english: str
    lines: int
    length: int


FORMS: Mapping[str, Form] = {
    form.key: form
    for form in (
        Form("wujue", "五绝", "quatrain of five-character lines", 4, 5),
        Form("qijue", "七绝", "quatrain of seven-character lines", 4, 7),
        Form("wulv", "五律", "eight lines of five characters", 8, 5),
        Form("qilv", "七律", "eight lines of seven characters", 8, 7),
    )
}
_BY_SHAPE = {(form.lines, form.length): form for form in FORMS.values()}
_BY_NAME = {form.chinese: form for form in FORMS.values()} | {
    "五言绝句": FORMS["wujue"],
    "七言绝句": FORMS["qijue"],
    "五言律诗": FORMS["wulv"],
    "七言律诗": FORMS["qilv"],
}

_MARKS = r"\s，。！？；、：,.!?;:…—–~～·・|/\\()（）\[\]【】〔〕《》〈〉{}\-"
_LINE = re.compile(f"[^{_MARKS}]+")
_PUNCTUATION = re.compile(f"[{_MARKS}]")
# Quotation marks; soft hyphen, zero-width and bidi characters, byte order mark, NUL.
_UNSEEN = re.compile("[「」『』“”‘’\"'`\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00]+")
_TITLE_SIGNS = re.compile("[《》〈〉·・]")  # what a title may hold and still have no punctuation
_MOST_TITLE_ROWS = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """One poem cut from a text.

    Attributes:
        lines: the lines to judge, without punctuation.
        form: its form, or None; then ``reason`` says what is wrong.
        reason: why the poem has no form, or not the one demanded.
        extra: lines that follow where the demanded form should have ended.
        title: rows above the poem.
    """

    lines: Lines
    form: Form | None
    reason: str | None = None
    extra: int = 0
    title: Lines = ()


def find_form(name: str) -> Form:
    """Return a form by its key (``qijue``) or its Chinese name (七绝, 七言绝句).

    Raises:
        ValueError: there is no such form; the message lists those there are.
    """
    form = FORMS.get(name) or _BY_NAME.get(name)
    if form is None:
        known = ", ".join(f"{form.key} {form.chinese}" for form in FORMS.values())
        raise ValueError(f"no form called {name!r}; the forms are {known}")
    return form


def cut_lines(text: str) -> Lines:
    """Cut a text into lines of verse at punctuation and spaces."""
    return tuple(_LINE.findall(_UNSEEN.sub("", text)))


def cut_poems(text: str, demanded: Form | None = None) -> tuple[Cut, ...]:
    """Cut a text into its poems; there is always at least one, perhaps without lines."""
    text = _UNSEEN.sub("", text)
    lines = tuple(_LINE.findall(text))
    if "\n" not in text.strip():
        return (recognise(lines, demanded),)
    rows = [[tuple(_LINE.findall(row)) for row in part] for part in _paragraphs(text)]
    each = [row for part in rows for row in part]
    if len(each) > 1 and all(_is_poem(row, demanded) for row in each):
        return tuple(recognise(row, demanded) for row in each)
    whole = recognise(lines, demanded)
    if whole.form and not whole.extra:
        return (whole,)
    return tuple(_below_title(part, demanded) for part in _with_titles(_paragraphs(text)))


def recognise(lines: Lines, demanded: Form | None = None) -> Cut:
    """Return the lines with their form, or with what keeps them from having one."""
    if demanded is None:
        shape = len(lines), len(lines[0]) if lines else 0
        found = _BY_SHAPE.get(shape)
        if found and all(len(line) == found.length for line in lines):
            return Cut(lines, found)
        return Cut(lines, None, _shape_fault(lines))
    wanted = lines[: demanded.lines]
    if len(wanted) < demanded.lines:
        return Cut(lines, None, f"{len(lines)} lines, {demanded.chinese} has {demanded.lines}")
    for number, line in enumerate(wanted, 1):
        if len(line) != demanded.length:
            fault = f"line {number} has {len(line)} characters, {demanded.chinese} has "
            return Cut(lines, None, fault + str(demanded.length))
    return Cut(wanted, demanded, extra=len(lines) - demanded.lines)


def _shape_fault(lines: Lines) -> str:
    if not lines:
        return "no line of verse"
    lengths = {len(line) for line in lines}
    if len(lengths) > 1:
        return f"lines of {min(lengths)} to {max(lengths)} characters"
    return f"{len(lines)} lines of {len(lines[0])} characters; known are 4 or 8 lines of 5 or 7"


def _is_poem(lines: Lines, demanded: Form | None) -> bool:
    cut = recognise(lines, demanded)
    return cut.form is not None and not cut.extra


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the rows between blank rows."""
    rows: list[str] = []
    for row in text.splitlines():
        if _LINE.search(row):
            rows.append(row.strip())
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows


def _with_titles(paragraphs: Iterator[list[str]]) -> Iterator[list[str]]:
    """Join a paragraph that can only be a title to the one below it."""
    above: list[str] = []
    for rows in paragraphs:
        if len(above) + len(rows) <= _MOST_TITLE_ROWS and all(map(_can_be_title, rows)):
            above += rows
        else:
            yield above + rows
            above = []
    if above:
        yield above


def _can_be_title(row: str) -> bool:
    return not _PUNCTUATION.search(_TITLE_SIGNS.sub("", row))


def _below_title(rows: Sequence[str], demanded: Form | None) -> Cut:
    for title, lines in _below_titles(rows):
        cut = recognise(lines, demanded)
        if cut.form:
            return Cut(cut.lines, cut.form, None, cut.extra, title)
    return recognise(_flat(rows), demanded)


def lines_below_titles(text: str) -> Iterator[tuple[Lines, Lines]]:
    """Yield every way to read a text as one poem: (title rows, lines of verse), no title first."""
    rows = [row.strip() for row in _UNSEEN.sub("", text).splitlines() if _LINE.search(row)]
    return _below_titles(rows)


def _below_titles(rows: Sequence[str]) -> Iterator[tuple[Lines, Lines]]:
    yield (), _flat(rows)
    for above in range(1, min(_MOST_TITLE_ROWS, len(rows) - 1) + 1):
        if not _can_be_title(rows[above - 1]):
            return
        yield tuple(rows[:above]), _flat(rows[above:])


def _flat(rows: Sequence[str]) -> Lines:
    return tuple(line for row in rows for line in _LINE.findall(row))
