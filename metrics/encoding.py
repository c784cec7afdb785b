"""What the bytes of a text say: characters that broke, and how well it compresses."""

from __future__ import annotations

from metrics.score import Metric, Score
from metrics.text import WINDOW, Text

_GZIP_UNITS = WINDOW // 2


def broken_characters(text: Text) -> Score:
    """Return the share of characters that are U+FFFD, bytes that form no character.

    A broken character at the very end is the cut at ``max_length``: it is left out on both sides.
    """
    if not text.text:
        return Score(None, 0, None, "empty text")
    return Score(text.broken / len(text.text), len(text.text), 1.0)


def gzip_ratio(text: Text) -> Score:
    """Return len(gzip(utf8)) / len(utf8) of the first 128 units, put together again.

    Chinese characters are joined as they are, other units by single spaces. None below 64 units,
    where the value says more about gzip's header than about the text.
    """
    import gzip

    if len(text.window) < _GZIP_UNITS:
        reason = f"needs {_GZIP_UNITS} units, has {len(text.window)}"
        return Score(None, len(text.window), text.coverage, reason)
    joint = "" if text.script == "han" else " "
    data = joint.join(text.window).encode("utf-8", "surrogatepass")
    return Score(len(gzip.compress(data, mtime=0)) / len(data), len(text.window), text.coverage)


METRICS = (
    Metric(
        name="broken_characters",
        title="broken characters",
        unit="share",
        direction="lower",
        level="sample",
        definition="U+FFFD / characters; one cut at the text's end left out; n = characters",
        source="Unicode Standard, 3.9 (maximal subparts)",
        cannot_judge="texts whose broken bytes were dropped, not replaced, when decoded",
        compute=broken_characters,
        group="repetition",
    ),
    Metric(
        name="gzip_ratio",
        title="gzip",
        unit="ratio",
        direction="neither",
        level="sample",
        definition=f"len(gzip(utf8)) / len(utf8) of the first {WINDOW} units; n = units",
        source="RFC 1952; the header's 20 bytes included",
        cannot_judge=f"texts under {_GZIP_UNITS} units; compare equal n and one script only",
        compute=gzip_ratio,
        group="repetition",
    ),
)
