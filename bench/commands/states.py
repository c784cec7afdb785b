"""``versebench states``: the trained states that are kept, and their places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bench.states.store import Store, StoredState

_MB = 1_000_000


@click.group("states")
def command() -> None:
    """Show, find and delete the trained states that runs keep."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(as_json: bool) -> None:
    """Show the states, the last made first."""
    from bench.states.store import Store

    store = Store()
    states = store.all()
    if as_json:
        rows = [_row(state) for state in states]
        found = {"schema_version": 1, "folder": str(store.root), "states": rows}
        click.echo(json.dumps(found, indent=2, allow_nan=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from reports.visible import one_line

    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("key", "state", "texts", "held-out perplexity", "backend"):
        table.add_column(heading, no_wrap=heading == "key", overflow="fold")
    for heading in ("steps", "MB"):
        table.add_column(heading, justify="right")
    for row in map(_row, states):
        perplexity = f"{_number(row['perplexity_before'])} → {_number(row['perplexity'])}"
        cells = [row["key"], f"{row['preset']}/{row['state']}", row["data"], perplexity]
        cells += [row["backend"], row["steps"], f"{row['bytes'] / _MB:.1f}"]
        table.add_row(*(Text(one_line("–" if cell is None else cell)) for cell in cells))
    if states:
        console.print(table)
    total = sum(state.size for state in states)
    left = store.unfinished()
    more = f", {len(left)} unfinished" if left else ""
    console.print(Text(f"{len(states)} states{more}, {total / _MB:.1f} MB in {store.root}"))


@command.command("path")
@click.argument("key")
def path(key: str) -> None:
    """Print the preset folder of a state: for --preset, or from_preset.

    KEY is the beginning of its key, its name, or PRESET/NAME.
    """
    store, name = _find(key)
    state = store.get(name)
    if state is None:
        raise click.UsageError(f"the state {name} is not finished; run its scenario again")
    click.echo(state.preset)


@command.command("rm")
@click.argument("keys", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Delete every state.")
def remove(keys: tuple[str, ...], everything: bool) -> None:
    """Delete states by the beginning of their KEYS; a run that needs one trains it again."""
    from bench.states.store import Store
    from reports.run_lock import LockedError

    store = Store()
    if bool(keys) == everything:
        raise click.UsageError("name the states to delete, or give --all")
    names = store.find("") if everything else [_find(key)[1] for key in keys]
    kept = []
    for name in names:
        try:
            store.remove(name)
            click.echo(f"deleted {name}")
        except LockedError as error:
            kept.append(f"the state {name} is being trained by {error}")
    if kept:
        raise click.UsageError("; ".join(kept))


def _find(key: str) -> tuple[Store, str]:
    from bench.states.store import Store

    store = Store()
    named = [s.key for s in store.all() if key in (_row(s)["state"], _name(s))]
    found = named or store.find(key)
    if len(found) == 1:
        return store, found[0]
    if found:
        raise click.UsageError(f"{key!r} stands for {len(found)} states: {', '.join(found)}")
    raise click.UsageError(
        f"no state has the name {key!r}, or a key that begins so; see: versebench states list"
    )


def _name(state: StoredState) -> str:
    return f"{state.training.preset}/{state.training.state}"


def _row(state: StoredState) -> dict[str, Any]:
    training = state.training
    return {
        "key": state.key,
        "preset": training.preset,
        "state": training.state,
        "data": training.data.get("dataset"),
        "texts": training.data.get("texts"),
        "steps": training.steps,
        "perplexity_before": training.perplexity_before,
        "perplexity": training.perplexity,
        "backend": training.what_ran.get("backend"),
        "path": str(state.preset),
        "bytes": state.size,
    }


def _number(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, int | float) else "–"
