"""The bar of scoring and writing: only on a terminal, only for work that lasts, and gone after."""

import io

import pytest
from reports_fixture import case, run
from rich.console import Console

from bench import waiting
from bench.waiting import Waiting
from reports.csv_files import write_csv
from reports.summary import summarise

CASES = [case(), case("top_k-5"), case("random")]


@pytest.fixture
def clock(monkeypatch):
    """Seconds, which pass by themselves with each look at the clock."""
    now = {"time": 0.0, "step": 0.0}

    def monotonic():
        now["time"] += now["step"]
        return now["time"]

    monkeypatch.setattr(waiting.time, "monotonic", monotonic)
    return now


def screen(terminal=True):
    return Console(file=io.StringIO(), force_terminal=terminal, width=80, color_system=None)


def work(console, clock, step):
    clock["step"] = step
    with Waiting(console) as watch:
        for done in range(1, 21):
            watch("scoring", done, 20)
    return console.file.getvalue()


def test_work_that_lasts_is_shown_with_what_is_done_of_how_much(clock):
    text = work(screen(), clock, 0.2)
    assert "scoring" in text
    assert "20/20" in text
    assert " 2/20" not in text  # within the first second


def test_what_is_done_at_once_is_not_shown(clock):
    assert work(screen(), clock, 0.01) == ""


def test_nothing_is_drawn_where_nobody_looks(clock):
    assert work(screen(terminal=False), clock, 0.2) == ""


def test_it_is_drawn_ten_times_a_second_at_most(clock):
    seldom, often = work(screen(), clock, 0.05), work(screen(), clock, 0.2)
    assert 0 < seldom.count("scoring") < 20 * 0.05 / 0.1 + 1 < often.count("scoring")


def test_the_bar_goes_when_the_work_fails(clock):
    console = screen()
    clock["step"] = 2.0

    def fail():
        with Waiting(console) as watch:
            watch("scoring", 1, 2)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert console.file.getvalue().endswith("\x1b[2K")  # erases the line


def test_scoring_tells_of_each_case_with_something_new(tmp_path):
    folder = run(tmp_path, CASES)
    told = []
    summarise(folder, ["distinct_2"], watch=lambda *it: told.append(it))
    assert told == [("scoring", 1, 3), ("scoring", 2, 3), ("scoring", 3, 3)]
    told.clear()
    summary = summarise(folder, ["distinct_2"], watch=lambda *it: told.append(it))
    assert told == []
    write_csv(summary, watch=lambda *it: told.append(it))
    assert told == [("writing samples.csv", place, 3) for place in (1, 2, 3)]
