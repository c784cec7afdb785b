"""The summary: what counts, what it is worth, and why something is missing."""

import dataclasses

import pandas as pd
import pytest
from reports_fixture import case, launch, run, trial

from reports.columns import CASE_COLUMNS, case_columns, sample_columns
from reports.records import CaseDone, RunEnd, Trial
from reports.run_folder import RunFolder
from reports.summary import summarise

GREEDY, TOP_K = case("greedy"), case("top_k-5", batch_size=4)


def summary_of(tmp_path, records, cases=(GREEDY,), **manifest):
    return summarise(run(tmp_path, list(cases), records, **manifest))


def without(records, *phases):
    return [r for r in records if not (isinstance(r, Trial) and r.phase in phases)]


def test_speed_is_the_median_over_launches_of_medians_over_trials(tmp_path):
    paces = (1.0, 2.0, 1.5, 3.0, 2.5)
    records = [r for n, pace in enumerate(paces) for r in launch(GREEDY, n, pace=pace)]
    row = summary_of(tmp_path, records).cases.iloc[0]
    assert row.tokens_per_second == pytest.approx(64 / (2.0 * 0.742))
    assert row.tokens_per_second_low == pytest.approx(64 / (3.0 * 0.742))
    assert row.tokens_per_second_high == pytest.approx(64 / (1.0 * 0.742))
    assert (row.interval_over, row.launches, row.trials) == ("launches", 5, 15)
    assert row.tpot_seconds == pytest.approx(0.02, rel=0.01)
    assert row.ttft_seconds == pytest.approx(0.22, rel=0.01)
    assert row.cold_seconds == 6.0
    assert (row.prompt_tokens, row.new_tokens, row.max_length) == (16, 64, 80)


def test_rates_of_a_batch_differ_by_its_rows(tmp_path):
    row = summary_of(tmp_path, launch(TOP_K), [TOP_K]).cases.iloc[0]
    assert row.tokens_per_second == pytest.approx(4 * row.steps_per_second)
    assert row.batch_size == 4


def test_invalid_and_compiling_trials_never_enter_but_are_counted(tmp_path):
    records = launch(GREEDY)
    clean = summary_of(tmp_path / "clean", records).cases.iloc[0]
    spoilt = [
        trial(GREEDY, 0, "timed", 7, attempt="a0", seconds=900.0, valid=False, invalid_reason="x"),
        trial(GREEDY, 0, "timed", 8, attempt="a0", seconds=900.0, compiles=1),
        trial(GREEDY, 0, "fit", 9, attempt="a0", steps=32, seconds=900.0, compiles=1),
        trial(GREEDY, 0, "timed", 9, attempt="a0", seconds=0.0),
    ]
    summary = summary_of(tmp_path / "spoilt", [*records[:-1], *spoilt, records[-1]])
    row = summary.cases.iloc[0]
    assert row.tokens_per_second == clean.tokens_per_second
    assert row.tpot_seconds == clean.tpot_seconds
    assert (row.trials, row.trials_invalid) == (3, 4)
    assert "4 calls were left out (x)" in summary.warnings[0].text
    assert summary.warnings[0].cases == (GREEDY["id"],)


def test_no_valid_trial_gives_no_speed_and_says_why(tmp_path):
    records = [
        dataclasses.replace(r, compiles=1) if isinstance(r, Trial) else r for r in launch(GREEDY)
    ]
    summary = summary_of(tmp_path, records)
    assert pd.isna(summary.cases.tokens_per_second[0])
    assert summary.reason(GREEDY["id"], "tokens_per_second") == "no valid timed call"
    assert summary.reason(GREEDY["id"], "tpot_seconds") == "no valid fit calls"
    assert "tokens_per_second" in summary.cases.missing[0]


def test_a_scenario_without_a_fit_has_no_ttft(tmp_path):
    summary = summary_of(tmp_path, without(launch(GREEDY), "fit"))
    assert summary.reason(GREEDY["id"], "ttft_seconds") == "no valid fit calls"
    assert not summary.cases.fit_holds[0]
    scenario = {"measure": {"fit_points": 0}}
    asked = summary_of(tmp_path, without(launch(GREEDY), "fit"), scenario=scenario)
    assert "asks for no fit" in asked.reason(GREEDY["id"], "ttft_seconds")
    assert summary.cases.tokens_per_second[0] > 0


def test_the_timed_calls_are_points_of_the_line(tmp_path):
    records = [
        r
        for r in launch(GREEDY)
        if not (isinstance(r, Trial) and r.phase == "fit" and r.steps == 64)
    ]
    assert summary_of(tmp_path, records).cases.fit_holds[0]


def test_a_line_that_does_not_hold_is_said_and_not_shown(tmp_path):
    records = [
        dataclasses.replace(r, seconds=5.0)
        if isinstance(r, Trial) and r.phase == "fit" and r.steps == 32
        else r
        for r in launch(GREEDY)
    ]
    summary = summary_of(tmp_path, records)
    row = summary.cases.iloc[0]
    assert pd.isna(row.tpot_seconds)
    assert row.fit_worst_residual > 0.1
    assert "off the line" in summary.reason(GREEDY["id"], "tpot_seconds")


def test_probes_say_why_they_are_missing(tmp_path):
    summary = summary_of(tmp_path, launch(GREEDY))
    assert summary.cases.host_peak_bytes[0] == 500_000_000
    assert pd.isna(summary.cases.device_peak_bytes[0])
    assert summary.reason(GREEDY["id"], "device_peak_bytes") == "no accelerator"
    assert summary.reason(GREEDY["id"], "host_peak_bytes") is None
    assert "needs 5 trials, there are 3" in summary.reason(GREEDY["id"], "tokens_per_second_low")


def test_peaks_are_the_largest_launch_and_set_up_the_median(tmp_path):
    records = [
        *launch(GREEDY, 0, host_peak_bytes=7, compile_count=2, steady=False),
        *launch(GREEDY, 1, host_peak_bytes=9),
        *launch(GREEDY, 2, host_peak_bytes=None, cold_seconds=None),
    ]
    row = summary_of(tmp_path, records).cases.iloc[0]
    assert (row.host_peak_bytes, row.compile_count, row.cold_seconds) == (9, 1, 3.0)
    assert not row.steady


def test_quality_columns(tmp_path):
    summary = summary_of(tmp_path, launch(GREEDY))
    row = summary.cases.iloc[0]
    assert row.seq_rep_4 == pytest.approx(0.25)
    assert row.seq_rep_4_low < 0.25 < row.seq_rep_4_high
    assert (row.seq_rep_4_n, row.seq_rep_4_coverage) == (6, 1.0)
    assert pd.isna(row.distinct_2_low)
    assert row.distinct_2_n > 6
    assert (row.samples, row.ended_share) == (6, 1.0)
    assert pd.isna(row.gzip_ratio)
    assert "needs 64" in summary.reason(GREEDY["id"], "gzip_ratio")


def test_one_row_per_sample(tmp_path):
    summary = summary_of(tmp_path, [*launch(GREEDY), *launch(TOP_K)], [GREEDY, TOP_K])
    assert len(summary.samples) == 12
    first = summary.samples.iloc[1]
    assert (first["case"], first.prompt, first["repeat"]) == (GREEDY["id"], "My trip was", 1)
    assert first.seq_rep_4 == 0.75
    assert list(summary.samples.columns) == sample_columns(summary.metrics.values())
    assert "distinct_2" not in summary.samples


def test_every_column_is_there_even_in_an_empty_run(tmp_path):
    for cases in ([], [GREEDY], [case(skipped="no GPU")]):
        summary = summarise(run(tmp_path, cases, []))
        assert list(summary.cases.columns) == case_columns(summary.metrics.values())
        assert len(summary.cases) == len(cases)
        assert len(summary.samples) == 0


def test_numbers_are_numbers_even_where_none_is_there(tmp_path):
    cases = summary_of(tmp_path, launch(GREEDY)).cases
    assert cases.device_peak_bytes.dtype == "float64"
    assert cases.launches.dtype == "int64"
    for column in CASE_COLUMNS:
        if column.unit:
            assert pd.api.types.is_numeric_dtype(cases[column.name]), column.name


def test_skipped_failed_and_waiting_cases_keep_their_rows(tmp_path):
    cases = [case("beam-5", skipped="no GPU"), TOP_K, GREEDY]
    failed = CaseDone(TOP_K["id"], TOP_K["hash"], 0, "a", "failed", "out of memory")
    summary = summary_of(tmp_path, [failed, RunEnd(1.0, "interrupted", 2.0)], cases)
    assert list(summary.cases.status) == ["skipped", "failed", "not run"]
    assert list(summary.cases.reason)[:2] == ["no GPU", "out of memory"]
    assert summary.ended == "interrupted"


def test_an_interrupted_run_says_what_is_left(tmp_path):
    records = [*launch(GREEDY), RunEnd(1.0, "interrupted", 2.0)]
    summary = summary_of(tmp_path, records, [GREEDY, TOP_K])
    assert list(summary.cases.status) == ["ok", "not run"]
    assert "resume" in summary.cases.reason[1]
    assert summary_of(tmp_path, launch(GREEDY)).ended == "unfinished"


def test_lost_launches_are_warned_about(tmp_path):
    failed = CaseDone(GREEDY["id"], GREEDY["hash"], 1, "b", "failed", "timeout")
    scenario = {"measure": {"launches": 3}, "metrics": ["ttr"]}
    summary = summary_of(tmp_path, [*launch(GREEDY), failed], scenario=scenario)
    texts = [notice.text for notice in summary.warnings]
    assert texts == [
        "1 launch failed (timeout). See logs/, mend that, and resume the run.",
        "1 of 3 launches finished. Resume the run.",
    ]
    assert summary.cases.launches_failed[0] == 1


def test_warnings_are_told_once_with_all_their_cases(tmp_path):
    records = [*launch(GREEDY, warnings=["Noisy."]), *launch(TOP_K, warnings=["Noisy.", "Hot."])]
    summary = summary_of(tmp_path, records, [GREEDY, TOP_K], warnings=["On battery."])
    assert [(n.text, len(n.cases)) for n in summary.warnings] == [
        ("On battery.", 0),
        ("Noisy.", 2),
        ("Hot.", 1),
    ]
    assert summary.cases.warnings[1] == "Noisy. | Hot."


def test_warnings_that_are_no_text_are_told_as_they_are(tmp_path):
    summary = summary_of(tmp_path, launch(GREEDY, warnings=[False, ["a"]]))
    assert [notice.text for notice in summary.warnings] == ["False", "['a']"]
    assert summary.cases.warnings[0] == "False | ['a']"


def test_damage_is_warned_about(tmp_path):
    folder = run(tmp_path, [GREEDY])
    with folder.records_path.open("a") as stream:
        stream.write('{"kind')
    assert "1 line was unreadable" in summarise(RunFolder.open(folder.path)).warnings[0].text


def test_a_manifest_without_a_scenario_is_enough(tmp_path):
    summary = summary_of(tmp_path, launch(GREEDY), scenario=None, warnings=[])
    assert summary.cases.status[0] == "ok"
    assert len(summary.metrics) > 15
