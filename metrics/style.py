"""How a text is written: script, case, punctuation, length of sentences. No value is the best one.

They show what fine-tuning took on: a model tuned on posts without capitals writes without them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from metrics.score import Metric, Score
from metrics.text import Text, is_han, units_of

# A run of stops with the quotation marks that close after it, before a space or the end; a Chinese
# stop needs no space; a line break ends a sentence too. Possessive, and looked for only where a run
# begins, so that a megabyte of stops takes no longer than a megabyte of words.
_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|\Z)|[。！？]++[.!?…”’」』）]*+|[\n\r\v\f\x85\u2028\u2029]+"
)
_SOURCE = "versebench"
_CUT = "a sentence ends at . ! ? … before a space, at 。！？, or at a line break"


def cut_sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each sentence without what ends it, and whether anything does.

    One is empty where an end follows another; spaces after the last end are none. An abbreviation
    ("Mr. Smith") ends a sentence as well: nothing but a dictionary could tell.
    """
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()], True
        start = end.end()
    if not text[start:].isspace() and start < len(text):
        yield text[start:], False


def own_sentences(text: Text) -> tuple[tuple[str, bool], ...]:
    """Return the sentences that the text itself begins, not those that the prompt began."""
    found = tuple(cut_sentences(text.text))
    given = tuple(cut_sentences(text.prompt))
    return found[1:] if given and not given[-1][1] else found


def _characters(text: Text) -> Counter[str]:
    return Counter("".join(text.text.split()))


def cjk_share(text: Text) -> Score:
    """Return Chinese characters / letters; None without letters."""
    counts = text.once(_characters)
    han = sum(count for c, count in counts.items() if is_han(c))
    others = sum(
        n for c, n in counts.items() if unicodedata.category(c)[0] == "L" and not is_han(c)
    )
    if not han + others:
        return Score(None, 0, text.coverage, "no letters")
    return Score(han / (han + others), han + others, 1.0)


def uppercase_share(text: Text) -> Score:
    """Return upper-case letters / letters that have case; None where none has."""
    counts = text.once(_characters)
    upper = sum(count for c, count in counts.items() if c.isupper())
    lower = sum(count for c, count in counts.items() if c.islower())
    if not upper + lower:
        return Score(None, 0, None, "no letters that have case")
    return Score(upper / (upper + lower), upper + lower, 1.0)


def capitalised_sentences(text: Text) -> Score:
    """Return the share of sentences whose first letter is a capital.

    Sentences that the prompt began are left out, and those that begin with a digit or a letter
    without case.
    """
    starts = [
        next((character for character in sentence if character.isalnum()), "")
        for sentence, _ in text.once(own_sentences)
    ]
    cased = [start for start in starts if start.isupper() or start.islower()]
    if not cased:
        return Score(None, 0, 0.0, "no sentence that begins with a letter that has case")
    judged = len(cased) / sum(1 for start in starts if start)
    return Score(sum(map(str.isupper, cased)) / len(cased), len(cased), judged)


def punctuation_share(text: Text) -> Score:
    """Return punctuation marks / characters other than spaces; None for an empty text."""
    counts = text.once(_characters)
    if not counts:
        return Score(None, 0, None, "empty text")
    marks = sum(n for c, n in counts.items() if unicodedata.category(c)[0] == "P")
    return Score(marks / counts.total(), counts.total(), 1.0)


def sentence_length(text: Text) -> Score:
    """Return the mean number of units of the sentences that the text both begins and ends."""
    own = [(len(units_of(sentence)), ended) for sentence, ended in text.once(own_sentences)]
    lengths = [units for units, ended in own if ended and units]
    if not lengths:
        return Score(None, 0, 0.0, "no sentence that the text both begins and ends")
    judged = len(lengths) / sum(1 for units, _ in own if units)
    return Score(sum(lengths) / len(lengths), len(lengths), judged)


METRICS = (
    Metric(
        name="cjk_share",
        title="Chinese characters",
        unit="share",
        direction="neither",
        level="sample",
        definition="Chinese characters / letters of any script; n = letters",
        source="Unicode Standard, general category L and the ideograph blocks",
        cannot_judge="texts without letters (None); kana and hangul are other letters",
        compute=cjk_share,
        group="style",
    ),
    Metric(
        name="uppercase_share",
        title="capitals",
        unit="share",
        direction="neither",
        level="sample",
        definition="upper-case letters / letters that have case; n = letters that have case",
        source="Unicode Standard, 4.2 (case)",
        cannot_judge="scripts without case, such as Chinese (None)",
        compute=uppercase_share,
        group="style",
    ),
    Metric(
        name="capitalised_sentences",
        title="sentences capitalised",
        unit="share",
        direction="neither",
        level="sample",
        definition=(
            "sentences whose first letter is a capital / sentences that begin with a letter that "
            f"has case, the prompt's left out; {_CUT}; n = sentences"
        ),
        source=_SOURCE,
        cannot_judge="scripts without case and texts of one sentence (None); an abbreviation's "
        "stop counts as an end",
        compute=capitalised_sentences,
        group="style",
    ),
    Metric(
        name="punctuation_share",
        title="punctuation",
        unit="share",
        direction="neither",
        level="sample",
        definition="punctuation marks / characters other than spaces; n = characters",
        source="Unicode Standard, general category P",
        cannot_judge="empty texts (None); compare one script only",
        compute=punctuation_share,
        group="style",
    ),
    Metric(
        name="sentence_length",
        title="sentence length",
        unit="units",
        direction="neither",
        level="sample",
        definition=(
            "mean units of the sentences that the text itself both begins and ends; "
            f"{_CUT}; n = sentences"
        ),
        source=_SOURCE,
        cannot_judge="texts that end no sentence (None), so it reads low where max_length cuts "
        "long sentences; compare one script only",
        compute=sentence_length,
        group="style",
    ),
)
