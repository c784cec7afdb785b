"""What reading gives: the raw texts of a source, and the two sides made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.values import did_you_mean, quoted


class DataError(Exception):
    """Why a data set cannot be used: one message for people, with what to do about it.

    Attributes:
        key: the option that is wrong, as scenarios call it; None where the content is.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Found:
    """The texts of a source, as they stand there and in its order; some may be empty.

    Attributes:
        texts: valid Unicode (no lone surrogates).
        source: where they come from, for people.
        licence: what the source itself says about it; None where it says nothing.
        dropped: what the reader left out, reason -> how many.
        nothing: why there is no text, in a few words, where there is none and nothing was dropped.
    """

    texts: Sequence[str]
    source: str
    licence: str | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    nothing: str = "it is empty"


@dataclass(frozen=True)
class Texts:
    """The texts of a training, in the order in which they are taken.

    Attributes:
        train: at least one; a text that stands in the source twice may stand here twice.
        held_out: between 1 and 512 different texts, none of which is in ``train``.
        facts: plain data for the record: ``dataset`` (label), ``source``, ``licence``, ``texts``
            and ``characters`` (of ``train``), ``asked`` (how many were; None: all),
            ``held_out_texts``, ``texts_in_set`` (non-empty ones), ``set_aside`` (held out, but
            beyond the 512), ``dropped_empty``, ``dropped`` (reason -> how many) and ``sides`` (the
            rule of division in words).
    """

    train: list[str]
    held_out: list[str]
    facts: dict[str, Any]


def instead(word: str, known: Sequence[str], what: str) -> str:
    """Return what there is instead of a word: `` (columns: 'a', 'b')``.

    A name that is near comes first: ``; did you mean 'a'? (columns: 'a', 'b')``.
    """
    near = did_you_mean(word, known)
    if not near.startswith("; did you mean"):
        near = ""  # it names all there are, which the bracket does
    names = ", ".join(map(quoted, known[:_MOST_NAMED])) or "none"
    more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
    return f"{near} ({what}: {names}{more})"


_MOST_NAMED = 20


def whole_characters(text: str) -> str:
    """Return text in which half surrogate pairs, which no tokenizer takes, are U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
