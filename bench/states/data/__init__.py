"""The texts that a state is trained on: read, divided into two sides, and fingerprinted.

``read`` gives the texts, ``fingerprint`` a hash of the content they come from, without importing
anything heavy; ``look`` finds what is wrong at first sight; ``prepare`` fetches what a library can
fetch. One module per kind of data set reads its files; ``sides.py`` divides the texts. Whatever is
wrong with the data is a ``DataError``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from bench.states.data import (
    chinese_poetry,
    files,
    huggingface,
    json_lines,
    sample,
    sides,
    table,
    text_file,
    tfds,
    tfds_folder,
)
from bench.states.data.found import DataError, Found, Texts
from scenarios.data_sets import (
    ChinesePoetry,
    Csv,
    DataSet,
    HuggingFace,
    JsonLines,
    Sample,
    TextFile,
    Tfds,
)

__all__ = ["DataError", "Texts", "fingerprint", "look", "prepare", "read"]

# Part of every fingerprint: raise it when the same content comes to be read as other texts.
_READING = "1"


def read(data: DataSet, seed: int) -> Texts:
    """Read a data set and divide it into the texts to train on and the held-out ones.

    Args:
        data: where the texts are and which of them to take.
        seed: of the order in which texts are taken where ``data.shuffle`` is true.

    Raises:
        DataError: the data are not there, cannot be read as what they are said to be, or are too
            few to be divided. A ``tfds`` data set that is not prepared is fetched first.
    """
    found = _found(data)
    kept = [text for text in found.texts if text.strip()]
    empty = len(found.texts) - len(kept)
    if not kept:
        raise DataError(f"{data.label}: no text in {found.source} ({_why_none(found)})")
    divided = sides.divide(kept, data.held_out)
    if divided is None:
        raise DataError(
            f"{data.label}: too small: {found.source} has one text only, and training needs at "
            "least two different ones, one of them held out"
        )
    train = sides.take(divided.train, data.texts, seed if data.shuffle else None)
    facts: dict[str, Any] = {
        "dataset": data.label,
        "source": found.source,
        "licence": found.licence,
        "texts": len(train),
        "asked": data.texts,
        "held_out_texts": len(divided.held_out),
        "characters": sum(map(len, train)),
        "texts_in_set": len(kept),
        "set_aside": divided.unused,
        "dropped_empty": empty,
        "dropped": dict(found.dropped),
        "sides": sides.RULE,
    }
    return Texts(train, divided.held_out, facts)


def fingerprint(data: DataSet) -> str:
    """Return a SHA-256 of the content that ``read`` reads, wherever it lies; no heavy imports.

    It does not cover the options: ``data.choices`` does.

    Raises:
        DataError: the content is not there or cannot be read.
    """
    total = hashlib.sha256(f"{data.key}\0{_READING}\0".encode())
    total.update(_content(data).encode())
    return total.hexdigest()


def look(data: DataSet) -> None:
    """See that a data set on this machine has the column, key or collection that is asked for.

    Cheap, whatever its size: a header, a first line or a folder's own description is read. A data
    set that a library can fetch, and one whose place the command line has yet to say, pass.

    Raises:
        DataError: it has not; ``key`` names the option that is wrong.
    """
    match data:
        case ChinesePoetry():
            chinese_poetry.look(data)
        case Tfds():
            tfds_folder.look(data)
        case TextFile():
            next(files.lines(Path(data.path)), None)
        case JsonLines():
            json_lines.look(data)
        case Csv():
            table.look(data)
        case HuggingFace():
            huggingface.look(data)


def prepare(data: DataSet) -> None:
    """Fetch a data set that a library can fetch and that is not on this machine yet.

    Does nothing for the kinds that are local files. Call it before ``fingerprint``.

    Raises:
        DataError: it cannot be fetched; says how to prepare it on a machine with a network.
    """
    if isinstance(data, Tfds):
        tfds.prepare(data)


def _found(data: DataSet) -> Found:
    match data:
        case Sample():
            return sample.texts(data)
        case ChinesePoetry():
            return chinese_poetry.texts(data)
        case Tfds():
            return tfds.texts(data)
        case TextFile():
            return text_file.texts(data)
        case JsonLines():
            return json_lines.texts(data)
        case Csv():
            return table.texts(data)
        case HuggingFace():
            return huggingface.texts(data)
    raise TypeError(type(data).__name__)


def _why_none(found: Found) -> str:
    left_out = [f"{count:,} left out: {reason}" for reason, count in found.dropped.items()]
    if found.texts:
        left_out.append(f"all {len(found.texts):,} are empty")
    return "; ".join(left_out) or found.nothing


def _content(data: DataSet) -> str:
    match data:
        case Sample():
            return sample.fingerprint(data)
        case ChinesePoetry():
            return chinese_poetry.fingerprint(data)
        case Tfds():
            return tfds.fingerprint(data)
        case TextFile() | JsonLines() | Csv():
            return files.digest([Path(data.path)])
        case HuggingFace():
            return huggingface.fingerprint(data)
    raise TypeError(type(data).__name__)
