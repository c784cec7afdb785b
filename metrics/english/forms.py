"""Verse forms of English: what shape, rhyme scheme and metre each asks for.

Sources: Attridge, *Poetic Rhythm* (1995); Fussell, *Poetic Meter and Poetic Form* (1979); the
schemes of the sestet after Fussell ch. 7. Haiku is counted in syllables, 5-7-5, as English usage
has it.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from metrics.english.scheme import UNRHYMED

_OCTAVE = "ABBAABBA"
_SESTETS = (
    "CDECDE",
    "CDCDCD",
    "CDEDCE",
    "CDCEDE",
    "CDDCDC",
    "CDDCEE",
    "CDCDEE",
    "CCDEED",
    "CDDECE",
)


@dataclass(frozen=True)
class Form:
    """One verse form.

    Attributes:
        name: stable ASCII key.
        title: its name in a table.
        stanza: lines of a stanza; a poem in this form is whole stanzas.
        stanzas: how many, or None for any number.
        schemes: the rhyme schemes it may have, one letter a line of the stanza, ``x`` unrhymed;
            () where rhyme is not asked for.
        metre: key of ``METRES``, or None.
        syllables: syllables of each line, or () where the metre or nothing says it.
    """

    name: str
    title: str
    stanza: int
    stanzas: int | None = None
    schemes: tuple[str, ...] = ()
    metre: str | None = None
    syllables: tuple[int, ...] = ()

    def why_not(self, lines: int, breaks: Sequence[int] = ()) -> str | None:
        """Return why a poem of this many lines and these stanza breaks has not this shape."""
        if self.stanzas is not None and lines != self.stanza * self.stanzas:
            return f"{lines} lines, a {self.title} has {self.stanza * self.stanzas}"
        if lines == 0 or lines % self.stanza:
            return f"{lines} lines, not whole stanzas of {self.stanza} ({self.title})"
        if self.stanzas is None and any(at % self.stanza for at in breaks):
            return f"a blank line inside a stanza of {self.stanza} lines ({self.title})"
        return None


FORMS = {
    form.name: form
    for form in (
        Form("couplets", "rhymed couplets", 2, None, ("AA",)),
        Form("quatrain", "quatrain", 4, None, ("ABAB", "AABB", "ABBA", "xAxA", "AAxA", "AAAA")),
        Form("ballad", "ballad", 4, None, ("xAxA", "ABAB"), "common_metre"),
        Form(
            *("shakespearean_sonnet", "Shakespearean sonnet", 14, 1, ("ABABCDCDEFEFGG",)),
            metre="iambic_pentameter",
        ),
        Form(
            *("petrarchan_sonnet", "Petrarchan sonnet", 14, 1),
            schemes=tuple(_OCTAVE + sestet for sestet in _SESTETS),
            metre="iambic_pentameter",
        ),
        Form("limerick", "limerick", 5, 1, ("AABBA",), "limerick"),
        Form("haiku", "haiku", 3, 1, syllables=(5, 7, 5)),
    )
}
KINDS = {"sonnet": ("shakespearean_sonnet", "petrarchan_sonnet")}  # asked for by a common name


def forms_called(name: str) -> tuple[Form, ...]:
    """Return the forms of this name: one, or the kinds of ``sonnet``.

    Raises:
        ValueError: there is no such form; the message names them all, or the nearest one.
    """
    if name in KINDS:
        return tuple(FORMS[kind] for kind in KINDS[name])
    if name in FORMS:
        return (FORMS[name],)
    known = (*FORMS, *KINDS)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
    raise ValueError(f"no English verse form called {name!r}; {hint}")


def spread(stanza_scheme: str, stanzas: int) -> str:
    """Write a stanza's scheme out for several stanzas: ``ABAB`` twice is ``ABABCDCD``."""
    letters: list[str] = []
    fresh = count()
    for _ in range(stanzas):
        names: dict[str, str] = {}
        for letter in stanza_scheme:
            if letter != UNRHYMED and letter not in names:
                names[letter] = chr(ord("A") + next(fresh) % 26)
            letters.append(names.get(letter, UNRHYMED))
    return "".join(letters)
