"""How a text is cut into the lines and stanzas of a poem, and whether it is verse at all."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.english.words import LONGEST_LINE, MOST_LINES, Word, read_lines
from metrics.text import Text

MOST_WORDS = (
    15  # words of a line of verse; the longest metre of FORMS takes at most 15 monosyllables
)
_VERSE_SHARE = 0.8  # of the lines must be short enough


@dataclass(frozen=True)
class Poem:
    """The lines of a text that have words, in order.

    Attributes:
        lines: as written, without the spaces around them.
        words: the words of each line; at least one.
        breaks: indices of the lines that begin a new stanza (after a blank line).
        unread: lines left out: no words, or too long.
        beyond: lines after the first 2,000, not looked at.
    """

    lines: tuple[str, ...]
    words: tuple[tuple[Word, ...], ...]
    breaks: tuple[int, ...]
    unread: int
    beyond: int = 0

    @property
    def ends(self) -> tuple[Word, ...]:
        """The last word of each line."""
        return tuple(words[-1] for words in self.words)

    def stanza_places(self) -> tuple[int, ...]:
        """Return each line's place in its stanza, from 0."""
        places: list[int] = []
        starts = {0, *self.breaks}
        for i in range(len(self.lines)):
            places.append(0 if i in starts else places[-1] + 1)
        return tuple(places)

    def head(self, lines: int) -> Poem:
        """Return the poem of the first lines only."""
        return Poem(
            self.lines[:lines],
            self.words[:lines],
            tuple(at for at in self.breaks if at < lines),
            self.unread,
        )


def read_poem(text: str) -> Poem:
    """Cut a text at its line breaks; blank lines part stanzas. Linear in the text."""
    raw = [" ".join(line.split()) for line in text.splitlines()]
    filled = [(i, line) for i, line in enumerate(raw) if line]
    shown = filled[:MOST_LINES]
    lines: list[str] = []
    words: list[tuple[Word, ...]] = []
    breaks: list[int] = []
    last = -1
    for (i, line), found in zip(shown, read_lines([line for _, line in shown]), strict=True):
        if not found:
            continue
        if lines and any(not between for between in raw[last + 1 : i]):
            breaks.append(len(lines))
        last = i
        lines.append(line)
        words.append(found)
    unread, beyond = len(shown) - len(lines), len(filled) - len(shown)
    return Poem(tuple(lines), tuple(words), tuple(breaks), unread, beyond)


def why_not_verse(text: Text, poem: Poem) -> str | None:
    """Return why a text is no English verse, or None where it is.

    Verse is at least two lines in Latin script, of which 80 % have at most ``MOST_WORDS`` words.
    """
    if text.script not in ("latin", "mixed"):
        return f"not in Latin script ({text.script})"
    if len(poem.lines) < 2:
        return f"needs 2 lines with English words, has {len(poem.lines)}"
    long = sum(len(words) > MOST_WORDS for words in poem.words) + poem.unread
    if long > (1 - _VERSE_SHARE) * (len(poem.lines) + poem.unread):
        return (
            f"prose: {long} lines have over {MOST_WORDS} words or {LONGEST_LINE} characters, or "
            "no words"
        )
    return None
