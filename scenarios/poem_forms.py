"""Forms of Chinese verse as a scenario names them, where poems are chosen by their shape."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from scenarios.values import as_list, no_duplicates

_OLD = {"wulu": "wulv", "qilu": "qilv"}  # another romanisation of 律, which scenarios may hold


def _spelled(forms: Any) -> Any:
    """Take one form for a list of one, and each by the name that it has everywhere else."""
    listed = as_list(forms)
    if not isinstance(listed, list | tuple):
        return listed
    return [_OLD.get(one, one) if isinstance(one, str) else one for one in listed]


Form = Literal["wujue", "qijue", "wulv", "qilv"]
Forms = Annotated[
    tuple[Form, ...],
    Field(
        min_length=1,
        json_schema_extra={
            "type": ["array", "string"],
            "items": {"enum": ["wujue", "qijue", "wulv", "qilv", *_OLD]},
        },
    ),
    BeforeValidator(_spelled),
    AfterValidator(no_duplicates),
]
FORMS_WANTED = "Only poems of these shapes: 5 or 7 characters by 4 (jue) or 8 (lv) lines."
