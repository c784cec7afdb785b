"""What counts: lines of finished cases, once each."""

import dataclasses

from reports_fixture import case, launch, run

from reports.completed import complete
from reports.records import CaseDone, RunEnd

GREEDY, TOP_K = case("greedy"), case("top_k-5")


def failed(case, launch=0, attempt="x", reason="out of memory", status="failed"):
    return CaseDone(case["id"], case["hash"], launch, attempt, status, reason)


def test_everything_of_a_finished_case_counts():
    found = complete([GREEDY], [*launch(GREEDY), RunEnd(1.0, "complete", 2.0)])
    (result,) = found.cases
    assert (result.status, result.reason) == ("ok", None)
    assert len(result.launches[0].trials) == 13
    assert len(result.samples) == 6
    assert result.launches[0].launch.load_seconds == 1.0
    assert found.unfinished == 0
    assert found.ends[0].status == "complete"


def test_without_the_last_line_nothing_counts():
    records = launch(GREEDY)[:-1]
    found = complete([GREEDY], records)
    assert found.cases[0].status == "not run"
    assert "resume" in found.cases[0].reason
    assert found.unfinished == len(records) - 1


def test_a_resumed_launch_counts_under_its_new_attempt_alone():
    killed = launch(GREEDY, pace=9, attempt="killed", texts=("killed",))[:-1]
    found = complete([GREEDY], [*killed, *launch(GREEDY, attempt="again")])
    (result,) = found.cases
    assert {trial.attempt for trial in result.launches[0].trials} == {"again"}
    assert all(sample.text != "killed" for sample in result.samples)


def test_interleaved_attempts_are_told_apart():
    first, second = launch(GREEDY, 0), launch(TOP_K, 0)
    mixed = [line for pair in zip(first, second, strict=True) for line in pair]
    results = complete([GREEDY, TOP_K], mixed).cases
    assert [len(result.launches[0].trials) for result in results] == [13, 13]


def test_the_first_ok_attempt_wins_and_failures_before_it_are_forgotten():
    records = [
        failed(GREEDY),
        *launch(GREEDY, attempt="first"),
        *launch(GREEDY, attempt="second"),
        failed(GREEDY, attempt="late"),
    ]
    (result,) = complete([GREEDY], records).cases
    assert result.status == "ok"
    assert [one.done.attempt for one in result.launches] == ["first"]
    assert result.failures == ()


def test_a_case_fails_only_where_no_launch_finished():
    records = [*launch(GREEDY, 0), failed(GREEDY, 1), failed(TOP_K, 0), failed(TOP_K, 1, "y", "b")]
    greedy, top_k = complete([GREEDY, TOP_K], records).cases
    assert (greedy.status, len(greedy.failures)) == ("ok", 1)
    assert (top_k.status, top_k.reason) == ("failed", "b")


def test_skipped_by_the_plan_or_by_the_worker():
    planned = case("beam-5", skipped="no GPU")
    found = complete([planned, GREEDY], [failed(GREEDY, reason="no int8", status="skipped")])
    assert [(one.status, one.reason) for one in found.cases] == [
        ("skipped", "no GPU"),
        ("skipped", "no int8"),
    ]


def test_lines_of_other_content_or_of_no_case_do_not_count():
    stale = [dataclasses.replace(launch(GREEDY)[-1], case_hash="old")]
    found = complete([GREEDY], [*stale, *launch(TOP_K)])
    assert found.cases[0].status == "not run"


def test_samples_of_several_launches_are_taken_once():
    records = [*launch(GREEDY, 0, repeats=1), *launch(GREEDY, 1, repeats=2, texts=("other",))]
    (result,) = complete([GREEDY], records).cases
    assert [(s.prompt_index, s.repeat, s.launch) for s in result.samples] == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 0, 0),
        (1, 1, 1),
    ]


def test_a_cut_at_any_byte_of_the_last_case_leaves_the_first_whole(tmp_path):
    folder = run(tmp_path, [GREEDY, TOP_K], [*launch(GREEDY), *launch(TOP_K, repeats=1)])
    whole = folder.records_path.read_bytes()
    kept = whole.index(b"\n", whole.index(b'"case_done"')) + 1
    first = complete([GREEDY, TOP_K], folder.read()).cases[0]
    for size in range(kept, len(whole) - 1, 13):
        folder.records_path.write_bytes(whole[:size])
        found = complete([GREEDY, TOP_K], folder.read())
        assert found.cases[0] == first
        assert found.cases[1].status == "not run"
