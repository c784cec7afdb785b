"""Which lines of a poem rhyme with one another, and how near that is to a wanted scheme."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from metrics.english.rhyme import FULL, RhymeClass, rhyme_class
from metrics.english.words import Word

Pair = tuple[int, int]
WINDOW = 4  # lines: farther apart, the ear has forgotten the first
UNRHYMED, UNKNOWN = "x", "?"
_LETTERS = string.ascii_uppercase + "".join(sorted(set(string.ascii_lowercase) - {UNRHYMED}))


@dataclass(frozen=True)
class Link:
    """Two lines whose last words echo each other (line numbers from 0, ``first < second``)."""

    first: int
    second: int
    kind: RhymeClass


def links(ends: Sequence[Word | None], breaks: Iterable[int] = ()) -> tuple[Link, ...]:
    """Compare the last words of lines at most ``WINDOW`` apart; at most 4 links a line.

    Args:
        ends: the last word of each line, None where there is none.
        breaks: lines that begin a new stanza: no link reaches across.
    """
    found: list[Link] = []
    starts = set(breaks)
    for j, second in enumerate(ends):
        for i in range(j - 1, max(-1, j - WINDOW - 1), -1):
            if i + 1 in starts:
                break
            first = ends[i]
            if first is not None and second is not None:
                found.append(Link(i, j, rhyme_class(first, second)))
    return tuple(found)


def classes(ends: Sequence[Word | None], found: Sequence[Link]) -> list[int]:
    """Return a class number per line: the lines linked by full rhymes or the same word, united."""
    parent = list(range(len(ends)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for link in found:
        if link.kind in FULL or link.kind == "identity":
            a, b = sorted((root(link.first), root(link.second)))
            parent[b] = a
    return [root(i) for i in range(len(ends))]


def letters(ends: Sequence[Word | None], found: Sequence[Link]) -> str:
    """Return one letter per line: ``ABAB``; ``x`` for an unrhymed line, ``?`` for an unknown end.

    Letters follow one another by first line; after 51 rhymes they begin again.
    """
    groups = classes(ends, found)
    sizes = Counter(groups)
    names: dict[int, str] = {}
    for group in groups:
        if sizes[group] > 1:
            names.setdefault(group, _LETTERS[len(names) % len(_LETTERS)])
    return "".join(
        names.get(group, UNRHYMED if end is not None and end.sounds else UNKNOWN)
        for group, end in zip(groups, ends, strict=True)
    )


@dataclass(frozen=True)
class SchemeScore:
    """How the rhymes of a poem agree with a wanted scheme, as pairs of lines with known ends.

    Attributes:
        kept: wanted pairs that rhyme.
        broken: wanted pairs that do not.
        repeated: wanted pairs that end in one word twice, which is no rhyme.
        stray: pairs that share a rhyme or a word against the scheme.
    """

    kept: tuple[Pair, ...] = ()
    broken: tuple[Pair, ...] = ()
    repeated: tuple[Pair, ...] = ()
    stray: tuple[Pair, ...] = ()

    @property
    def f1(self) -> float | None:
        """F1 of line pairs, 2 kept / (2 kept + broken + repeated + stray); None if none wanted."""
        missed = len(self.broken) + len(self.repeated)
        if not len(self.kept) + missed:
            return None
        return 2 * len(self.kept) / (2 * len(self.kept) + missed + len(self.stray))


def score(
    ends: Sequence[Word | None], found: Sequence[Link], scheme: str, stanza: int
) -> SchemeScore:
    """Compare with a scheme of one letter per line, where ``x`` rhymes with nothing.

    Only lines of the same stanza (of ``stanza`` lines) are compared, and only those with known
    ends: an unknown word is neither a rhyme nor a fault. O(lines x stanza).
    """
    groups = classes(ends, found)
    kinds: dict[str, list[Pair]] = {"kept": [], "broken": [], "repeated": [], "stray": []}
    for start in range(0, len(ends), stanza):
        block = range(start, min(start + stanza, len(ends), len(scheme)))
        known = [i for i in block if (end := ends[i]) is not None and end.sounds]
        for i, j in combinations(known, 2):
            if kind := _kind(
                wanted=scheme[i] == scheme[j] != UNRHYMED,
                rhymes=groups[i] == groups[j],
                same=_same(ends[i], ends[j]),
            ):
                kinds[kind].append((i, j))
    return SchemeScore(**{kind: tuple(pairs) for kind, pairs in kinds.items()})


def _kind(wanted: bool, rhymes: bool, same: bool) -> str | None:
    if not wanted:
        return "stray" if rhymes else None
    if same:
        return "repeated"
    return "kept" if rhymes else "broken"


def _same(a: Word | None, b: Word | None) -> bool:
    return a is not None and b is not None and a.key.strip("'") == b.key.strip("'")
