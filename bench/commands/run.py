"""``versebench run``: measure a scenario into a run folder, then show it."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import exit_codes
from bench.commands.gate_options import (
    Gates,
    as_data,
    check_baseline,
    check_where,
    gate_options,
    warn_of_gates,
    with_gates,
)
from bench.commands.selection import Selection, select, selection_options
from bench.pages import IN_RUN_FOLDER, needs_extra

if TYPE_CHECKING:
    from bench.reporting import Form
    from reports.run_folder import RunFolder


@click.command("run")
@selection_options
@gate_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder in which run folders are made.",
)
@click.option("--resume", is_flag=True, help="Go on with the scenario's last run in --out.")
@click.option(
    "--resume-run",
    "named",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Go on with this run of the scenario, not with the last one.",
)
@click.option("--dry-run", is_flag=True, help="Show the cases and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON object.")
@click.option(
    "--html",
    "page",
    is_flag=True,
    callback=needs_extra,
    help="Also write a page to look at: report.html in the run folder.",
)
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    envvar="VERSEBENCH_HISTORY",
    metavar="DIR",
    help="Folder that keeps what each finished run measured, for versebench history.  [default: "
    "$VERSEBENCH_HISTORY, or history beside the run]",
)
@click.option("--no-history", "forget", is_flag=True, help="Do not keep this run in the history.")
def command(
    scenario: str,
    only: tuple[str, ...],
    presets: dict[str, str],
    data: dict[str, str],
    gates: Gates,
    baseline: str | None,
    job_summary: Path | None,
    out: Path,
    resume: bool,
    named: Path | None,
    dry_run: bool,
    as_json: bool,
    page: bool,
    history: Path | None,
    forget: bool,
) -> int:
    """Measure SCENARIO (a shipped name or a file) and show the results.

    Exit codes: 0 fine, 1 a gate failed, 2 bad input, 3 nothing could be measured or compared,
    4 a case crashed, 130 interrupted.
    """
    _take_ends_as_ctrl_c()
    selection = _with_gates(select(scenario, only, presets, data, fetch=not dry_run), gates)
    against = check_baseline(baseline, as_data(selection.loaded.scenario.gates))
    goes_on = resume or named is not None  # so other cases may have been measured before
    to_come = selection.every_case if goes_on else selection.plan.cases
    warn_of_gates(selection.loaded, to_come, against)
    from bench.resuming import last_run, named_run, open_folder

    earlier = named_run(named, selection) if named else None
    if resume and earlier is None:
        earlier = last_run(out, selection)
    if dry_run:
        _show(selection, earlier, as_json=as_json)
        return exit_codes.FINE
    overrides = {"presets": presets, "data": data}
    with open_folder(selection, out, earlier, only, overrides) as folder:
        kept = None if forget else history or folder.path.parent / "history"
        telling = _Telling(as_json, IN_RUN_FOLDER if page else None, kept, against, job_summary)
        return _measure(selection, folder, telling)


def _show(selection: Selection, earlier: RunFolder | None, *, as_json: bool) -> None:
    """Show what would be measured, and what of it ``earlier`` holds already.

    Raises:
        click.UsageError: the scenario cannot go on with that run.
    """
    from bench.commands import show
    from bench.resuming import check_goes_on

    going_on = None
    if earlier is not None:
        check_goes_on(earlier, selection)
        launches = range(selection.plan.launches)
        done = Counter(id_ for id_, _, launch in earlier.finished() if launch in launches)
        going_on = show.GoingOn(earlier.path, {case.id: done[case.id] for case in selection.cases})
    if as_json:
        import json

        found = show.as_data(selection, going_on)
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show.print_cases(selection, going_on=going_on)


@dataclass(frozen=True)
class _Telling:
    """What is said about a run once it is measured, and where.

    Attributes:
        as_json: print JSON, not a table.
        page: where to write the page.
        history: the folder of the history.
        baseline: what gates compare with.
        job_summary: the file to append the summary of a CI job to.
    """

    as_json: bool
    page: Path | None
    history: Path | None
    baseline: str
    job_summary: Path | None


def _with_gates(selection: Selection, gates: Gates) -> Selection:
    """Return the selection with the gates of the command line among the scenario's."""
    if not gates:
        return selection
    check_where(gates, [case.labels for case in selection.cases])
    return replace(selection, loaded=with_gates(selection.loaded, gates))


def _take_ends_as_ctrl_c() -> None:
    """End in an orderly way, with a readable run, when asked to; ``nohup`` stays deaf."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _measure(selection: Selection, folder: RunFolder, telling: _Telling) -> int:
    from rich.console import Console

    from bench.judgement import judged
    from bench.outcome import exit_code, last_words
    from bench.progress import RunProgress
    from bench.reporting import append_summary, report
    from bench.runner import Run
    from bench.states.making import StateMaker
    from bench.states.store import Store
    from bench.waiting import Waiting
    from reports.last_good import keep_verdict

    plan = selection.plan
    form: Form = "json" if telling.as_json else "table"
    console = Console(stderr=True)
    launches = range(plan.launches)
    wanted = {(case.id, case.hash, launch) for case in plan.cases for launch in launches}
    already = len(wanted & folder.finished())
    try:
        with RunProgress(plan, already, console) as progress:
            states = StateMaker(Store(), folder, progress)
            outcome = Run(plan, folder, progress, make_state=states.make).execute()
    except KeyboardInterrupt:
        console.print("[yellow]interrupted[/]: what was finished is kept; go on with --resume")
        report(folder, form, page=telling.page)
        return exit_codes.INTERRUPTED
    chosen = {case.id for case in selection.cases}
    with Waiting(console) as watch:
        judgement = judged(folder, baseline=telling.baseline, watch=watch)
    keep_verdict(judgement.summary, judgement.gates)
    report(folder, form, page=telling.page, history=telling.history, judgement=judgement)
    gates = [gate for gate in judgement.gates if gate.case is None or gate.case in chosen]
    code = exit_code(outcome, gates, measured=already + outcome.count("ok"))
    if telling.job_summary:
        append_summary(telling.job_summary, judgement, code)
    cases = judgement.summary.completed.cases
    statuses = [case.status for case in cases if case.id in chosen]
    if said := last_words(code, gates, statuses):
        click.echo(said, err=True)
    return code
