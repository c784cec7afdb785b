"""Markdown that shows what was there and does nothing else."""

import re

import pytest
from hostile_texts import HOSTILE
from reports_fixture import case, launch, run

from reports.gates import check_gates
from reports.markdown import escaped, markdown
from reports.records import CaseDone
from reports.summary import summarise


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_cell_stays_one_cell(text):
    safe = escaped(text)
    assert "\n" not in safe
    assert not re.search(r"(?<!\\)\|", safe.replace("\\\\", ""))
    assert "<script" not in safe
    assert not re.search(r"[@#]\w", safe)


def test_marks_at_the_start_are_text():
    assert escaped("# a") == "\\# a"
    assert escaped("1. a") == "1\\. a"
    assert escaped("- a") == "\\- a"
    assert escaped("3.5") == "3.5"


def test_the_whole_report(tmp_path):
    slow, fast = case("greedy"), case("top_k|5")
    bad, off = case("<b>"), case("beam-5", skipped="no GPU")
    failed = CaseDone(bad["id"], bad["hash"], 0, "x", "failed", "line one\n| line two |")
    records = [*launch(slow), *launch(fast, pace=0.5, warnings=["@all: hot"]), failed]
    summary = summarise(run(tmp_path, [slow, fast, bad, off], records))
    text = markdown(summary, check_gates(summary, {"rep_4": {"max": 0.1}}))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    pipes = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert len(pipes) == 1
    assert rows[0].startswith("| sampler | tok/s |")
    assert "| ● top\\_k\\|5 | **173** |" in rows[3]
    assert "- **skipped** tiny/base/beam-5/cpu-jax-float32: no GPU" in text
    assert "**failed** tiny/base/&lt;b&gt;/cpu-jax-float32: line one⏎\\| line two \\|" in text
    assert "**Warning:** @<!-- -->all: hot" in text
    assert "- **fail** rep\\_4 (max 0.1)" in text


def test_a_run_without_a_finished_case_has_no_table(tmp_path):
    text = markdown(summarise(run(tmp_path, [case(skipped="no GPU")], [])))
    assert "|" not in text
    assert "no GPU" in text
