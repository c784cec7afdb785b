"""Diffs of run folders: pairing, what may be compared, values, texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports_fixture import TEXTS, case, launch, run

from reports.case_summary import summarise_case
from reports.completed import complete
from reports.diff.between import Options, compare_states, diff_axis, diff_runs
from reports.diff.launch_values import launch_lines, launch_values
from reports.diff.measures import FLOORS, MeasureError, measures, parse_floor
from reports.diff.pairing import PairingError
from reports.line_fit import fit_line
from reports.records import CaseDone, Launch, RunEnd, Sample
from reports.summary import summarise

PROMPTS = tuple(f"prompt {index}" for index in range(6))
LOOPS = ("loop loop loop loop loop loop loop loop loop",)
MACHINE = {"cpu_model": "Example CPU", "cores_allowed": 2, "versions": {"keras": "3.15.1"}}


@pytest.fixture
def measured(tmp_path):
    """Make the summary of a run: one pace per sampler; ``more`` goes into the manifest."""

    def measured(
        paces, *, launches=5, texts=TEXTS, prompts=PROMPTS, state="base", ran=None, **more
    ):
        states = [state] if isinstance(state, str) else state
        cases = [case(name, prompts=prompts, state=one) for one in states for name in paces]
        records = []
        for each in cases:
            for number in range(launches):
                pace = paces[each["sampler"]] * (1 + number / 200)
                found = launch(each, number, pace=pace, texts=texts)
                what = ran or {}
                records += [
                    replace(r, what_ran=what) if isinstance(r, Launch) else r for r in found
                ]
        given = {"machine": MACHINE, **more}
        folder = run(tmp_path, cases, [*records, RunEnd(1.0, "complete", 2.0)], **given)
        return summarise(folder)

    return measured


def verdicts(diff, metric):
    return {row.case.split("/")[2]: row.verdict for row in diff.rows if row.metric == metric}


def test_two_runs(measured):
    a = measured({"greedy": 1.0, "top_k": 1.0, "gone": 1.0})
    b = measured({"greedy": 1.2, "top_k": 0.8, "fresh": 1.0})
    diff = diff_runs(a, b)
    assert verdicts(diff, "tokens_per_second") == {"greedy": "worse", "top_k": "better"}
    assert verdicts(diff, "ttft_seconds") == {"greedy": "worse", "top_k": "better"}
    assert verdicts(diff, "seq_rep_4") == {"greedy": "same", "top_k": "same"}
    assert {(one.case.split("/")[2], one.where) for one in diff.absent} == {
        ("gone", "b"),
        ("fresh", "a"),
    }
    assert (diff.pairs, diff.with_texts, len(diff.identical)) == (2, 2, 2)
    assert diff.rows[0].verdict == "worse"
    assert not diff.notes


def test_a_run_against_itself_is_the_same(measured):
    a = measured({"greedy": 1.0})
    diff = diff_runs(a, a)
    assert {row.verdict for row in diff.rows} == {"same"}
    assert diff.count("same") == len(diff.rows)
    assert "A and B are one run, compared with itself" in diff.notes


def test_values_are_those_of_the_report(measured):
    a = measured({"greedy": 1.0})
    row = a.cases.iloc[0]
    for found in diff_runs(a, measured({"greedy": 1.1})).rows:
        assert found.a == pytest.approx(row[found.metric])


def test_launch_values_have_the_reports_medians():
    each = case()
    records = [line for number in range(5) for line in launch(each, number, pace=1 + number / 10)]
    (result,) = complete([each], records).cases
    row = summarise_case(result, {}).row
    names = [one.name for one in measures({}, ["*"])]
    found = launch_values([result], names)[result.id]
    assert set(found) == set(names)
    for name, values in found.items():
        if values:
            assert len(values) == 5
            assert sorted(values)[2] == pytest.approx(row[name])
        else:
            assert row[name] is None


def test_lines_are_those_of_the_fit():
    import numpy as np

    random = np.random.default_rng(1)
    launches = []
    for size in (9, 9, 12, 20):
        steps = random.integers(1, 5, size) * 16
        launches.append([(int(n), 0.1 + 0.01 * n + random.normal(0, 0.01)) for n in steps])
    for points, line in zip(launches, launch_lines(launches), strict=True):
        expected = fit_line(points)
        assert line == pytest.approx((expected.first, expected.slope), abs=1e-12)
    assert launch_lines([[], [(16, 1.0), (16, 1.1), (32, 2.0)]]) == [None, None]


def test_one_launch_says_how_many_more(measured):
    diff = diff_runs(measured({"greedy": 1.0}, launches=1), measured({"greedy": 1.2}, launches=1))
    speed = next(row for row in diff.rows if row.metric == "tokens_per_second")
    assert (speed.verdict, speed.needed, speed.p) == ("unresolved", 5, None)
    assert speed.change == pytest.approx(1 / 1.2)
    assert any("Measure with launches: 5" in note for note in diff.notes)


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({"cores_allowed": 4}, "cores differ (2 and 4)"),
        ({"cpu_model": "Other"}, "processor differs (Example CPU and Other)"),
        ({"gpus": [{"name": "Some GPU"}]}, "GPU differs (not known and Some GPU)"),
        ({"versions": {"keras": "3.16.0"}}, "version of keras differs (3.15.1 and 3.16.0)"),
    ],
)
def test_speed_of_other_machines_is_not_compared_but_texts_are(measured, machine, said):
    a = measured({"greedy": 1.0})
    b = measured({"greedy": 1.5}, texts=LOOPS, machine={**MACHINE, **machine})
    diff = diff_runs(a, b)
    assert verdicts(diff, "tokens_per_second") == {"greedy": "not comparable"}
    assert verdicts(diff, "seq_rep_4") == {"greedy": "worse"}
    assert any(said in note for note in diff.notes)
    across = diff_runs(a, b, Options(across=("machine", "versions")))
    assert verdicts(across, "tokens_per_second") == {"greedy": "worse"}


def test_other_backend_version_or_compile_mode(measured):
    old = {
        "backend": "jax",
        "jit": "jax.jit",
        "versions": {"keras": "3", "jax": "0.9", "torch": "1"},
    }
    a = measured({"greedy": 1.0}, ran=old)
    same = {**old, "versions": {**old["versions"], "torch": "2"}}  # not what ran
    assert not diff_runs(a, measured({"greedy": 1.0}, ran=same)).count("not comparable")
    newer = {**old, "versions": {**old["versions"], "jax": "0.10"}}
    note = diff_runs(a, measured({"greedy": 1.0}, ran=newer)).notes[0]
    assert "speed not comparable: version of jax differs (0.9 and 0.10)" in note
    eager = {**old, "jit": "off"}
    assert diff_runs(a, measured({"greedy": 1.0}, ran=eager)).count("not comparable")


def test_other_lengths_and_prompts(measured):
    a = measured({"greedy": 1.0})
    scenario = {**a.run.manifest["scenario"], "generate": {"max_length": 100}}
    diff = diff_runs(a, measured({"greedy": 1.0}, scenario=scenario))
    assert not diff.compared
    assert all("max_length differs (80 and 100)" in row.reason for row in diff.rows)
    other = measured({"greedy": 1.0}, prompts=tuple(f"other {text}" for text in PROMPTS))
    diff = diff_runs(a, other)
    assert verdicts(diff, "tokens_per_second") == {"greedy": "same"}
    assert verdicts(diff, "seq_rep_4") == {"greedy": "not comparable"}
    assert "texts not comparable: the prompts differ" in diff.notes[0]


def test_some_other_prompts_leave_the_rest(measured):
    changed = ("another", *PROMPTS[1:])
    diff = diff_runs(
        measured({"greedy": 1.0}), measured({"greedy": 1.0}, prompts=changed, texts=LOOPS)
    )
    (row,) = [row for row in diff.rows if row.metric == "seq_rep_4"]
    assert (row.verdict, row.n_a, row.unit) == ("worse", 5, "prompts")
    assert "prompts that differ are left out" in row.reason


def test_a_case_that_fails_in_b(measured, tmp_path):
    a = measured({"greedy": 1.0, "top_k": 1.0})
    broken = case("top_k", prompts=PROMPTS)
    fine = case("greedy", prompts=PROMPTS)
    lost = CaseDone(broken["id"], broken["hash"], 0, "x", "failed", reason="out of memory")
    records = [line for number in range(5) for line in launch(fine, number)]
    b = summarise(run(tmp_path, [fine, broken], [*records, lost], machine=MACHINE))
    diff = diff_runs(a, b)
    assert [(one.case, one.status, one.reason) for one in diff.lost] == [
        (broken["id"], "failed", "out of memory")
    ]
    assert "B is unfinished: some cases may be missing" in diff.notes


def test_along_the_sampler(measured):
    summary = measured({"greedy": 1.0, "top_k": 1.3, "top_p": 1.0})
    diff = diff_axis(summary, "sampler", "greedy")
    assert verdicts(diff, "tokens_per_second") == {
        "greedy → top_k": "worse",
        "greedy → top_p": "same",
    }
    assert diff.axis == "sampler"
    with pytest.raises(PairingError, match="--baseline: greedy, top_k, top_p"):
        diff_axis(summary, "sampler")
    with pytest.raises(PairingError, match="Did you mean greedy"):
        diff_axis(summary, "sampler", "gredy")
    with pytest.raises(PairingError, match="the only preset"):
        diff_axis(summary, "preset", "tiny")
    with pytest.raises(PairingError, match="no axis called 'colour'"):
        diff_axis(summary, "colour", "red")


def test_training_changes_texts_and_no_speed(measured):
    summary = measured({"greedy": 1.0}, state=["base", "tang"])
    diff = compare_states(summary)
    assert {row.verdict for row in diff.rows if row.unit == "launches"} == {"same"}
    assert diff.rows[0].case == "tiny/base → tang/greedy/cpu-jax-float32"
    with pytest.raises(PairingError, match="no case has the state 'raw'"):
        compare_states(summary, "raw")


def test_a_sampler_that_draws_nothing_stands_against_every_repeat(tmp_path):
    greedy, drawn = case("greedy", prompts=PROMPTS[:2]), case("top_k", prompts=PROMPTS[:2])
    once = [
        replace(line, seed=None) if isinstance(line, Sample) else line
        for line in launch(greedy, repeats=1, texts=TEXTS[:1])
    ]
    folder = run(tmp_path, [greedy, drawn], [*once, *launch(drawn, repeats=8, texts=LOOPS)])
    diff = diff_axis(summarise(folder), "sampler", "greedy")
    (row,) = [row for row in diff.rows if row.metric == "seq_rep_4"]
    assert (row.n_a, row.unit, row.verdict) == (16, "samples", "worse")
    assert "fewer than 5 prompts: it speaks for these only" in row.reason


def test_chosen_metrics_and_floors(measured):
    a, b = measured({"greedy": 1.0}), measured({"greedy": 1.1})
    options = Options(metrics=("tok*", "rep_4"), floors={"speed": 0.2})
    diff = diff_runs(a, b, options)
    assert {row.metric for row in diff.rows} == {"tokens_per_second", "seq_rep_4"}
    assert verdicts(diff, "tokens_per_second") == {"greedy": "same"}
    with pytest.raises(MeasureError, match="no metric fits 'nothing\\*'"):
        diff_runs(a, b, Options(metrics=("nothing*",)))
    with pytest.raises(MeasureError, match="a floor for 'nonsense'"):
        diff_runs(a, b, Options(floors={"nonsense": 0.1}))


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("10%", ("speed", 0.1)),
        ("0.1", ("speed", 0.1)),
        ("memory=2.5%", ("memory", 0.025)),
        ("rep_4=.05", ("seq_rep_4", 0.05)),
        ("set-up=20%", ("set-up", 0.2)),
    ],
)
def test_floors_are_read(text, floor):
    name, value = parse_floor(text)
    assert (name, value) == (floor[0], pytest.approx(floor[1]))


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-5%", "speed=", "1e3", "5%%", "nan", "speed=2000%"]
)
def test_what_is_no_floor_is_refused(text):
    with pytest.raises(MeasureError, match="not a floor"):
        parse_floor(text)


def test_every_measure_has_a_floor_above_nothing():
    assert all(one.floor == FLOORS[one.kind] > 0 for one in measures({}, ["*"]))


def test_notes_tell_what_else_changed(measured):
    scenario = {"seed": 0, "measure": {"launches": 5, "trials": 3}, "generate": {"max_length": 80}}
    a = measured({"greedy": 1.0}, scenario=scenario, git={"revision": "a" * 40, "dirty": False})
    other = {**scenario, "seed": 1, "measure": {"launches": 5, "trials": 9}}
    git = {"revision": "b" * 40, "dirty": True}
    b = measured({"greedy": 1.0}, scenario=other, git=git, versebench_version="0.2.0")
    notes = "\n".join(diff_runs(a, b).notes)
    assert "git: aaaaaaaaaa in A, bbbbbbbbbb with uncommitted changes in B" in notes
    assert "versebench 0.1.0 measured A, 0.2.0 measured B" in notes
    assert "the seed differs: 0 and 1" in notes
    assert "measure differs: trials 3 and 9" in notes


def test_a_run_without_revision_is_told_in_whole_words(measured):
    a = measured({"greedy": 1.0}, git={"revision": "a" * 40, "dirty": False})
    b = measured({"greedy": 1.0}, git={})
    assert "git: aaaaaaaaaa in A, no revision in B" in diff_runs(a, b).notes
