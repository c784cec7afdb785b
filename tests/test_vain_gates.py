"""Gates that can be compared in no case are told before anything is measured, and only told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import versebench
from fake_runs import FakeWorkers, Watching
from reports_fixture import case, launch, run

from bench import exit_codes, manifest
from bench.gate_prospects import without_prospects
from bench.planning import plan
from bench.runner import Run
from metrics import all_metrics
from reports.diff.compare import can_show
from reports.diff.exact import pairs, two_samples
from reports.gates import check_gates, gate_columns
from reports.records import RunEnd
from reports.run_folder import RunFolder
from reports.summary import Summary, summarise
from reports.vain_gates import _ENOUGH, Planned, vain_gates
from scenarios.cases import expand
from scenarios.loader import parse

START = {
    "prompts": ["My trip was", "The sea"],
    "presets": ["tiny_gpt2_en"],
    "samplers": ["greedy", "top_k"],
}
AGAINST = {"against": "baseline"}


def told(**given):
    """The names of the gates that have no prospects, and why."""
    loaded = parse(json.dumps({**START, **given}), Path("mine.yaml"))
    found = without_prospects(loaded, expand(loaded.scenario).cases)
    return {it.name: it.why for it in found}


@pytest.mark.parametrize(
    ("gate", "settings", "advice"),
    [
        ({"ttft_seconds": {"max": 1}}, {"measure": {"fit_points": 0}}, "Set measure.fit_points"),
        ({"tpot_seconds": AGAINST}, {"measure": {"fit_points": 0}}, "Set measure.fit_points"),
        ({"rep-4": {"max": 1}}, {"generate": {"samples": 0}}, "Set generate.samples"),
        ({"ended_share": {"max": 1}}, {"generate": {"samples": 0}}, "Set generate.samples"),
        ({"energy_joules_per_1000_tokens": {"max": 1}}, {}, "run on cpu"),
        ({"power_watts": {"max": 1}}, {}, "run on cpu"),
        ({"device_peak_bytes": {"max": 1}}, {"hardware": [{"backend": "jax"}]}, "run on cpu"),
        ({"longest_copy": {"max": 9}}, {}, "Add a state with data"),
        ({"tokens_per_second": AGAINST}, {"measure": {"launches": 3}}, "Set measure.launches to 8"),
        ({"rep_4": AGAINST}, {"generate": {"samples": 2}}, "raise generate.samples"),
        (
            {"rep_4": {"max": 1, "where": "sampler=greedy hardware=cpu-jax*"}},
            {
                "hardware": ["cpu", {"backend": "jax"}],
                "exclude": [{"sampler": "greedy", "hardware": "cpu-jax*"}],
            },
            "no case",
        ),
    ],
)
def test_what_is_lacking_and_what_to_do(gate, settings, advice):
    (why,) = told(gates=gate, **settings).values()
    assert advice in why


@pytest.mark.parametrize(
    ("gate", "settings"),
    [
        ({"ttft_seconds": {"max": 1}}, {"measure": {"fit_points": 3}}),
        ({"rep_4": {"max": 1}}, {}),
        ({"device_peak_bytes": {"max": 1}}, {"hardware": ["cpu", "gpu:1"]}),
        ({"power_watts": {"max": 1, "where": "hardware=gpu*"}}, {"hardware": ["cpu", "gpu"]}),
        ({"host_peak_bytes": {"max": 1}}, {}),
        ({"longest_copy": {"max": 9}}, {"states": ["base", {"tang": {"data": "tang"}}]}),
        ({"tokens_per_second": AGAINST}, {"measure": {"launches": 5}}),
        ({"rep_4": AGAINST}, {"generate": {"samples": 3}}),  # greedy has 2 texts, top_k has 6
        ({}, {"measure": {"fit_points": 0}, "generate": {"samples": 0}}),
    ],
)
def test_what_may_have_a_value_is_not_told(gate, settings):
    assert told(gates=gate, **settings) == {}


def test_each_gate_of_a_name_is_told_by_its_place():
    loaded = parse(
        json.dumps({**START, "gates": {"tokens_per_second": [{"min": 1}, {"worse_by": "5%"}]}}),
        Path("mine.yaml"),
    )
    (found,) = without_prospects(loaded, expand(loaded.scenario).cases)
    assert (found.name, found.place) == ("tokens_per_second", 1)
    assert str(found).startswith(
        "tokens_per_second (not worse by 5% than the baseline) can never be compared: 1 launch"
    )


def test_launches_of_a_named_baseline_count():
    scenario = {
        "gates": {"tokens_per_second": [AGAINST]},
        "measure": {"launches": 2, "fit_points": 0},
        "generate": {"samples": 0},
        "states": [],
    }
    case = Planned({"sampler": "greedy"}, "cpu", 1)
    assert [len(vain_gates(scenario, [case], there)) for there in (None, -5, 2, 8)] == [1, 1, 1, 0]
    assert vain_gates(scenario, []) == []


def test_a_large_number_stands_for_larger_ones():
    """The tests of thousands of launches would fill the memory; they are not made."""
    assert can_show(two_samples(1, _ENOUGH))
    assert can_show(pairs(_ENOUGH))
    assert told(gates={"tokens_per_second": AGAINST}, measure={"launches": 10_000}) == {}


def test_what_is_foretold_of_limits_comes_true(tmp_path: Path) -> None:
    """Every column and metric has a gate: those told of find no value."""
    names = [*gate_columns(), *all_metrics()]
    scenario = {
        **START,
        "presets": ["tiny"],
        "generate": {"max_length": 16, "samples": 0},
        "measure": {"trials": 2, "fit_points": 0},
        "gates": {name: {"max": 1e300} for name in names},
    }
    loaded = parse(json.dumps(scenario), Path("mine.yaml"))
    cases = expand(loaded.scenario).cases
    found = {it.name for it in without_prospects(loaded, cases)}
    with RunFolder.create(tmp_path, "mine", manifest.build(loaded, cases, {})) as folder:
        Run(plan(cases, lambda hardware: None), folder, Watching(), FakeWorkers()).execute()
        outcomes = check_gates(summarise(folder))
    compared = {one.gate for one in outcomes if one.verdict != "not compared"}
    assert not found & compared
    assert {"ttft_seconds", "seq_rep_4", "power_watts", "longest_copy", "ended_share"} <= found
    assert {"tokens_per_second", "host_peak_bytes", "cold_seconds"} <= compared
    assert all(name in found or name in compared for name in all_metrics())


def paced(root: Path, pace: float, launches: int, prompts: int, text: str) -> Summary:
    """A run of one case: so many launches at this pace, and one such text for each prompt."""
    one = case("greedy", prompts=tuple(f"prompt {n}" for n in range(prompts)))
    records = []
    for n in range(launches):
        slow = pace * (1 + n / 200)
        records += launch(one, n, pace=slow, texts=(text,), repeats=0 if n else 1)
    return summarise(run(root, [one], [*records, RunEnd(1.0, "complete", 2.0)]), ["seq_rep_2"])


@pytest.mark.parametrize(
    ("launches", "prompts"), [(1, 1), (2, 4), (3, 5), (4, 1), (5, 6), (1, 6), (5, 4)]
)
def test_what_is_foretold_of_a_baseline_comes_true(
    tmp_path: Path, launches: int, prompts: int
) -> None:
    """Twice as slow, and looping: a gate fails, or was said to be without prospects."""
    gates = {"tokens_per_second": [AGAINST], "seq_rep_2": [AGAINST]}
    scenario = {
        "gates": gates,
        "measure": {"launches": launches, "fit_points": 0},
        "generate": {"samples": 1},
        "states": [],
    }
    planned = Planned({"sampler": "greedy"}, "cpu", prompts, draws=False)
    foretold = {it.name for it in vain_gates(scenario, [planned])}
    before = paced(tmp_path / "a", 1.0, launches, prompts, "one two three four five six")
    after = paced(tmp_path / "b", 2.0, launches, prompts, "one two one two one two one two")
    verdicts = {one.gate: one.verdict for one in check_gates(after, gates, before)}
    assert verdicts == {name: "not compared" if name in foretold else "fail" for name in gates}


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "prompts: [My trip was]\npresets: [tiny_gpt2_en]\nsamplers: [greedy]\n"
        "measure: {fit_points: 0}\n"
        "gates:\n  rep_4: {max: 0.5}\n  ttft_seconds: {max: 1}\n"
    )
    return str(path)


def test_check_tells_with_the_place_and_is_content(
    scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = versebench(capsys, "check", scenario)
    assert code == exit_codes.FINE
    assert out == f"{scenario}: fine, 1 warning\n"
    assert err.startswith(f"{scenario}:7:17: gates.ttft_seconds: warning: ttft_seconds (max 1) can")
    assert len(err.splitlines()) == 1
    code, out, _ = versebench(capsys, "check", scenario, "--json")
    assert code == exit_codes.FINE
    found = json.loads(out)
    assert found["faults"] == []
    (warning,) = found["warnings"]
    assert (warning["line"], warning["location"]) == (7, "gates.ttft_seconds")


def test_run_tells_before_it_measures(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    more = "tokens_per_second worse_by 5%"
    code, out, err = versebench(capsys, "run", scenario, "--dry-run", "--gate", more)
    assert code == exit_codes.FINE
    assert "tiny_gpt2_en/base/greedy" in out
    first, second = err.splitlines()
    assert first.startswith("warning: gate ttft_seconds (max 1) can never be compared: ")
    assert second.startswith("warning: gate tokens_per_second (not worse by 5% than the baseline)")
