"""Printing to a reader who may leave, as ``head`` does."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


def print_data(text: str) -> None:
    """Print what other programs read: to a file or a pipe exactly, as the report's files hold it.

    To a terminal, what it would obey goes as a visible sign.
    """
    import click

    from reports.visible import lines

    terminal = sys.stdout is not None and sys.stdout.isatty()
    click.echo(lines(text) if terminal else text, nl=False, color=True)  # else click takes some out


@contextlib.contextmanager
def reader_may_leave() -> Iterator[None]:
    """Print in this block: where the reader of standard output leaves, the rest goes nowhere.

    What the command found, and its exit code, are then the same as if all had been read.
    """
    try:
        yield
        if sys.stdout is not None:  # as it is where a shell closed it: >&-
            sys.stdout.flush()
    except BrokenPipeError:
        _print_nowhere()
    except SystemExit as end:  # rich's answer to a broken pipe
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        _print_nowhere()


def _print_nowhere() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
