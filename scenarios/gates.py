"""Gates: what every case must keep, as limits, or as no worse than an earlier run.

``{min: 20}`` and ``{max: 0.3}`` are limits; ``{against: baseline, worse_by: 5%}`` compares with
the baseline that the run is given. On the command line: ``tokens_per_second>=20``, ``rep_4<=0.3``,
``tokens_per_second worse_by 5%``, each with ``where sampler=greedy`` behind it if need be.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from scenarios.rules import AXES, Rule
from scenarios.values import Model, Number, as_list, did_you_mean, quoted, refuse

_PERCENT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*%\s*")
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_EXPRESSION = re.compile(
    rf"(?P<name>[\w./-]+)\s*(?:(?P<sign><=|>=)\s*(?P<limit>{_NUMBER})"
    r"|\s(?P<against>not_worse|worse_by\s+(?P<by>\S+)))(?:\s+where\s+(?P<where>.+))?"
)
FORMS = "NAME<=NUMBER, NAME>=NUMBER, 'NAME worse_by 5%' or 'NAME not_worse'"


class GateError(ValueError):
    """A gate of the command line cannot be read; the text says how one looks."""


def _as_share(value: Any) -> Any:
    """Let ``5%`` stand for 0.05."""
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        return float(match[1]) / 100
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        value = float(value)
    if isinstance(value, str):
        raise refuse(f"must be a share such as 5% or 0.05, not {quoted(value)}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1:
        raise refuse(f"must be below 1, such as 0.05; for {value:g} per cent write {value:g}%")
    return value


def _as_rule(value: Any) -> Any:
    """Let ``sampler=greedy,top_k* state=base`` stand for a rule."""
    if not isinstance(value, str):
        return value
    rule: dict[str, list[str]] = {}
    for term in value.split():
        axis, equals, words = term.partition("=")
        globs = [word for word in words.split(",") if word]
        if not equals or not globs:
            raise refuse(f"{quoted(term)} must look like axis=glob,glob, such as sampler=greedy")
        if axis not in AXES:
            raise refuse(f"unknown axis {quoted(axis)}{did_you_mean(axis, AXES)}")
        if axis in rule:
            raise refuse(f"{axis} is named twice; write {axis}={','.join([*rule[axis], *globs])}")
        rule[axis] = globs
    return rule


class Gate(Model):
    """What one metric must keep; a case that does not fails."""

    min: Number | None = Field(default=None, description="At least this.")
    max: Number | None = Field(default=None, description="At most this.")
    against: Literal["baseline"] | None = Field(
        default=None, description="Compare with the baseline: an earlier run, named or found."
    )
    worse_by: Annotated[Number, Field(gt=0, le=10), BeforeValidator(_as_share)] | None = Field(
        default=None,
        description="How much worse than the baseline may be, such as 5%; the default is the "
        "floor of versebench diff.",
    )
    where: Annotated[Rule, BeforeValidator(_as_rule)] | None = Field(
        default=None, description="Only these cases, such as sampler=greedy."
    )

    @model_validator(mode="before")
    @classmethod
    def _worse_than_the_baseline(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("worse_by") is not None:
            return {"against": "baseline", **value}
        return value

    @model_validator(mode="after")
    def _some_limit(self) -> Gate:
        if self.min is None and self.max is None and self.against is None:
            raise refuse("must have a min, a max, or against: baseline")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refuse(f"min {self.min:g} is above max {self.max:g}")
        if self.worse_by is not None and self.against is None:
            raise refuse("worse_by needs against: baseline")
        if self.where is not None and self.where.prompt is not None:
            raise refuse("a gate is held by whole cases: where cannot name a prompt")
        return self


Gates = Annotated[tuple[Gate, ...], BeforeValidator(as_list), Field(min_length=1)]


def parse_gate(text: str) -> tuple[str, Gate]:
    """Read a gate of the command line: (name of the metric, gate).

    Raises:
        GateError: it is none.
    """
    match = _EXPRESSION.fullmatch(text.strip())
    if match is None:
        hint = " (a limit is inclusive: write <= or >=)" if re.search(r"[<>](?!=)", text) else ""
        raise GateError(
            f"not a gate: {quoted(text)}{hint}. Write {FORMS}; where AXIS=GLOB may follow"
        )
    body: dict[str, Any] = {"where": match["where"]}
    if match["sign"]:
        body["max" if match["sign"] == "<=" else "min"] = float(match["limit"])
    else:
        body |= {"against": "baseline", "worse_by": match["by"]}
    try:
        return match["name"], Gate.model_validate(body)
    except ValidationError as error:
        why = "; ".join(
            str(one.get("ctx", {}).get("message", one["msg"])) for one in error.errors()
        )
        raise GateError(f"not a gate: {quoted(text)}: {why}") from None
