"""The exit code of a run: a contract, as a table."""

import itertools

import pytest

from bench import exit_codes
from bench.outcome import exit_code, gates_code
from bench.runner import Outcome
from reports.gates import GateOutcome
from reports.records import CaseDone

OK = ("ok", None)
SKIPPED = ("skipped", None)
INPUT = ("failed", "input")
CRASH = ("failed", "crash")
TIMEOUT = ("failed", "timeout")


def outcome_of(gate, case, verdict):
    return GateOutcome(gate, "rep_4", case, verdict, None, None, 0.3, None, None)


def code(ends=(), gates=(), measured=None):
    outcome = Outcome()
    for i, (status, failure) in enumerate(ends):
        outcome.done[f"case {i}", 0] = CaseDone(
            f"case {i}", "hash", 0, "a", status, failure=failure
        )
    said = [outcome_of(f"gate {i}", "case 0", verdict) for i, verdict in enumerate(gates)]
    return exit_code(outcome, said, sum(e == OK for e in ends) if measured is None else measured)


def test_the_numbers_are_a_contract():
    assert (
        exit_codes.FINE,
        exit_codes.WORSE,
        exit_codes.USAGE,
        exit_codes.NOTHING_COMPARED,
        exit_codes.CRASHED,
    ) == (0, 1, 2, 3, 4)
    assert (exit_codes.INTERRUPTED, exit_codes.BROKEN) == (130, 70)


@pytest.mark.parametrize(
    ("ends", "gates", "expected"),
    [
        ([OK], [], exit_codes.FINE),
        ([OK, SKIPPED], [], exit_codes.FINE),
        ([OK], ["pass"], exit_codes.FINE),
        ([OK], ["pass", "fail"], exit_codes.WORSE),
        ([OK], ["fail", "not compared"], exit_codes.WORSE),
        ([OK], ["pass", "not compared"], exit_codes.NOTHING_COMPARED),
        ([], [], exit_codes.NOTHING_COMPARED),
        ([SKIPPED, SKIPPED], [], exit_codes.NOTHING_COMPARED),
        ([OK, INPUT], [], exit_codes.USAGE),
        ([INPUT], ["not compared"], exit_codes.USAGE),
        ([OK, INPUT], ["fail"], exit_codes.USAGE),
        ([OK, CRASH], [], exit_codes.CRASHED),
        ([OK, TIMEOUT], [], exit_codes.CRASHED),
        ([CRASH], ["not compared"], exit_codes.CRASHED),
        ([INPUT, CRASH], ["fail"], exit_codes.CRASHED),
        ([TIMEOUT, INPUT], ["pass"], exit_codes.CRASHED),
    ],
)
def test_the_worst_thing_decides(ends, gates, expected):
    assert code(ends, gates) == expected
    assert code(ends[::-1], gates[::-1]) == expected


def test_a_gate_that_some_case_meets_need_not_meet_all():
    """Chinese verse cannot be judged where another case writes English."""
    english = outcome_of("zh_rhyme", "base", "not compared")
    chinese = outcome_of("zh_rhyme", "tang", "pass")
    assert gates_code([english, chinese]) == exit_codes.FINE
    assert gates_code([english]) == exit_codes.NOTHING_COMPARED
    assert gates_code([english, outcome_of("zh_rhyme", "tang", "fail")]) == exit_codes.WORSE
    assert gates_code([]) == exit_codes.FINE


def test_what_an_earlier_run_measured_counts():
    assert code([], [], measured=3) == exit_codes.FINE
    assert code([], ["fail"], measured=3) == exit_codes.WORSE


def test_one_more_trouble_never_makes_a_run_look_better():
    order = [
        exit_codes.FINE,
        exit_codes.NOTHING_COMPARED,
        exit_codes.WORSE,
        exit_codes.USAGE,
        exit_codes.CRASHED,
    ]
    endings, verdicts = [OK, SKIPPED, INPUT, CRASH, TIMEOUT], ["pass", "not compared", "fail"]
    for ends in itertools.product(endings, repeat=2):
        for gates in itertools.product(verdicts, repeat=2):
            less = code(ends[:1], gates[:1], measured=1)
            assert order.index(code(ends, gates, measured=1)) >= order.index(less)
