"""YAML 1.2 to plain data that remembers where each piece stood.

ruamel.yaml parses; what a word means follows the core schema of YAML 1.2: ``no`` is text, ``1e-4``
is a number, ``010`` is ten. Beyond that a scenario needs no YAML feature: tags, merge keys, keys
that are not text, and several documents are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from scenarios.values import one_line, quoted

MAX_NODES = 50_000
MAX_DEPTH = 40

Place = tuple[int | str, ...]
Mark = tuple[int, int]  # line and column, from 1


@dataclass
class Source:
    """The data of a YAML text, and where each value and key starts."""

    data: Any = None
    values: dict[Place, Mark] = field(default_factory=dict)
    keys: dict[Place, Mark] = field(default_factory=dict)
    faults: list[tuple[Mark | None, str]] = field(default_factory=list)


_CONSTANTS = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
    **{s + i: float(s + "inf") for s in ("", "+", "-") for i in (".inf", ".Inf", ".INF")},
}
_STANDARD = "tag:yaml.org,2002:"
_CORE_TAGS = {
    _STANDARD + word
    for word in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}")
_OTHER_BASE = re.compile(r"0(?:o[0-7]{1,30}|x[0-9a-fA-F]{1,30})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def plain_scalar(text: str) -> Any:
    """Return what an unquoted word means in YAML 1.2's core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _whole_pairs(text: str) -> str:
    """Join the surrogate pairs by which JSON writes rare characters: ``\\ud842\\udfb7``."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def read(text: str) -> Source:
    """Parse YAML; what is wrong with it is in the result's ``faults``, never raised."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    source = Source()
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else None
        source.faults.append((where, f"not YAML: {_problem(error)}"))
    except ReaderError as error:
        before = text[: error.position]
        where = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        code = ord(error.character) if isinstance(error.character, str) else error.character
        source.faults.append((where, f"not YAML: the control character U+{code:04X}"))
    except RecursionError:
        source.faults.append((None, "nested too deeply"))
    except YAMLError as error:
        source.faults.append((None, f"not YAML: {str(error).splitlines()[0]}"))
    else:
        if node is None:
            source.faults.append((None, "is empty: a scenario needs prompts, presets, samplers"))
        else:
            _Builder(source).build(node)
    return source


def _problem(error: Any) -> str:
    problem = str(error.problem or error.context or "cannot be parsed")
    if "\\t" in problem:
        return "a tab; indent with spaces"
    if problem == "but found another document":
        return "a second document (---); a scenario file holds one"
    if problem == "mapping values are not allowed here":
        return "a second ': ' on the line; put text that contains ': ' in quotes"
    if problem == "found unexpected end of stream":
        return "a quote that is never closed"
    return problem


class _Builder:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._nodes = 0

    def build(self, root: Any) -> None:
        try:
            self._source.data = self._value(root, (), set())
        except OverflowError as error:
            mark = root.start_mark
            self._source.faults.append(((mark.line + 1, mark.column + 1), str(error)))

    def _fault(self, node: Any, message: str) -> None:
        self._source.faults.append((self._mark(node), message))

    @staticmethod
    def _mark(node: Any) -> Mark:
        return node.start_mark.line + 1, node.start_mark.column + 1

    def _value(self, node: Any, place: Place, above: set[int]) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise OverflowError(
                f"too large: over {MAX_NODES:,} values once aliases are written out"
            )
        self._source.values[place] = self._mark(node)
        tag, content = str(node.tag), node.value
        if tag not in _CORE_TAGS:
            written = one_line(tag.replace(_STANDARD, "!!"))
            self._fault(node, f"a scenario is plain data and has no tags such as {written}")
            return None
        if isinstance(content, str):
            quoted = node.style is not None or tag.endswith(":str")
            return _whole_pairs(content) if quoted else plain_scalar(content)
        if id(node) in above:
            self._fault(node, "an alias that contains itself")
            return None
        if len(place) > MAX_DEPTH:
            self._fault(node, "nested too deeply")
            return None
        above = above | {id(node)}
        if content and isinstance(content[0], tuple):
            return self._mapping(node, place, above)
        if tag.endswith(":map"):
            return {}
        return [self._value(item, (*place, i), above) for i, item in enumerate(content)]

    def _mapping(self, node: Any, place: Place, above: set[int]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                self._fault(key_node, "a key must be a word")
                continue
            if key == "<<" and key_node.style is None:
                self._fault(key_node, "merge keys (<<) are not YAML 1.2; write the keys out")
                continue
            if key in result:
                line, _ = self._source.keys[(*place, key)]
                self._fault(key_node, f"the key {quoted(key)} is there already, on line {line}")
                continue
            self._source.keys[(*place, key)] = self._mark(key_node)
            result[key] = self._value(value_node, (*place, key), above)
            if result[key] is None:  # ruamel places an empty value at the next token
                self._source.values[(*place, key)] = self._mark(key_node)
        return result
