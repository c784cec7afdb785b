"""The progress bar: drawn only when the worker waits, and safe from what models say."""

import dataclasses
import io
import threading

import pytest
from rich.console import Console

from bench.planning import Group, Plan
from bench.progress import RunProgress, as_progress
from bench.runner import Outcome, Watcher
from reports.records import CaseDone
from reports.training import Training
from scenarios.cases import expand
from scenarios.schema import Scenario

SCENARIO = Scenario.model_validate(
    {"name": "demo", "prompts": ["a"], "presets": ["tiny"], "samplers": ["greedy", "top_k"]}
)
CASES = expand(SCENARIO).cases
GREEDY, TOP_K = (case.id for case in CASES)
PLAN = Plan((Group(CASES[0].group, "tiny", CASES[0].hardware, CASES),), launches=2)


TRAINING = Training.from_data(
    {
        **{field.name: 0 for field in dataclasses.fields(Training)},
        "preset": "tiny",
        "state": "tang",
        "steps": 40,
        "batches_per_epoch": 40,
        "epochs": 1,
        "milliseconds_per_step": 196.0,
        "loss": 3.3047,
        "accuracy": 0.3263,
        "perplexity_before": 300.0,
        "perplexity": 30.0,
        "warnings": [],
    }
)


def done(case=GREEDY, status="ok", reason=None, launch=0):
    failure = "crash" if status == "failed" else None
    return CaseDone(case, "hash", launch, "a", status, reason=reason, failure=failure)


def console(terminal, **settings):
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=100, color_system=None, **settings
    )


def printed(terminal, *records, already=0, **settings):
    screen = console(terminal, **settings)
    with RunProgress(PLAN, already, screen) as progress:
        progress.launch(PLAN.groups[0].name, 0, 2)
        for record in records:
            progress.done(record)
    return screen.file.getvalue()


def test_off_a_terminal_there_is_one_line_for_each_case():
    text = printed(
        False,
        done(),
        done(TOP_K, "failed", "RuntimeError: it broke"),
        done(GREEDY, launch=1),
    )
    assert text.splitlines() == [
        f"1/4 {GREEDY}: done",
        f"2/3 {TOP_K}: failed: RuntimeError: it broke",  # its second launch is not tried
        f"3/3 {GREEDY} (launch 2): done",
    ]
    skipped = printed(False, done(TOP_K, "skipped", "no GPU here"))
    assert skipped == f"1/3 {TOP_K}: skipped: no GPU here\n"


def test_a_reason_that_several_cases_share_is_told_once():
    text = printed(
        False,
        done(GREEDY, "failed", "no column 'x'"),
        done(TOP_K, "failed", "no column 'x'"),
    )
    assert text.splitlines() == [
        f"1/3 {GREEDY}: failed: no column 'x'",
        f"2/2 {TOP_K}: failed: for the same reason",
    ]


def test_the_warnings_of_a_training_are_told_when_it_is_done():
    screen = console(False)
    cut = dataclasses.replace(TRAINING, warnings=["38 of 40 [texts] were cut"])
    with RunProgress(PLAN, 0, screen) as progress:
        progress.trained(cut)
    assert screen.file.getvalue().splitlines()[-1] == "tiny/tang: 38 of 40 [texts] were cut"


def steps(progress, name, count):
    for step in range(1, count + 1):
        told = {"step": step, "steps": count, "loss": 3.25, "accuracy": 0.5, "seconds_left": 7.0}
        progress.training_step(name, told)


def test_a_log_gets_a_line_per_tenth_of_each_training():
    screen = console(False)
    with RunProgress(PLAN, 0, screen) as progress:
        for name in ("tiny/one", "tiny/two"):
            progress.training(name, "reading")
            progress.training(name, "import and load")
            steps(progress, name, 40)
            progress.trained(TRAINING)
    lines = screen.file.getvalue().splitlines()
    assert len(lines) == 2 * 12
    assert lines[0] == "training tiny/one"
    assert lines[1] == "tiny/one: training 4/40 · loss 3.2500 · accuracy 0.5000 · 7 s left"
    assert lines[11] == (
        "trained tiny/tang: 40/40 196ms/step - loss: 3.3047 - accuracy: 0.3263"
        " - held-out perplexity 300 to 30.0"
    )


def test_a_terminal_shows_steps_while_training():
    screen = console(True)
    with RunProgress(PLAN, 0, screen) as progress:
        progress.training("tiny/tang", "import and load")
        steps(progress, "tiny/tang", 40)
    assert "40/40 steps" in screen.file.getvalue()
    assert "loss 3.2500" in screen.file.getvalue()


def test_what_was_done_before_is_counted():
    assert printed(False, done(), already=2) == f"3/4 {GREEDY}: done\n"


def test_long_lines_are_left_whole_for_logs():
    reason = "word " * 100 + "end"
    assert printed(False, done(status="failed", reason=reason)).count("\n") == 1


HOSTILE = [
    "[red]no[/] [link=file:///etc]x[/link] [/]",
    "a trailing backslash \\",
    "[/][/dim]",
    "two\nlines\r\nand\x1b[2J\x1b]0;title\x07\x00 codes",
    ":warning: :smile:",
    "春眠不觉晓 \u202e \ud800".replace("\ud800", "?"),
]


@pytest.mark.parametrize("reason", HOSTILE)
@pytest.mark.parametrize("terminal", [False, True])
def test_hostile_text_is_shown_not_obeyed(reason, terminal):
    text = printed(terminal, done(status="failed", reason=reason))
    [line] = [x for x in text.split("\n") if "failed" in x]
    kept = "".join(c for c in reason if c.isprintable())
    assert [c for c in line if c in kept and c != " "] != []
    assert "\x07" not in line
    assert "\x1b[2J" not in line
    assert "\x1b]0" not in line
    assert "\x00" not in line
    assert "\u202e" not in line
    for piece in ("[red]no[/]", "trailing backslash \\", "[/][/dim]", ":warning: :smile:"):
        assert (piece in reason) == (piece in line)


def test_on_a_terminal_a_bar_shows_what_runs():
    screen = console(True)
    with RunProgress(PLAN, 1, screen) as progress:
        progress.launch("tiny/base/cpu", 1, 2)
        progress.step(None, "import and load")
        progress.step(GREEDY, "trial 1/2")
        progress.step("odd", "set-up")
        text = screen.file.getvalue()
        assert "1/4 cases" in text
        assert "tiny/base/cpu, launch 2  starting" in text
        assert "import and load" in text
        assert "greedy: trial 1/2" in text
        progress.done(done())
        assert "2/4 cases" in screen.file.getvalue()


def test_off_a_terminal_steps_print_nothing():
    screen = console(False)
    with RunProgress(PLAN, 0, screen) as progress:
        progress.launch("tiny/base/cpu", 0, 2)
        progress.step(GREEDY, "trial 1/2")
    assert screen.file.getvalue() == ""


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_is_drawn_by_a_clock(terminal):
    """A refresh thread would take a core from the worker while it measures."""
    before = threading.active_count()
    with RunProgress(PLAN, 0, console(terminal)) as progress:
        progress.launch("tiny/base/cpu", 0, 2)
        progress.step(GREEDY, "trial 1/2")
        assert threading.active_count() == before


def test_the_bar_counts_no_case_twice():
    with RunProgress(PLAN, 0, console(True)) as progress:
        task = progress._progress.tasks[0]
        progress.launch("tiny/base/cpu", 0, 2)
        for case in (GREEDY, TOP_K):
            progress.step(case, "trial 2/2")
        progress.done(done())
        assert 1 <= task.completed < 2
        progress.launch("tiny/base/cpu", 0, 1)
        assert task.completed == 1, "the other case starts anew"
        progress.step(TOP_K, "trial 1/2")
        assert 1 < task.completed < 2


def test_it_is_a_watcher():
    watcher: Watcher = RunProgress(PLAN, 0, console(False))
    watcher.done(done())
    assert Outcome().failed == []


def test_progress_on_one_line() -> None:
    assert as_progress({"loss": 3.30471, "accuracy": 0.32631, "seconds_left": None}) == (
        "loss 3.3047 · accuracy 0.3263"
    )
    assert as_progress({"milliseconds_per_step": 196.2, "tokens_per_second": 12345.6}) == (
        "196 ms/step · 12,346 tokens/s"
    )
