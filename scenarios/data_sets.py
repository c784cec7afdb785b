"""Data sets that a state is trained on, as a scenario writes them: a word, or a mapping.

The key that names the kind (``tfds``, ``csv``, …) says where the texts are; the rest are options.
``tang`` alone is the sample shipped with versebench. A dump validates again.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema

from scenarios.data_set_kinds import (
    ChinesePoetry,
    Csv,
    DataSet,
    HuggingFace,
    JsonLines,
    Sample,
    TextFile,
    Tfds,
)
from scenarios.values import did_you_mean, quoted, refuse, refuse_at

__all__ = [
    "KINDS",
    "SAMPLES",
    "AnyDataSet",
    "ChinesePoetry",
    "Csv",
    "DataSet",
    "HuggingFace",
    "JsonLines",
    "Sample",
    "TextFile",
    "Tfds",
    "parse_data_set",
    "placed",
]

SAMPLES = ("tang",)
KINDS: dict[str, type[DataSet]] = {
    kind.key: kind for kind in (Sample, ChinesePoetry, Tfds, TextFile, JsonLines, Csv, HuggingFace)
}
EXAMPLES = {
    "sample": "{sample: tang}",
    "chinese-poetry": "{chinese-poetry: ./chinese-poetry, collection: tang}",
    "tfds": "{tfds: reddit_tifu, field: documents}",
    "text": "{text: ./poems.txt}",
    "jsonl": "{jsonl: ./poems.jsonl, field: text}",
    "csv": "{csv: ./poems.csv, column: text}",
    "huggingface": "{huggingface: ./folder, column: text}",
}


def _keys(kind: type[DataSet]) -> list[str]:
    return [field.alias or name for name, field in kind.model_fields.items()]


def _of_its_kind(value: Any, _: ValidatorFunctionWrapHandler, info: ValidationInfo) -> DataSet:
    """Validate as the one class that the key names, so that every fault stands at its own key."""
    if isinstance(value, DataSet):
        return value
    if isinstance(value, str):
        value = {"sample": _known_sample(value)}
    if not isinstance(value, dict):
        raise refuse(f"must be a data set: the word tang, or such as {EXAMPLES['tfds']}")
    named = [key for key in value if key in KINDS]
    if len(named) > 1:
        raise refuse(f"names {len(named)} data sets ({', '.join(named)}); a state has one")
    if not named:
        raise _unknown_kind(value)
    kind = KINDS[named[0]]
    known = _keys(kind)
    faults: list[tuple[tuple[int | str, ...], str]] = [
        ((key,), f"unknown key {quoted(key)}{did_you_mean(str(key), known)}")
        for key in value
        if key not in known
    ]
    if faults:
        raise refuse_at(faults, value)
    return kind.model_validate(value, context=info.context)


def _known_sample(word: str) -> str:
    if word in SAMPLES:
        return word
    if "/" in word or "." in word:
        raise refuse(f"must say what the file holds, such as {EXAMPLES['jsonl']}")
    if word in KINDS:
        raise refuse(f"must say where it is, such as {EXAMPLES[word]}")
    raise refuse(f"unknown sample {quoted(word)}{did_you_mean(word, SAMPLES)}")


def _unknown_kind(value: dict[Any, Any]) -> Exception:
    options = {key for kind in KINDS.values() for key in _keys(kind)}
    strange = [key for key in value if key not in options]
    if not strange:
        return refuse(f"says not which data set: it needs one of the keys {', '.join(KINDS)}")
    word = str(strange[0])
    message = f"unknown kind of data set {quoted(word)}{did_you_mean(word, KINDS)}"
    return refuse_at([((word,), message)], value)


class _ShortForm:
    """Adds the words that stand for a sample to the JSON Schema."""

    @staticmethod
    def __get_pydantic_json_schema__(
        core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        forms = handler(core)
        return {"anyOf": [{"enum": list(SAMPLES)}, *forms["anyOf"]]}


AnyDataSet = Annotated[
    Sample | ChinesePoetry | Tfds | TextFile | JsonLines | Csv | HuggingFace,
    WrapValidator(_of_its_kind),
    _ShortForm,
]


def placed(value: Any, place: str) -> Any:
    """Return a data set as written, with another place on this machine for its content.

    For ``--data``; None where it has no place: the sample, or what is no data set at all.
    """
    if not isinstance(value, dict):
        return None
    for key, kind in KINDS.items():
        if key in value and kind.places:
            return {**value, ("folder" if kind is Tfds else key): place}
    return None


def parse_data_set(value: Any) -> DataSet:
    """Return the data set for a short form, a mapping, or a dumped data set.

    Raises:
        pydantic.ValidationError: an unknown kind, or an option that it does not have.
    """
    data: DataSet = TypeAdapter(AnyDataSet).validate_python(value)
    return data
