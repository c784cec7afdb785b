"""The words of a poem's lines, with the sounds of each and how they are known.

Words are cut by nltk's ``NLTKWordTokenizer`` (which needs none of nltk's data), and what it parts
for syntax is joined again: *do n't*, *world 's*. A hyphenated word that no dictionary lists is its
parts, each a word to the ear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from metrics.english.lexicon import lookup
from metrics.english.phones import Sounds
from metrics.english.spelling import LISTED, by_rule, compound

Source = Literal["dictionary", "rule", "guess", "unknown"]

LONGEST_LINE = 250  # characters; a longer line is no line of verse, and is left unread
MOST_LINES = 2_000  # of one text
MOST_GUESSES = 200  # different unlisted words of one text that the network is asked for
_BLOCK = 2_000  # characters tokenised at once: nltk's patterns are quadratic on hostile text
_LINE_END = "\ue000"  # a private-use character that no pattern of nltk's knows
# Letters with their accents, apostrophes within or around, hyphens within.
_LETTERS = r"'*[^\W\d_](?:[^\W\d_]|['\u0300-\u036f])*"
_WORD = re.compile(rf"{_LETTERS}(?:-{_LETTERS})*")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})


@dataclass(frozen=True)
class Word:
    """One spoken word of a line.

    Attributes:
        text: as spelled in the line.
        start: index of its first character in the line.
        key: lower case, plain apostrophes, no other accent than *èd*: what is looked up.
        sounds: its pronunciations, likeliest first; () where unknown.
        source: how they are known: the dictionary, a spelling rule, the network's guess.
    """

    text: str
    start: int
    key: str
    sounds: tuple[Sounds, ...]
    source: Source


def read_lines(lines: Sequence[str]) -> tuple[tuple[Word, ...], ...]:
    """Return the words of each line; () for a line without words or too long to be verse.

    At most ``MOST_GUESSES`` different words of all lines are guessed; further ones are unknown, so
    that hostile text costs linear time.
    """
    guesses: dict[str, tuple[Sounds, ...]] = {}
    return tuple(
        tuple(word for text, start in tokens for word in _words(text, start, guesses))
        for tokens in _tokens([line if len(line) <= LONGEST_LINE else "" for line in lines])
    )


def _words(text: str, start: int, guesses: dict[str, tuple[Sounds, ...]]) -> Iterator[Word]:
    key = normal(text)
    if "-" in key.strip("-") and not lookup(key):
        for part in text.split("-"):
            if any(map(str.isalpha, part)):
                yield _word(part, start, normal(part), guesses)
            start += len(part) + 1
    else:
        yield _word(text, start, key, guesses)


def _word(text: str, start: int, key: str, guesses: dict[str, tuple[Sounds, ...]]) -> Word:
    bare = key.strip("'")
    if key in LISTED:
        return Word(text, start, key, LISTED[key], "rule")
    for form in dict.fromkeys((key, key.lstrip("'"), bare)):
        if found := lookup(form):
            return Word(text, start, key, found, "dictionary")
    for form in dict.fromkeys((key.lstrip("'"), bare)):
        if found := by_rule(form):
            return Word(text, start, key, found, "rule")
    if bare not in guesses and len(guesses) < MOST_GUESSES:
        from metrics.english.network import guess

        sounds = guess(bare.replace("'", "").replace("è", "e"))
        guesses[bare] = (sounds,) if sounds else ()
    found = guesses.get(bare, ()) or compound(bare)
    return Word(text, start, key, found, "guess" if found else "unknown")


def normal(word: str) -> str:
    """Return a word's dictionary form: lower case, plain apostrophes, accents off but for *èd*."""
    key = word.translate(_QUOTES).casefold()
    if key.isascii():
        return key
    sounded = unicodedata.normalize("NFC", key).endswith(("èd", "éd"))
    plain = "".join(c for c in unicodedata.normalize("NFKD", key) if c.isalpha() or c in "'-")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Lm")
    return plain[:-2] + "èd" if sounded else plain


@cache
def _tokenizer() -> Any:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return NLTKWordTokenizer()


def _tokens(lines: Sequence[str]) -> Iterator[list[tuple[str, int]]]:
    """Yield, for each line, its words and where they start."""
    block: list[str] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line) + 3
        if size > _BLOCK:
            yield from _tokens_of(block)
            block, size = [], 0
    yield from _tokens_of(block)


def _tokens_of(lines: list[str]) -> Iterator[list[tuple[str, int]]]:
    if not lines:
        return
    plain = [line.translate(_QUOTES).replace(_LINE_END, " ") for line in lines]
    tokens = iter(_tokenizer().tokenize(f" {_LINE_END} ".join(plain)))
    for shown, line in zip(lines, plain, strict=True):
        found: list[tuple[int, int]] = []
        at = 0
        for token in tokens:
            if token == _LINE_END:
                break
            start = line.find(token, at)
            if start < 0:  # a quotation mark, which nltk writes in its own way
                continue
            at = start + len(token)
            clitic = token[0] == "'" or token == "n't"
            joined = found and found[-1][1] == start and not shown[start - 1].isspace()
            if joined and (clitic or _one_word(line, found[-1][0], at)):
                found[-1] = (found[-1][0], at)
            else:
                found.append((start, at))
        spans = (
            (start + word.start(), start + word.end())
            for start, end in found
            for word in _WORD.finditer(line[start:end])
        )
        yield [(shown[start:end], start) for start, end in spans]


def _one_word(line: str, start: int, end: int) -> bool:
    """Whether nltk parted letters from letters, as in *can not*."""
    return all(c.isalpha() or c in "'-" for c in line[start:end]) and "--" not in line[start:end]
