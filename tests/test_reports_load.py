"""``reports.load``: a run as tidy frames."""

import html.parser
import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from reports_fixture import case, launch, run, trial

import reports
from reports.columns import CASE_COLUMNS
from reports.records import CaseDone, RunEnd
from reports.run_folder import RunFolderError
from reports.table import view

GREEDY, TOP_K, BEAM = case(), case("top_k-5"), case("beam-5", skipped="no GPU")
FEW = {"name": "demo", "metrics": ["seq_rep_4", "distinct_2", "gzip_ratio"]}
EVIL = "<script>alert(1)</script>&\"'\x1b[31m\u202e\ud800"


@pytest.fixture
def folder(tmp_path):
    records = [
        *launch(GREEDY, warnings=["Noisy."]),
        *launch(GREEDY, 1, pace=2.0),
        CaseDone(TOP_K["id"], TOP_K["hash"], 0, "x", "failed", "out of memory", "crash"),
        RunEnd(1.0, "complete", 12.5),
    ]
    return run(tmp_path, [GREEDY, TOP_K, BEAM], records, warnings=["On battery."], scenario=FEW)


def test_a_path_or_its_text_loads_the_same(folder):
    by_path, by_text = reports.load(folder.path), reports.load(str(folder.path))
    pd.testing.assert_frame_equal(by_path.cases, by_text.cases)
    assert (by_path.name, by_path.ended, by_path.path) == ("demo", "complete", folder.path)
    assert by_path.manifest["scenario_name"] == "demo"


def test_cases_and_samples_are_those_of_the_report(folder):
    loaded = reports.load(folder.path)
    assert list(loaded.cases.case) == [GREEDY["id"], TOP_K["id"], BEAM["id"]]
    assert {column.name for column in CASE_COLUMNS} <= set(loaded.cases.columns)
    assert len(loaded.samples) == 6
    assert loaded.reason(GREEDY["id"], "device_peak_bytes") == "no accelerator"


def test_trials_say_which_of_them_count(tmp_path):
    spoilt = trial(GREEDY, 0, "timed", 9, attempt="a0", valid=False, invalid_reason="hot")
    records = launch(GREEDY)
    loaded = reports.load(
        run(tmp_path, [GREEDY], [*records[:-1], spoilt, records[-1]], scenario=FEW).path
    )
    trials = loaded.trials
    assert len(trials) == 14
    timed = trials[trials.phase == "timed"]
    assert timed.counts.tolist() == [True, True, True, False]
    assert timed.invalid_reason.tolist() == [None, None, None, "hot"]
    assert timed[timed.counts].seconds.median() == pytest.approx(0.742)
    assert (trials.seconds.dtype, trials.steps.dtype) == ("float64", "int64")


def test_launches_are_one_row_each_with_the_failed_ones(folder):
    launches = reports.load(folder.path).launches
    assert launches.case.tolist() == [GREEDY["id"], GREEDY["id"], TOP_K["id"]]
    assert launches.status.tolist() == ["ok", "ok", "failed"]
    assert launches.reason.tolist() == [None, None, "out of memory"]
    assert launches.cold_seconds.tolist()[:2] == [3.0, 6.0]
    assert launches.load_seconds.tolist()[:2] == [1.0, 1.0]
    assert launches.log_tail.dtype == "object"


def test_scores_are_long_and_join_the_samples(folder):
    loaded = reports.load(folder.path, ["seq_rep_4", "distinct_2", "gzip_ratio"])
    scores = loaded.scores
    assert list(scores.columns) == [
        "case", "prompt_index", "repeat", "metric", "value", "n", "coverage", "reason",
    ]  # fmt: skip
    assert scores.groupby("metric").size().to_dict() == {
        "seq_rep_4": 6, "distinct_2": 1, "gzip_ratio": 6,
    }  # fmt: skip
    rep = scores[scores.metric == "seq_rep_4"]
    both = loaded.samples.merge(rep, on=["case", "prompt_index", "repeat"])
    assert both.value.tolist() == both.seq_rep_4.tolist() == loaded.samples.seq_rep_4.tolist()
    (joint,) = scores[scores.metric == "distinct_2"].itertuples()
    assert joint.prompt_index is pd.NA
    assert joint.value == pytest.approx(loaded.cases.distinct_2[0])
    short = scores[scores.metric == "gzip_ratio"]
    assert short.value.isna().all()
    assert short.reason.str.contains("needs 64").all()


def test_warnings_name_their_cases(folder):
    warnings = reports.load(folder.path).warnings
    assert (None, "On battery.") in list(warnings.itertuples(index=False, name=None))
    assert (GREEDY["id"], "Noisy.") in list(warnings.itertuples(index=False, name=None))


@pytest.mark.parametrize("cases", [[], [GREEDY]])
def test_an_empty_run_has_every_column(tmp_path, cases):
    loaded = reports.load(run(tmp_path, cases, []).path)
    for name in ("trials", "samples", "scores", "warnings", "launches"):
        frame = getattr(loaded, name)
        assert len(frame) == 0
        assert len(frame.columns) > 1
    assert "unfinished" in repr(loaded)
    assert loaded._repr_html_()


def test_the_repr_says_what_there_is(folder):
    loaded = reports.load(folder.path, ["seq_rep_4"])
    assert repr(loaded) == (
        f"<run {folder.path.name} of demo: complete; 3 cases (1 ok, 1 failed, 1 skipped), "
        "26 trials, 6 texts, 1 metric, 2 warnings; "
        "frames: cases, trials, samples, scores, warnings, launches>"
    )


class _Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = set(), ""

    def handle_starttag(self, tag, attrs):
        assert not attrs
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def test_the_notebook_shows_the_table_and_obeys_nothing(tmp_path):
    evil = case(EVIL)
    end = RunEnd(1.0, "complete", 1.0)
    made = run(
        tmp_path,
        [evil, GREEDY],
        [*launch(evil, warnings=[EVIL]), *launch(GREEDY), end],
        warnings=[EVIL],
        scenario_name=EVIL,
        scenario=FEW,
    )
    page = reports.load(made.path)._repr_html_()
    seen = _Tags()
    seen.feed(page)
    plain = "p b br small ul li table thead tbody tr th td"
    assert seen.tags <= set(plain.split())
    assert "<script>alert(1)</script>" in seen.text
    assert not {"\x1b", "\u202e", "\ud800"} & set(page)
    assert "tok/s" in seen.text
    assert page.encode()


def test_many_rows_and_warnings_are_cut_and_counted(tmp_path):
    cases = [case(f"top_k-{k}") for k in range(50)]
    records = [r for n, c in enumerate(cases) for r in launch(c, repeats=1, warnings=[f"w{n}"])]
    page = reports.load(run(tmp_path, cases, records).path, ["ttr"])._repr_html_()
    assert page.count("<tr>") == 41
    assert "and 10 more: see .cases" in page
    assert "more: see .warnings" in page


@pytest.mark.parametrize("what", ["missing", "file", "empty"])
def test_what_is_no_run_folder_is_a_clear_error(tmp_path, what):
    path = tmp_path / "it"
    if what == "file":
        path.write_text("x")
    elif what == "empty":
        path.mkdir()
    with pytest.raises(RunFolderError, match=r"run folder"):
        reports.load(path)


def test_the_package_stays_light():
    code = (
        "import reports, sys; assert 'load' in reports.__all__; "
        "sys.exit(bool({'pandas', 'numpy', 'reports.summary'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = reports.nothing


def test_the_examples_of_the_page_run(folder):
    page = (Path(__file__).parent.parent / "docs" / "programs.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    code = "\n".join(blocks).replace("runs/20261122-204600-quickstart", str(folder.path))
    assert str(folder.path) in code
    out, names = io.StringIO(), {}
    with redirect_stdout(out):
        exec(compile(code, "docs/programs.md", "exec"), names)
    assert "frames: cases" in out.getvalue()
    assert set(names["texts"].text) == {"again and again and again and again and again and again"}
    assert len(names["rate"]) == 6


def test_warnings_that_differ_in_a_number_are_counted_once(tmp_path):
    """As many as the report has lines, and the notebook bullets."""
    busy = "other programs used {} % of the processor time: close them"
    manifest = {"warnings": [busy.format(48), busy.format(70)]}
    loaded = reports.load(run(tmp_path, [case()], launch(case()), **manifest).path)
    assert len(loaded.summary.warnings) - len(view(loaded.summary).warnings) == 1
    count = len(view(loaded.summary).warnings)
    assert f"{count} warning" in repr(loaded)
    assert loaded._repr_html_().count("used 48–70 %") == 1
