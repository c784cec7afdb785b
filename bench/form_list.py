"""The verse forms that ``--form`` and the ``form`` of a prompt take, and what each one asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from bench.judging import Language
    from metrics.english.forms import Form

_LONGEST = 30  # letters of rhyme schemes that are shown


@dataclass(frozen=True)
class NamedForm:
    """A form as people ask for it.

    Attributes:
        name: its key, in ASCII.
        also: another name that means the same: of a Chinese form its Chinese one.
        language: of its poems.
        description: lines, rhyme and metre in a few words.
    """

    name: str
    also: str | None
    language: Language
    description: str


def named_forms() -> Iterator[NamedForm]:
    """Yield every form: Chinese regulated verse, tunes of lyrics, English forms."""
    from metrics import chinese, english
    from metrics.chinese.ci import templates

    for form in chinese.FORMS.values():
        yield NamedForm(form.key, form.chinese, "chinese", f"regulated verse: {form.english}")
    for tune, title in chinese.TUNES.items():
        shapes = [one.lengths for one in templates() if one.tune == tune]
        more = f"; {len(shapes)} shapes" if len(shapes) > 1 else ""
        what = f"lyric 词: {sum(shapes[0])} characters in {len(shapes[0])} lines{more}"
        yield NamedForm(tune, title, "chinese", what)
    for own in english.FORMS.values():
        yield NamedForm(own.name, None, "english", _asked_for(own))
    for name, kinds in english.KINDS.items():
        yield NamedForm(name, None, "english", f"{' or '.join(kinds)}, whichever fits")


def _asked_for(form: Form) -> str:
    from metrics.english import METRES

    parts = [f"{form.stanza} lines" if form.stanzas == 1 else f"stanzas of {form.stanza} lines"]
    if form.syllables:
        parts.append(f"{'-'.join(map(str, form.syllables))} syllables")
    if form.schemes:
        shown = form.schemes if len("".join(form.schemes)) <= _LONGEST else form.schemes[:2]
        more = "" if shown == form.schemes else " …"
        parts.append(f"rhymed {' or '.join(shown)}{more}")
    if form.metre:
        parts.append(METRES[form.metre].title)
    return ", ".join(parts)


def print_forms(console: Console) -> None:
    """Print the forms as a table, the languages one after the other."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("form", style="bold", no_wrap=True)
    table.add_column("or", no_wrap=True)
    table.add_column("what it asks for")
    for form in named_forms():
        table.add_row(form.name, form.also or "", form.description)
    console.print(table)
    console.print(
        "\njudge a text as one with: versebench score --text FILE --form FORM", highlight=False
    )
