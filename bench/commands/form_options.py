"""``--csv``, ``--md`` and ``--json``: what a command prints in place of its table, one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def form_option(flag: str, form: str, help: str) -> Callable[[F], F]:
    """Return an option that sets the command's argument ``form``; two of them are refused.

    Args:
        flag: such as ``--csv``.
        form: what ``form`` is then; without any of these options it is None.
        help: what it prints.
    """

    def choose(context: click.Context, _: click.Parameter, given: bool) -> None:
        taken = context.params.setdefault("form", None)
        if given and taken is not None:
            said = "--csv, --md and --json print in place of each other: name one"
            raise click.UsageError(said, context)
        if given:
            context.params["form"] = form

    return click.option(flag, is_flag=True, expose_value=False, callback=choose, help=help)
