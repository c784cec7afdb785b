"""The base class of every scenario model, and the value types that they share."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError


class Model(BaseModel):
    """Frozen, no unknown keys, no NaN and no infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def refuse(message: str) -> PydanticCustomError:
    """Return the error by which a validator refuses a value, in words of our own."""
    return PydanticCustomError("scenario", "{message}", {"message": message})


def refuse_at(faults: Iterable[tuple[tuple[int | str, ...], str]], value: Any) -> ValidationError:
    """Return one error that holds several faults, each at its own place inside ``value``."""
    details = [
        InitErrorDetails(type=refuse(message), loc=place, input=value) for place, message in faults
    ]
    return ValidationError.from_exception_data("Scenario", details)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known word, or else all (twelve) of them."""
    words = [one_line(one) for one in dict.fromkeys(known)]
    if len(word) < 100 and (near := difflib.get_close_matches(word, words, n=1)):
        return f"; did you mean {quoted(near[0])}?"
    if not words:
        return "; there are none"
    more = f" and {len(words) - 12} more" if len(words) > 12 else ""
    return f"; there {'are' if len(words) > 1 else 'is'} {', '.join(words[:12])}{more}"


# Characters with a meaning in case ids ("/"), in --only ("=" and ",") and in globs.
_NOT_IN_LABEL = re.compile(r"[\s/,=*?]")


def _check_label(label: str) -> str:
    if not label:
        raise refuse("must not be empty")
    if bad := [c for c in label if _NOT_IN_LABEL.match(c) or not c.isprintable()]:
        raise refuse(f"a label goes into case ids and must not contain {bad[0]!r}")
    return label


def label_from(text: str) -> str:
    """Turn any text, such as a file name, into a label: what is not allowed becomes ``-``."""
    return _NOT_IN_LABEL.sub("-", "".join(c if c.isprintable() else "-" for c in text)) or "-"


def one_line(text: str) -> str:
    """Return text fit to print inside a line: shortened, and quoted where it has control codes."""
    return printable(text if len(text) <= 80 else f"{text[:79]}…")


def printable(text: str) -> str:
    """Return text, quoted where it has control codes."""
    return text if text.isprintable() else repr(text)


def quoted(value: object) -> str:
    """Return a value as it can stand in a message: quoted if it is text, and shortened."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:78]}…{text[-1]}"


def check_text(text: str) -> str:
    """Refuse text that no tokenizer takes: lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse("is not valid Unicode text (it has half a surrogate pair)") from None
    return text


Label = Annotated[str, AfterValidator(_check_label)]
Text = Annotated[str, AfterValidator(check_text)]
Whole = Annotated[int, Strict()]
Count = Annotated[Whole, Field(ge=1, le=1_000_000)]
Switch = Annotated[bool, Strict()]
Number = Annotated[float, Strict()]

Item = TypeVar("Item")


def no_duplicates(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Refuse a list in which two entries have the same label."""
    first: dict[str, int] = {}
    faults: list[tuple[tuple[int | str, ...], str]] = []
    for index, item in enumerate(items):
        label = label_of(item)
        if label in first:
            faults.append(
                ((index,), f"{quoted(label)} is there already, as entry {first[label] + 1}")
            )
        first.setdefault(label, index)
    if faults:
        raise refuse_at(faults, items)
    return items


def label_of(item: object) -> str:
    """Return the word by which ids, rules and ``--only`` call an entry of an axis."""
    label = getattr(item, "label", None)
    return str(getattr(item, "name", item) if label is None else label)


def as_list(value: Any) -> Any:
    """Let a single entry stand for a list of one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


OneOrMore = Annotated[tuple[Item, ...], Field(min_length=1), AfterValidator(no_duplicates)]
Several = Annotated[tuple[Item, ...], BeforeValidator(as_list)]
