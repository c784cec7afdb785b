"""500 cases of 10 samples go through every view."""

import io

from reports_fixture import case, launch, run
from rich.console import Console

from reports.console import show
from reports.csv_files import write_csv
from reports.gates import check_gates
from reports.json_view import json_text
from reports.markdown import markdown
from reports.records import RunEnd
from reports.summary import summarise


def test_five_hundred_cases(tmp_path):
    cases = [case(f"top_k-{k}", preset=f"p{p}") for k in range(100) for p in range(5)]
    records = [line for each in cases for line in launch(each, repeats=5)]
    summary = summarise(run(tmp_path, cases, [*records, RunEnd(1.0, "complete", 1.0)]))
    assert summary.cases.shape[0] == 500
    assert summary.samples.shape[0] == 5_000
    out = Console(file=io.StringIO(), width=120)
    show(summary, out)
    assert out.file.getvalue().count("\n") >= 500
    assert markdown(summary).count("\n") >= 500
    assert len(json_text(summary)) > 250_000
    assert all(path.stat().st_size > 250_000 for path in write_csv(summary))
    assert len(check_gates(summary, {"rep_4": {"max": 0.1}})) == 500
