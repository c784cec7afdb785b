"""Which trends of a history people see, and in which order."""

from __future__ import annotations

import io
import json

import pytest
from history_files import COLUMNS, case, night
from rich.console import Console

from reports.history.console import show
from reports.history.files import store
from reports.history.json_view import json_text
from reports.history.markdown import markdown
from reports.history.page import page_html
from reports.history.query import query

HIGHER = {"unit": "1/s", "better": "higher"}
MORE = {
    **COLUMNS,
    "launches": {"unit": "count", "better": "neither"},
    "host_peak_bytes": {"unit": "B", "better": "lower"},
    "ttft_seconds": {"unit": "s", "better": "lower"},
    "aa_score": HIGHER,
}
IDS = ("gpt2/base/greedy/cpu-jax-float32", "gpt2/base/greedy/batch-4/cpu-jax-float32")


def nights(folder, cases_of):
    """Eight runs; ``cases_of`` gives the cases of each by its number."""
    for number in range(8):
        store(night(number, cases_of(number), columns=MORE), folder)
    return folder


def terminal(history, **options):
    out = io.StringIO()
    show(history, Console(file=out, width=120, force_terminal=False), **options)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    def cases(number):
        values = {
            "aa_score": 5.0 if number < 4 else 9.0,
            "tokens_per_second": 50 + number % 2 / 10,
            "seq_rep_4": 0.25 + number % 2 / 1000,
            "ttft_seconds": 0.5,
            "host_peak_bytes": 1e9 + number,
            "launches": 5 + number % 2,
        }
        return [case(values, id_=id_, hash=id_) for id_ in IDS]

    return nights(tmp_path, cases)


def test_settings_and_constants_are_left_out_of_everything_but_not_of_what_is_named(folder):
    found = query(folder, ["*"])
    said = terminal(found)
    assert "4 trends left out, constant or with no better way" in said
    assert "launches count" not in said
    assert "4 trends left out" in markdown(found)
    assert "left out" not in terminal(found, everything=True)
    assert "launches count" in terminal(found, everything=True)
    assert {one["metric"] for one in json.loads(json_text(found))["series"]} == set(MORE)
    assert page_html(query(folder, ["launches"])).count("<svg") == 2


def test_the_page_draws_speed_and_memory_first(folder):
    page = page_html(query(folder, ["*"]))
    heads = [page.index(f"<h2>{name}") for name in ("tok/s", "memory", "rep-4", "aa_score")]
    assert heads == sorted(heads)
    assert "trends drawn" not in page


def test_a_page_that_is_cut_keeps_what_changed_and_says_so_on_top(folder, monkeypatch):
    monkeypatch.setattr("reports.history.page.MOST_DRAWN", 3)
    page = page_html(query(folder, ["*"]))
    assert page.count("<svg") == 3
    assert page.index("3 of 8 trends drawn, those that changed first") < page.index("<main")
    assert "<h2>aa_score" in page
    assert "<h2>tok/s" in page


def test_hardware_that_all_share_is_told_once(folder):
    said = terminal(query(folder, ["tokens_per_second"]))
    assert said.count("cpu-jax-float32") == 1
    assert "gpt2/base/greedy/batch-4" in said


def test_cases_of_one_run_are_counted(tmp_path):
    def cases(number):
        names = ["greedy", *([f"top_k-{i}" for i in range(40)] if number == 3 else [])]
        return [case({"tokens_per_second": 50.0 + number % 2}, name) for name in names]

    found = query(nights(tmp_path, cases))
    said = terminal(found)
    assert "40 cases have 1 run so far (--all shows them): a trend needs more." in said
    assert "top_k-7" not in said
    assert "top_k-7" in terminal(found, everything=True)
