"""Loops: whether a text ends in the same words again and again, exactly.

A greedy model that loops repeats a cycle to the end of the text. So a loop is a *periodic suffix*:
at least two periods, the last one possibly cut. Loops that drift (a counter in each cycle) are no
exact loops; ``seq_rep_4`` catches those.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from metrics.score import Metric, Score
from metrics.text import Text

_MIN_COVERAGE = 0.2
_MIN_REPEATS = 3
_MIN_REPEATED = 8  # tokens after the first period, where there are fewer than three periods


@dataclass(frozen=True)
class Loop:
    """A periodic suffix: the last ``length`` of ``total`` tokens repeat every ``period``."""

    period: int
    length: int
    total: int

    @property
    def repeats(self) -> float:
        """Periods in the suffix, two or more; the last one may be cut."""
        return self.length / self.period

    @property
    def coverage(self) -> float:
        """Share of the tokens that the suffix takes."""
        return self.length / self.total

    @property
    def is_loop(self) -> bool:
        """Whether this is a loop rather than a phrase said twice.

        It is when it covers a fifth of the text or more and has either three periods or eight
        tokens after the first period.
        """
        return self.coverage >= _MIN_COVERAGE and (
            self.repeats >= _MIN_REPEATS or self.length - self.period >= _MIN_REPEATED
        )


def periodic_suffixes(tokens: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield (smallest period, length) of each suffix of two periods or more, shortest first.

    The prefix function pi of the reversed tokens gives, for a prefix of m tokens, its smallest
    period m - pi[m]. O(L) time and memory.
    """
    reverse = tokens[::-1]
    pi = [0] * len(reverse)
    k = 0
    for i in range(1, len(reverse)):
        while k and reverse[i] != reverse[k]:
            k = pi[k - 1]
        if reverse[i] == reverse[k]:
            k += 1
        pi[i] = k
        if 2 * k >= i + 1:
            yield i + 1 - k, i + 1


def longest_periodic_suffix(tokens: Sequence[Hashable]) -> Loop | None:
    """Return the longest suffix of two periods or more, loop or not; None if there is none."""
    longest = None
    for longest in periodic_suffixes(tokens):  # noqa: B007 (only the last is wanted)
        pass
    return Loop(*longest, len(tokens)) if longest else None


def find_loop(tokens: Sequence[Hashable]) -> Loop | None:
    """Return the longest periodic suffix that is a loop (see ``Loop.is_loop``), or None."""
    longest = None
    for period, length in periodic_suffixes(tokens):
        # The rule of is_loop, written out: no object per suffix in a text that is one long loop.
        if length >= _MIN_REPEATS * period or length - period >= _MIN_REPEATED:
            longest = (period, length)
    loop = Loop(*longest, len(tokens)) if longest else None
    return loop if loop and loop.is_loop else None


def text_loop(text: Text) -> Loop | None:
    """Return the loop that the text ends in: in its ids where it has them, else in its units."""
    return find_loop(text.tokens)


def _share(text: Text) -> Score:
    return _score(text, 1.0 if text.once(text_loop) else 0.0)


def _coverage(text: Text) -> Score:
    loop = text.once(text_loop)
    return _score(text, loop.coverage if loop else 0.0)


def _score(text: Text, value: float) -> Score:
    if not text.tokens:
        return Score(None, 0, None, "empty text")
    return Score(value, len(text.tokens), text.coverage if text.ids is None else 1.0)


_RULE = "a suffix of 2 periods or more that covers 20 % and has 3 periods or 8 tokens repeated"

METRICS = (
    Metric(
        name="loop_share",
        title="loop",
        unit="share",
        direction="lower",
        level="sample",
        definition=f"1 if the text ends in a loop, else 0: {_RULE}; in ids, else units; n = tokens",
        source="after Holtzman et al. 2020 (arXiv 1904.09751), repetition %",
        cannot_judge="loops that drift (a counter in each cycle) or that the model left again",
        compute=_share,
        group="repetition",
    ),
    Metric(
        name="loop_coverage",
        title="loop coverage",
        unit="share",
        direction="lower",
        level="sample",
        definition="share of the text's tokens inside the loop it ends in, 0 without; n = tokens",
        source="versebench, with the rule of loop_share",
        cannot_judge="as loop_share",
        compute=_coverage,
        group="repetition",
    ),
)
