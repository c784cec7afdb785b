"""The kinds of data sets that a state is trained on: one class each, with its options.

Nothing is opened here: that the columns exist, and what they hold, is found when it is read
(``bench/states/data``). Only whether a local file or folder is there at all is seen at once, if
validation has a context with ``folder`` (see ``scenarios/sources.py``).
"""

from __future__ import annotations

import os
import stat
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
)

from scenarios.poem_forms import FORMS_WANTED, Forms
from scenarios.values import (
    Count,
    Model,
    Number,
    Switch,
    Text,
    one_line,
    printable,
    refuse,
)

COLLECTIONS = {
    "tang": "Tang poems (全唐诗)",
    "song": "Song poems (全宋诗)",
    "ci": "Song lyrics (宋词)",
    "wudai": "lyrics of the Five Dynasties (花间集, 南唐二主词)",
    "yuanqu": "Yuan songs and arias (元曲)",
    "shijing": "the Book of Songs (诗经)",
    "chuci": "the Songs of Chu (楚辞)",
    "caocao": "poems of Cao Cao (曹操诗集)",
    "nalan": "lyrics of Nalan Xingde (纳兰性德)",
    "yuding": "Tang poems in the imperial edition (御定全唐詩)",
    "shuimo": "a school selection of Tang poems (水墨唐诗)",
}
HOW_TO_GET_CHINESE_POETRY = (
    "get it by `git clone https://github.com/chinese-poetry/chinese-poetry`, "
    "or by `npm pack chinese-poetry` and unpacking that"
)

Collection = Literal[
    "tang", "song", "ci", "wudai", "yuanqu", "shijing", "chuci", "caocao", "nalan", "yuding",
    "shuimo",
]  # fmt: skip
HOW_TO_GET_HUGGINGFACE = (
    'make it, where there is a network, by `python -c "import datasets; '
    "datasets.load_dataset('NAME', split='train').save_to_disk('FOLDER')\"`"
)


def _not_empty(text: str) -> str:
    if not text:
        raise refuse("must not be empty")
    return text


Name = Annotated[Text, AfterValidator(_not_empty)]


def _seen_from(path: str, info: ValidationInfo) -> str:
    """Make a local path absolute, seen from the scenario file; without a context it stays."""
    if not info.context:
        return path
    return os.path.normpath(os.path.join(info.context["folder"], os.path.expanduser(path)))


def _there(path: str, info: ValidationInfo, *, folder: bool, advice: str = "") -> str:
    located = _seen_from(path, info)
    if not info.context:
        return located
    thing = "folder" if folder else "file"
    more = f"; {advice}" if advice else ""
    try:
        mode = os.stat(located).st_mode
    except FileNotFoundError:
        raise refuse(f"there is no such {thing}: {printable(located)}{more}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise refuse(f"cannot be read: {reason}: {printable(located)}") from None
    if stat.S_ISDIR(mode) != folder:
        other = "file" if folder else "folder"
        raise refuse(f"is a {other}, not a {thing}: {printable(located)}{more}")
    if not folder and not stat.S_ISREG(mode):  # a pipe would be waited for without end
        raise refuse(f"is not a regular file: {printable(located)}")
    return located


def _file(path: str, info: ValidationInfo) -> str:
    return _there(path, info, folder=False)


def _saved(path: str, info: ValidationInfo) -> str:
    return _there(path, info, folder=True, advice=HOW_TO_GET_HUGGINGFACE)


def _checkout(path: str, info: ValidationInfo) -> str:
    return _there(path, info, folder=True, advice=HOW_TO_GET_CHINESE_POETRY)


class DataSet(Model):
    """Texts to train on, and which of them to take."""

    key: ClassVar[str]  # of the scenario file; names the kind
    places: ClassVar[frozenset[str]] = frozenset()  # fields that say only where the content lies

    texts: Count | None = Field(
        default=None, description="How many to train on, the held-out ones aside; default: all."
    )
    held_out: Annotated[Number, Field(gt=0, le=0.5)] = Field(
        default=0.05, description="Share of the texts kept for the held-out loss, 512 at most."
    )
    shuffle: Switch = Field(
        default=True, description="Take the texts in a seeded random order, not that of the files."
    )

    @property
    def label(self) -> str:
        """A few words for people, such as ``tfds reddit_tifu (documents)``."""
        what, detail = self._words()
        return f"{self.key} {one_line(what)}" + (f" ({one_line(detail)})" if detail else "")

    @property
    def choices(self) -> dict[str, Any]:
        """Every option as plain data, except where the content lies on this machine.

        Together with the fingerprint of the content this says which texts are trained on.
        """
        chosen = self.model_dump(mode="json", by_alias=True, exclude=set(self.places))
        return {"kind": self.key, **chosen}

    def _words(self) -> tuple[str, str]:
        """What is read, and which part of it."""
        raise NotImplementedError


class Sample(DataSet):
    """A sample shipped with versebench."""

    key = "sample"
    sample: Literal["tang"] = Field(description="Which one: tang, 8,000 regular Tang poems.")
    form: Forms | None = Field(default=None, description=FORMS_WANTED)

    @property
    def choices(self) -> dict[str, Any]:
        """Every option; without a form it reads as ever, so the keys of old states hold."""
        chosen = super().choices
        return chosen if self.form else {k: v for k, v in chosen.items() if k != "form"}

    def _words(self) -> tuple[str, str]:
        return self.sample, ", ".join(self.form or ())


class ChinesePoetry(DataSet):
    """A collection of the repository chinese-poetry: a git checkout, or the npm package."""

    model_config = ConfigDict(populate_by_name=True)
    key = "chinese-poetry"
    places = frozenset({"folder"})

    folder: Annotated[Name, AfterValidator(_checkout)] | None = Field(
        alias="chinese-poetry",
        description="The checkout, or the unpacked package; null: the command line says where.",
    )
    collection: Collection = Field(default="tang", description="Which collection of it.")
    form: Forms | None = Field(default=None, description=FORMS_WANTED)
    script: Literal["traditional", "simplified"] = Field(
        default="traditional",
        description="traditional leaves the texts as they are stored; simplified folds them.",
    )

    @model_serializer(mode="wrap")
    def _under_its_key(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write the key of the scenario file even where a dump is not by alias."""
        return {("chinese-poetry" if k == "folder" else k): v for k, v in dump(self).items()}

    def _words(self) -> tuple[str, str]:
        return self.collection, ", ".join(self.form or ())


class Tfds(DataSet):
    """A TensorFlow Datasets data set, prepared on disk or fetched by that library."""

    key = "tfds"
    places = frozenset({"folder"})

    tfds: Name = Field(description="NAME, NAME/CONFIG or NAME/CONFIG:VERSION.")
    field: Name = Field(description="The feature that holds the text.")
    split: Name = Field(default="train", description="Which split, or a slice: train[:50%].")
    folder: Annotated[Name, AfterValidator(_seen_from)] | None = Field(
        default=None,
        description="Its data folder; the default is TFDS_DATA_DIR or ~/tensorflow_datasets.",
    )

    def _words(self) -> tuple[str, str]:
        return self.tfds, self.field


class LocalFile(DataSet):
    """What the kinds share that are one local file."""

    @property
    def path(self) -> str:
        """The file."""
        return str(getattr(self, self.key))

    def _words(self) -> tuple[str, str]:
        return os.path.basename(self.path), ""


class TextFile(LocalFile):
    """A plain text file."""

    key = "text"
    places = frozenset({"text"})

    text: Annotated[Name, AfterValidator(_file)] = Field(description="The file, in UTF-8.")
    separator: Name | None = Field(
        default=None, description="What stands between texts; the default: each line is a text."
    )


class JsonLines(LocalFile):
    """A file with one JSON object per line."""

    key = "jsonl"
    places = frozenset({"jsonl"})

    jsonl: Annotated[Name, AfterValidator(_file)] = Field(description="The file, in UTF-8.")
    field: Name = Field(description="The key that holds the text.")

    def _words(self) -> tuple[str, str]:
        return os.path.basename(self.path), self.field


class Csv(LocalFile):
    """A table with a header row: comma-separated, or tab-separated where it is called .tsv."""

    key = "csv"
    places = frozenset({"csv"})

    csv: Annotated[Name, AfterValidator(_file)] = Field(description="The file, in UTF-8.")
    column: Name = Field(description="The column that holds the text.")

    @property
    def delimiter(self) -> str:
        """What stands between cells: a tab where the name ends in .tsv, else a comma."""
        stem = self.csv.lower().removesuffix(".gz")
        return "\t" if stem.endswith(".tsv") else ","

    @property
    def choices(self) -> dict[str, Any]:
        """Every option, and the delimiter that the file's name decides."""
        return {**super().choices, "delimiter": self.delimiter}

    def _words(self) -> tuple[str, str]:
        return os.path.basename(self.path), self.column


class HuggingFace(DataSet):
    """A Hugging Face data set saved by ``save_to_disk``."""

    key = "huggingface"
    places = frozenset({"huggingface"})

    huggingface: Annotated[Name, AfterValidator(_saved)] = Field(description="The folder.")
    column: Name = Field(description="The column that holds the text.")
    split: Name | None = Field(
        default=None, description="Which split, where the folder holds several; default: train."
    )

    def _words(self) -> tuple[str, str]:
        return os.path.basename(self.huggingface), self.column
