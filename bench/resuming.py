"""The folder that a run measures into: a new one, or that of an earlier run that goes on."""

from __future__ import annotations

from pathlib import Path

import click

from bench import manifest
from bench.commands.selection import Selection
from reports.run_folder import RunFolder
from reports.training import Training


def named_run(path: Path, selection: Selection) -> RunFolder:
    """Open the run that is to be gone on with.

    Raises:
        RunFolderError: it is no run folder.
        click.UsageError: it is another scenario's.
    """
    name, folder = selection.loaded.scenario.name, RunFolder.open(path)
    if (other := folder.manifest.get("scenario_name")) != name:
        raise click.UsageError(f"{path} is a run of the scenario {other}, not of {name}")
    return folder


def last_run(out: Path, selection: Selection) -> RunFolder | None:
    """Open the scenario's last run; where there is none, say so."""
    name = selection.loaded.scenario.name
    last = RunFolder.newest(out, name)
    if last is None or last.manifest.get("scenario_name") != name:
        click.echo(f"no earlier run of {name} in {out}: starting one", err=True)
        return None
    return last


def open_folder(
    selection: Selection,
    out: Path,
    last: RunFolder | None,
    only: tuple[str, ...],
    overrides: dict[str, dict[str, str]],
) -> RunFolder:
    """Return the folder to measure into: that of an earlier run, or a new one in ``out``.

    Raises:
        RunFolderError: it cannot be made, or another process writes it.
        click.UsageError: the earlier run measured what is not in the scenario any more.
    """
    name = selection.loaded.scenario.name
    content = manifest.build(
        selection.loaded, selection.cases, selection.plan.skipped, only=only, overrides=overrides
    )
    if last is None:
        return RunFolder.create(out, name, content)
    last.lock()
    try:
        check_goes_on(last, selection)
    except click.UsageError:
        last.close()
        raise
    click.echo(f"resuming {last.path}", err=True)
    last.write_manifest(manifest.resumed(last.manifest, content, selection.every_case))
    return last


def check_goes_on(last: RunFolder, selection: Selection) -> None:
    """See that the scenario can go on with a run.

    Raises:
        click.UsageError: the run measured what is not in the scenario any more, or a state would be
            trained otherwise, or elsewhere, by now: a case has one model.
    """
    finished = {(id_, hash_) for id_, hash_, _ in last.finished()}
    forgotten = finished - {(case.id, case.hash) for case in selection.every_case}
    if forgotten:
        raise click.UsageError(
            f"the run {last.path} of {selection.loaded.scenario.name} measured {len(forgotten)} "
            "cases that this scenario does not have (it, a model or a custom sampler was changed, "
            "or it has another one's name). Run without --resume, or give the scenario its own name"
        )
    before = {(t.preset, t.state): t.key for t in last.read() if isinstance(t, Training)}
    for task in selection.plan.trainings:
        key = before.get((task.preset, task.state), task.key)
        if key != task.key:
            raise click.UsageError(
                f"the state {task.state} was {key} when {last.path} began and would be "
                f"{task.key} now (recipe, data, hardware or versions changed). Run without --resume"
            )
