"""The prepared view of one generated text that every metric reads.

A metric never cuts text into units itself: it asks ``Text``, so that two metrics always speak of
the same units, and nothing is computed twice.

**Units.** One rule for all scripts: a character of a script written without spaces (Chinese, kana,
Thai, Lao, Khmer, Burmese) is a unit; elsewhere a unit is a casefolded run of letters, combining
marks and apostrophes, which on ASCII text is exactly ``[A-Za-z']+``. Punctuation, digits, symbols,
broken characters and spaces are no units. A text without a single letter ("!!!!", "1 2 3") would
escape every metric that way, so there each character that is not a space is a unit.

**Boundaries.** Units form one flat sequence per text: an n-gram may run across a line break or a
full stop inside a text (as in the published definitions of rep-n, and so that a loop of one-word
lines is seen), and never from one text into the next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, cast

T = TypeVar("T")
Script = Literal["han", "latin", "other", "mixed", "none"]

REPLACEMENT = "\ufffd"
WINDOW = 128  # units of each text that the size-dependent metrics read
_DOMINANT = 0.8  # share of the letters that one script needs to name the text
_LONGEST_CUT = 3  # a character of four bytes cut short leaves at most three broken bytes
_TABLE_LIMIT = 50_000  # entries kept, so that hostile text cannot grow a table without end

_HAN = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_HAN_SIGNS = (0x3005, 0x3007)  # 々 〇
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3041, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9F),  # half-width kana
)


def is_han(character: str) -> bool:
    """Whether the character is a Chinese one (any plane; 々 and 〇 included)."""
    return _is_han(ord(character))


def _is_han(code: int) -> bool:
    return any(low <= code <= high for low, high in _HAN) or code in _HAN_SIGNS


class _Table(dict[int, str]):
    """A ``str.translate`` table that works out a code point when it first meets it."""

    def __init__(self, make: Callable[[int], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, code: int) -> str:
        if len(self) >= _TABLE_LIMIT:
            self.clear()
        made = self[code] = self._make(code)
        return made


def _unit_of(code: int) -> str:
    """What a code point becomes before the text is split at spaces."""
    character = chr(code)
    if _is_han(code):
        return f" {character} "
    category = unicodedata.category(character)
    if category[0] in "LM":
        if any(low <= code <= high for low, high in _SPACELESS):
            return f" {character} "
        return character.casefold()
    if character in "'’":
        return "'"
    # Format characters (bidi controls, joiners, soft hyphens) show nothing and part nothing,
    # except the zero-width space, which is there to part words.
    return "" if category == "Cf" and code != 0x200B else " "


def _script_of(code: int) -> str:
    """Return h(an), l(atin) or o(ther) for a letter, nothing for the rest."""
    if _is_han(code):
        return "h"
    character = chr(code)
    if unicodedata.category(character)[0] != "L":
        return ""
    return "l" if "LATIN" in unicodedata.name(character, "").split()[:2] else "o"


_UNITS = _Table(_unit_of)
_SCRIPTS = _Table(_script_of)


@dataclass(frozen=True)
class Text:
    """One generated text, prepared for the metrics. Make it with ``Text.of``.

    Attributes:
        raw: the continuation as generated, without the prompt; any string.
        ids: its token ids, or None where the text did not come from a model.
        prompt: what the model was given; the metrics of verse read ``prompt + text``.
        form: the verse form asked for (``qijue``, ``sonnet``, ...), or None.
    """

    raw: str
    ids: tuple[int, ...] | None = None
    prompt: str = ""
    form: str | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        text: str,
        ids: Sequence[int] | None = None,
        *,
        prompt: str = "",
        form: str | None = None,
    ) -> Text:
        """Prepare ``text``; nothing is computed until it is asked for."""
        return cls(text, None if ids is None else tuple(ids), prompt, form)

    def once(self, make: Callable[[Text], T]) -> T:
        """Return ``make(self)``, computed at the first call and kept with the text.

        For what several metrics share, e.g. the poem that a text was parsed into; ``make`` must
        be a module-level function, since it is the key.
        """
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    @cached_property
    def text(self) -> str:
        """``raw`` without the broken character that a cut at ``max_length`` leaves at its end."""
        end = len(self.raw)
        while end > max(0, len(self.raw) - _LONGEST_CUT) and self.raw[end - 1] == REPLACEMENT:
            end -= 1
        return self.raw[:end]

    @cached_property
    def broken(self) -> int:
        """Broken characters (U+FFFD) inside the text; the cut at its end is not counted."""
        return self.text.count(REPLACEMENT)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines that hold anything, spaces at both ends removed."""
        stripped = (line.strip() for line in self.text.splitlines())
        return tuple(line for line in stripped if line)

    @cached_property
    def script(self) -> Script:
        """The script of at least 80 % of the letters; ``mixed``, or ``none`` without letters."""
        letters = self.text.translate(_SCRIPTS)
        if not letters:
            return "none"
        names: dict[str, Script] = {"h": "han", "l": "latin", "o": "other"}
        for letter, name in names.items():
            if letters.count(letter) >= _DOMINANT * len(letters):
                return name
        return "mixed"

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Characters or casefolded words, in order (see the top of this file)."""
        return units_of(self.text) or tuple("".join(self.text.replace(REPLACEMENT, "").split()))

    @property
    def window(self) -> tuple[str, ...]:
        """The first ``WINDOW`` units: metrics that grow or shrink with the size read these."""
        return self.units[:WINDOW]

    @cached_property
    def coverage(self) -> float:
        """Share of the characters other than spaces that became units; 0 for an empty text."""
        visible = sum(map(len, self.text.split()))
        return min(1.0, sum(map(len, self.units)) / visible) if visible else 0.0

    @property
    def tokens(self) -> Sequence[int | str]:
        """The ids where there are any, else the units: what a loop is looked for in."""
        return self.units if self.ids is None else self.ids

    def ngrams(self, n: int) -> int:
        """How many n-grams the units have: ``max(0, L - n + 1)``."""
        return max(0, len(self.units) - n + 1)

    def distinct_ngrams(self, n: int) -> int:
        """How many different n-grams the units have (kept: several metrics need it)."""
        key = ("distinct", n)
        if key not in self._made:
            self._made[key] = len(set(ngrams(self.units, n)))
        return cast(int, self._made[key])


def units_of(text: str) -> tuple[str, ...]:
    """Cut any text into its characters or words; none where there are no letters."""
    return tuple(unit for unit in text.translate(_UNITS).split() if unit.strip("'"))


def ngrams(tokens: Sequence[T], n: int) -> zip[tuple[T, ...]]:
    """Yield the n-grams of ``tokens`` in order; none where there are fewer than n."""
    return zip(*(tokens[i:] for i in range(n)), strict=False)
