"""The texts that a state was tuned on, as a file: gzip, one JSON object per line.

A line is ``{"side": "train", "text": "…"}``, or ``held_out`` for a text kept back from training.
The same texts give the same bytes, so that the file's digest stands for its content. A run folder
holds one for each state that was tuned in it, at ``training/<preset>-<state>/texts.jsonl.gz``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable
from pathlib import Path

from reports.atomic_file import replacing_bytes
from reports.run_folder import folder_name

TRAINING = "training"
TEXTS = "texts.jsonl.gz"
_SIDES = ("train", "held_out")


class TextsError(Exception):
    """A file of texts is missing, damaged or of another form; the text says where and what."""


def training_folder(run: Path, preset: str, state: str) -> Path:
    """Return the folder in a run folder for what belongs to one tuned state.

    Its name is ``<preset>-<state>``. Where a label has a sign that no folder name should, or the
    state's a dash, a digest follows, so that no two states share a folder.
    """
    name = f"{preset}-{state}"
    if "-" in state or folder_name(name) != name:
        digest = hashlib.sha256(json.dumps([preset, state]).encode("ascii")).hexdigest()
        name = f"{folder_name(name)}-{digest[:8]}"
    return run / TRAINING / name


def texts_path(run: Path, preset: str, state: str) -> Path:
    """Return where a run folder holds the texts of a state that was tuned in it."""
    return training_folder(run, preset, state) / TEXTS


def write_texts(path: Path, train: Iterable[str], held_out: Iterable[str]) -> None:
    """Write the texts, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    with (
        replacing_bytes(path) as raw,
        # Neither time nor name in the header, and a level of our own: the bytes depend on no more.
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
    ):
        for side, texts in zip(_SIDES, (train, held_out), strict=True):
            for text in texts:
                packed.write(json.dumps({"side": side, "text": text}).encode("ascii") + b"\n")


def read_texts(path: Path) -> tuple[list[str], list[str]]:
    """Return the texts trained on, and those held out, in the order of the file.

    Raises:
        TextsError: the file cannot be read, or a line is not as described above.
    """
    sides: dict[str, list[str]] = {side: [] for side in _SIDES}
    try:
        with gzip.open(path, "rb") as stream:
            for line in stream:
                data = json.loads(line)
                side, text = data["side"], data["text"]
                if not isinstance(text, str):
                    raise TypeError(f"text is {type(text).__name__}")
                sides[side].append(text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TextsError(f"{path} is damaged ({error}); make it again") from error
    except OSError as error:
        raise TextsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        form = '{"side": "train" or "held_out", "text": "…"}'
        number = sum(map(len, sides.values())) + 1
        raise TextsError(f"{path}, line {number}: not {form}; make it again") from error
    return sides["train"], sides["held_out"]


def texts_digest(path: Path) -> str | None:
    """Return a digest of a file of texts; None where there is none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()[:16]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return "unreadable"
