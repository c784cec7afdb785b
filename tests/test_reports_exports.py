"""Exports: what pytest-benchmark and Prometheus read, by their own readers."""

import json
import math
import re
import shutil
import statistics
import subprocess

import pytest
from click.testing import CliRunner
from reports_fixture import case, launch, run

from bench.cli import versebench
from reports.columns import CASE_COLUMNS
from reports.exports.openmetrics import ColumnError, chosen, openmetrics
from reports.exports.pytest_benchmark import pytest_benchmark
from reports.records import CaseDone, RunEnd
from reports.summary import summarise

GREEDY, TOP_K, BEAM = case(), case("top_k-5", batch_size=4), case("beam-5", skipped="no GPU")
EVIL = 'say "hi" \\ to\nme\x1b[31m\ud800 {a="b"} # EOF'
TIMED = [0.74, 0.742, 0.744]


def folder_of(root, *paces, cases=(GREEDY, TOP_K, BEAM), **manifest):
    records = [r for n, pace in enumerate(paces) for r in launch(cases[0], n, pace=pace)]
    if len(cases) > 1:
        failed = CaseDone(cases[1]["id"], cases[1]["hash"], 0, "x", "failed", "out of memory")
        records.append(failed)
    return run(root, list(cases), [*records, RunEnd(1.5, "complete", 2.0)], **manifest)


def summary_of(*given, **manifest):
    return summarise(folder_of(*given, **manifest), ["seq_rep_4", "distinct_2", "gzip_ratio"])


def exported(*given, **manifest):
    return json.loads(pytest_benchmark(summary_of(*given, **manifest)))


def test_a_single_launch_has_its_calls_as_rounds(tmp_path):
    (benchmark,) = exported(tmp_path, 1.0)["benchmarks"]
    stats = benchmark["stats"]
    assert stats["data"] == TIMED
    assert (stats["rounds"], stats["iterations"]) == (3, 1)
    assert stats["median"] == 0.742
    assert stats["mean"] == pytest.approx(0.742)
    assert stats["stddev"] == pytest.approx(statistics.stdev(TIMED))
    assert stats["ops"] == pytest.approx(1 / 0.742)
    assert benchmark["extra_info"]["rounds_are"] == "trials"


def test_several_launches_are_one_round_each(tmp_path):
    (benchmark,) = exported(tmp_path, 1.0, 3.0, 2.0)["benchmarks"]
    assert benchmark["stats"]["data"] == pytest.approx([0.742, 3 * 0.742, 2 * 0.742])
    info = benchmark["extra_info"]
    assert info["rounds_are"] == "launches"
    assert info["timed_seconds"][0] == TIMED
    assert info["timed_seconds"][1] == pytest.approx([3 * seconds for seconds in TIMED])


def test_quality_and_axes_are_there_and_what_is_missing_is_not(tmp_path):
    (benchmark,) = exported(tmp_path, 1.0)["benchmarks"]
    info = benchmark["extra_info"]
    assert info["seq_rep_4"] == pytest.approx(0.25)
    assert info["tokens_per_second"] == pytest.approx(64 / 0.742)
    assert {"gzip_ratio", "device_peak_bytes", "missing", "case"}.isdisjoint(info)
    assert benchmark["fullname"] == f"demo::{GREEDY['id']}"
    assert (benchmark["group"], benchmark["params"]["sampler"]) == ("demo", "greedy")


def test_cases_without_a_time_are_named(tmp_path):
    about = exported(tmp_path, 1.0)["versebench"]
    assert about["left_out"] == {TOP_K["id"]: "out of memory", BEAM["id"]: "no GPU"}
    assert exported(tmp_path, cases=(GREEDY,))["benchmarks"] == []


def test_the_machine_and_the_revision_go_along(tmp_path):
    machine = {"cpu_model": "Example", "cores_allowed": 2, "python": "CPython 3.11.7"}
    git = {"revision": "abc", "dirty": True, "branch": "main"}
    found = exported(tmp_path, 1.0, machine=machine, git=git)
    assert found["machine_info"]["cpu"] == {"brand_raw": "Example", "count": 2}
    assert found["machine_info"]["python_version"] == "3.11.7"
    assert found["machine_info"]["python_implementation"] == "CPython"
    commit = found["commit_info"]
    assert (commit["id"], commit["dirty"], commit["branch"]) == ("abc", True, "main")
    assert found["datetime"] == "2026-11-22T20:46:00Z"


def test_pytest_benchmark_compares_two_runs(tmp_path):
    for name, pace in (("monday", 1.0), ("tuesday", 2.0)):
        text = pytest_benchmark(summary_of(tmp_path / name, pace))
        assert text.isascii()
        (tmp_path / f"{name}.json").write_text(text)
    tool = shutil.which("pytest-benchmark")
    assert tool
    done = subprocess.run(
        [tool, "compare", "monday.json", "tuesday.json", "--columns=median,rounds",
         "--group-by=param:sampler", "--csv=both.csv"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "sampler=greedy': 2 tests" in done.stdout
    assert "742.0000 (1.0)" in done.stdout
    assert re.search(r"1,484\.0000 \(2\.0+\)", done.stdout)
    assert len((tmp_path / "both.csv").read_text().splitlines()) == 3


def families_of(text):
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    return {family.name: family for family in parser.text_string_to_metric_families(text)}


def test_prometheus_reads_every_value(tmp_path):
    summary = summary_of(tmp_path, 1.0, 2.0)
    found = families_of(openmetrics(summary))
    row = summary.cases.iloc[0]
    for column in CASE_COLUMNS:
        if column.unit and not math.isnan(row[column.name]):
            first = found[f"versebench_{column.name}"].samples[0]
            assert first.labels["case"] == GREEDY["id"]
            assert first.value == row[column.name]
    ttft = found["versebench_ttft_seconds"]
    assert (ttft.type, ttft.unit) == ("gauge", "seconds")
    assert ttft.documentation.startswith("Time to first token")
    assert found["versebench_host_peak_bytes"].unit == "bytes"
    assert found["versebench_seq_rep_4"].samples[0].value == pytest.approx(0.25)
    assert found["versebench_seq_rep_4"].documentation.endswith("Unit: share.")
    assert found["versebench_seq_rep_4_n"].samples[0].value == 6
    assert "versebench_gzip_ratio" not in found
    assert found["versebench_run_finished_timestamp_seconds"].samples[0].value == 1.5


def test_columns_are_chosen_by_patterns(tmp_path):
    summary = summary_of(tmp_path, 1.0, 2.0)
    columns = chosen(summary, ["rep-4", "tokens_per_second*"])
    assert [column.name for column in columns] == [
        "tokens_per_second",
        "tokens_per_second_low",
        "tokens_per_second_high",
        "seq_rep_4",
    ]
    every, few = families_of(openmetrics(summary)), families_of(openmetrics(summary, columns))
    always = {"run", "run_finished_timestamp_seconds", "case_status"}
    there = {f"versebench_{name}" for name in (*always, *(column.name for column in columns))}
    assert few.keys() == there & every.keys()
    assert few == {name: every[name] for name in few}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("tok/s", "'tok/s' is the title of tokens_per_second: write that"),
        ("tokens_per_secnd", "did you mean tokens_per_second?"),
        ("sampler", "no column of this run fits 'sampler'"),  # words are no gauges
        ("ttr", "no column of this run fits 'ttr'"),  # it was not asked for
    ],
)
def test_a_pattern_that_fits_nothing_is_an_error(tmp_path, pattern, said):
    with pytest.raises(ColumnError, match=re.escape(said)):
        chosen(summary_of(tmp_path, 1.0), ["*", pattern])


def test_status_is_a_stateset_and_the_run_an_info(tmp_path):
    found = families_of(openmetrics(summary_of(tmp_path, 1.0)))
    states = found["versebench_case_status"]
    assert states.type == "stateset"
    now = {
        sample.labels["case"]: sample.labels["versebench_case_status"]
        for sample in states.samples
        if sample.value == 1
    }
    assert now == {GREEDY["id"]: "ok", TOP_K["id"]: "failed", BEAM["id"]: "skipped"}
    about = found["versebench_run"]
    assert about.type == "info"
    assert about.samples[0].labels["scenario"] == "demo"


def test_the_text_is_as_worked_by_hand(tmp_path):
    lines = openmetrics(summary_of(tmp_path, 1.0, cases=(GREEDY,))).split("\n")
    assert lines[-2:] == ["# EOF", ""]
    start = lines.index("# TYPE versebench_cold_seconds gauge")
    labels = (
        'scenario="demo",case="tiny/base/greedy/cpu-jax-float32",preset="tiny",state="base",'
        'sampler="greedy",hardware="cpu-jax-float32",batch_size="1"'
    )
    assert lines[start + 1 : start + 4] == [
        "# UNIT versebench_cold_seconds seconds",
        "# HELP versebench_cold_seconds The first call of a process, compile included.",
        f"versebench_cold_seconds{{{labels}}} 3.0",
    ]
    assert f"versebench_launches{{{labels}}} 1" in lines
    assert lines.count("# EOF") == 1


def test_hostile_names_stay_in_their_labels(tmp_path):
    evil = case(EVIL)
    summary = summary_of(tmp_path, 1.0, cases=(evil,), scenario_name=EVIL)
    text = openmetrics(summary)
    assert 'say \\"hi\\" \\\\ to⏎me␛[31m\\\\ud800 {a=\\"b\\"} # EOF' in text
    assert text.encode("utf-8").count(b"\n# EOF\n") == 1
    found = families_of(text)
    (sample,) = found["versebench_cold_seconds"].samples
    assert sample.labels["sampler"] == 'say "hi" \\ to⏎me␛[31m\\ud800 {a="b"} # EOF'
    assert json.loads(pytest_benchmark(summary))["benchmarks"][0]["name"] == evil["id"]


def test_an_empty_run_is_still_both(tmp_path):
    summary = summarise(run(tmp_path, [], []))
    assert json.loads(pytest_benchmark(summary))["benchmarks"] == []
    assert families_of(openmetrics(summary)).keys() == {"versebench_run", "versebench_case_status"}


def test_the_command_prints_one_or_the_other(tmp_path):
    path = str(folder_of(tmp_path, 1.0, scenario={"name": "demo", "metrics": ["ttr"]}).path)
    given = CliRunner().invoke(versebench, ["report", path, "--export", "openmetrics"])
    assert given.output.endswith("# EOF\n")
    given = CliRunner().invoke(versebench, ["report", path, "--export", "pytest-benchmark"])
    assert json.loads(given.output)["versebench"]["ended"] == "complete"
    one = ["report", path, "--export", "openmetrics", "--metric", "cold_seconds"]
    assert "versebench_tokens_per_second" not in CliRunner().invoke(versebench, one).output
    for wrong, said in (
        (["--json", "--export", "openmetrics"], "name one"),
        (["--metric", "cold_seconds"], "--export openmetrics prints"),
        (["--export", "openmetrics", "--metric", "cold"], "'cold' is the title of cold_seconds"),
    ):
        refused = CliRunner().invoke(versebench, ["report", path, *wrong])
        assert refused.exit_code == 2
        assert said in refused.output
