"""``versebench diff`` as a user meets it: options, messages, exit codes."""

from __future__ import annotations

import json

import pytest
from command_line import versebench
from reports_fixture import case, launch, run

from bench import exit_codes
from reports.records import RunEnd

PROMPTS = tuple(f"prompt {index}" for index in range(6))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Paths of a run, of a slower one, and of one with a single launch."""
    root = tmp_path_factory.mktemp("runs")

    def made(name, pace, launches=5, samplers=("greedy", "top_k-5"), **fields):
        cases = [case(sampler, prompts=PROMPTS) for sampler in samplers]
        records = [
            line
            for each in cases
            for number in range(launches)
            for line in launch(each, number, pace=pace * (1 + number / 200))
        ]
        folder = root / name
        return run(folder, cases, [*records, RunEnd(1.0, "complete", 2.0)], **fields).path

    return {
        "a": made("a", 1.0),
        "again": made("again", 1.002),
        "slow": made("slow", 1.3),
        "once": made("once", 1.3, launches=1),
        "other": made("other", 1.0, samplers=("beam-5",)),
        "elsewhere": made("elsewhere", 1.3, machine={"cpu_model": "Other"}),
    }


def test_exit_codes(runs, capsys):
    def code(*arguments):
        return versebench(capsys, "diff", *arguments)[0]

    assert code(runs["a"], runs["again"]) == exit_codes.FINE
    assert code(runs["a"], runs["again"], "--gate") == exit_codes.FINE
    assert code(runs["a"], runs["slow"]) == exit_codes.FINE
    assert code(runs["a"], runs["slow"], "--gate") == exit_codes.WORSE
    assert code(runs["slow"], runs["a"], "--gate") == exit_codes.FINE
    assert code(runs["a"], runs["slow"], "--gate", "--floor", "50%", "--metric", "tok*") == 0
    assert code(runs["a"], runs["other"]) == exit_codes.NOTHING_COMPARED
    speed = ("--metric", "tokens_per_second")
    assert code(runs["a"], runs["elsewhere"]) == exit_codes.FINE  # the texts are compared
    assert code(runs["a"], runs["elsewhere"], *speed) == exit_codes.NOTHING_COMPARED
    assert code(runs["a"], runs["elsewhere"], *speed, "--across", "machine", "--gate") == 1
    assert code(runs["a"], runs["once"], *speed) == exit_codes.FINE
    assert code(runs["a"], runs["once"], *speed, "--gate") == exit_codes.NOTHING_COMPARED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a",), "Name two runs, or one run and --by AXIS"),
        (("a", "slow", "--by", "sampler"), "Name two runs, or one run and --by AXIS"),
        (("a", "slow", "--baseline", "greedy"), "--baseline goes with --by"),
        (("a", "--by", "sampler"), "--baseline: greedy, top_k-5"),
        (("a", "--by", "sampler", "--baseline", "greddy"), "Did you mean greedy?"),
        (("a", "--by", "state"), "base is the only state"),
        (("a", "slow", "--metric", "speed"), "no metric fits 'speed'"),
        (("a", "slow", "--metric", "reps_4"), "Did you mean rep_4? There are: tokens_per_second,"),
        (("a", "slow", "--metric", "tok/s"), "'tok/s' is the title of tokens_per_second"),
        (("a", "slow", "--floor", "fast"), "not a floor: 'fast'"),
        (("a", "/nowhere"), "/nowhere does not exist"),
    ],
)
def test_bad_input(runs, capsys, arguments, said):
    named = [runs.get(one, one) for one in arguments]
    code, _, err = versebench(capsys, "diff", *named)
    assert code == exit_codes.USAGE
    assert said in " ".join(err.split())


def test_forms(runs, capsys):
    _, out, _ = versebench(capsys, "diff", runs["a"], runs["slow"])
    assert "worse" in out
    _, out, _ = versebench(capsys, "diff", runs["a"], runs["slow"], "--json", "--gate")
    found = json.loads(out)
    assert (found["kind"], found["gate"], found["counts"]["worse"]) == (
        "versebench-diff",
        "failed",
        8,
    )
    _, out, _ = versebench(capsys, "diff", runs["a"], runs["slow"], "--csv")
    assert out.startswith("case,case_a,case_b,metric,verdict,")
    _, out, _ = versebench(capsys, "diff", runs["a"], runs["slow"], "--md")
    assert out.startswith("### 8 worse")
    _, out, _ = versebench(capsys, "diff", runs["a"], "--by", "sampler", "--baseline", "greedy")
    assert "Nothing is worse." in out


def test_a_metric_that_the_scenario_did_not_ask_for(runs, capsys):
    _, out, _ = versebench(capsys, "diff", runs["a"], runs["slow"], "--metric", "mtld", "--json")
    assert {row["metric"] for row in json.loads(out)["rows"]} == {"mtld"}


def test_help_names_the_exit_codes(capsys):
    code, out, _ = versebench(capsys, "diff", "--help")
    assert code == 0
    assert "3 nothing was compared" in " ".join(out.split())
