"""The sample shipped with versebench: regular Tang poems, one per line, compressed."""

from __future__ import annotations

from pathlib import Path

from bench.states.data import files
from bench.states.data.found import Found
from bench.states.data.verse_forms import OTHER_FORMS, form_of
from scenarios.data_sets import Sample

_HERE = Path(__file__).parent
TANG = _HERE / "tang_sample.txt.gz"


def texts(data: Sample) -> Found:
    """Return the poems of a sample, of the forms that are asked for."""
    poems = [line.rstrip("\n") for _, line in files.lines(path(data))]
    chosen = [poem for poem in poems if not data.form or form_of(poem) in data.form]
    other = len(poems) - len(chosen)
    return Found(
        chosen,
        "the Tang sample of versebench, from chinese-poetry 2.0.1",
        "poems: public domain; the collection chinese-poetry: MIT",
        {OTHER_FORMS: other} if other else {},
    )


def path(data: Sample) -> Path:
    """Return the file of a sample."""
    return {"tang": TANG}[data.sample]


def fingerprint(data: Sample) -> str:
    """Return a hash of the sample's content."""
    return files.digest([path(data)])
