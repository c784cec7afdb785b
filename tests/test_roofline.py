"""The cost of a decode step: against numbers worked out by hand, which docs/roofline.md prints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import FakeEngine, case_job, measure

from bench import roofline_pass
from bench.roofline import DecodeCost, ModelShape, NotKnownError, decode_cost
from reports.records import CaseDone
from reports.roofline import COLUMNS, roofline

LAYERS, HIDDEN, VOCABULARY, POSITIONS = 12, 768, 50257, 1024
PARAMETERS = 124_439_808
MATRICES = LAYERS * (4 + 8) * HIDDEN**2 + VOCABULARY * HIDDEN
GPT2 = ModelShape(
    weight_bytes=4 * (PARAMETERS - POSITIONS * HIDDEN),
    gathered_bytes=4 * HIDDEN,
    matrix_weights=MATRICES,
    layers=LAYERS,
    heads=12,
    cached_heads=12,
    head_size=64,
    vocabulary=VOCABULARY,
    hidden=HIDDEN,
    value_bytes=4,
)
DOCS = (Path(__file__).parent.parent / "docs/roofline.md").read_text(encoding="utf-8")


def test_a_step_of_gpt2_by_hand() -> None:
    """Prompt 32, 128 new tokens, batch 1, float32."""
    cost = decode_cost(GPT2, texts=1, max_length=160)
    assert cost.weight_bytes == 494_616_576
    assert cost.cache_bytes == 160 * 12 * 2 * 768 * 4 == 11_796_480
    assert cost.bytes == 506_413_056
    assert cost.flops == 2 * 123_532_032 + 160 * 12 * 4 * 768 == 252_962_304
    assert cost.sampler_bytes == 50257 * 4


def test_the_hand_calculation_of_the_docs() -> None:
    """Every number that the page works out is what the code gives."""
    cost = decode_cost(GPT2, texts=1, max_length=160)
    for number in (cost.weight_bytes, cost.cache_bytes, cost.bytes, cost.flops):
        assert f"{number:,}" in DOCS, number
    limits = [bandwidth / cost.bytes for bandwidth in (47e9, 49e9)]
    assert f"{limits[0]:.0f} to {limits[1]:.0f} tokens/s" in DOCS
    assert f"{cost.flops / 226e9 * 1000:.1f} ms" in DOCS
    assert f"{56 / limits[1]:.2f} to {56 / limits[0]:.2f}" in DOCS


def test_the_batch_shares_the_weights() -> None:
    one, eight = (decode_cost(GPT2, texts=n, max_length=160) for n in (1, 8))
    assert eight.weight_bytes - one.weight_bytes == 7 * GPT2.gathered_bytes
    assert eight.cache_bytes == 8 * one.cache_bytes
    assert eight.flops == 8 * one.flops


def test_beams_multiply_what_a_text_costs() -> None:
    five, beams = decode_cost(GPT2, 10, 64), decode_cost(GPT2, 2, 64, rows_per_text=5)
    assert five == beams


def test_the_cache_is_padded_to_max_length() -> None:
    short, long = (decode_cost(GPT2, 1, length).cache_bytes for length in (100, 400))
    assert long == 4 * short


def test_few_key_heads_and_a_narrow_dtype_make_a_small_cache() -> None:
    grouped = replace(GPT2, cached_heads=3, value_bytes=2)
    full, small = decode_cost(GPT2, 1, 64), decode_cost(grouped, 1, 64)
    assert small.cache_bytes * 8 == full.cache_bytes
    assert small.flops == full.flops, "every query head still attends"


def test_what_the_sampler_reads_is_apart() -> None:
    plain, contrastive = (
        decode_cost(GPT2, 1, 64, rows_per_text=4, hidden_states=hidden) for hidden in (False, True)
    )
    assert contrastive.sampler_bytes - plain.sampler_bytes == 4 * 64 * 768 * 4
    assert (plain.bytes, plain.flops) == (contrastive.bytes, contrastive.flops)


# The pass in a launch


def test_the_first_launch_measures_what_the_device_allows() -> None:
    engine, report = measure(case_job("greedy"))
    [done] = report.of(CaseDone)
    assert engine.log.of("copy bandwidth") == [(10**9,)]
    assert done.roofline == {
        "weight_bytes_per_step": 10**9,
        "cache_bytes_per_step": 0,
        "flops_per_step": 10**6,
        "sampler_bytes_per_step": 1000,
        "copy_bandwidth": 50e9,
        "matrix_rate": 200e9,
        "matrix_dtype": "float32",
        "device_cache_bytes": 32 << 20,
    }
    _, later = measure(case_job("greedy"), launch=1)
    assert later.of(CaseDone)[0].roofline == {}


def test_no_rate_is_measured_before_the_last_timed_call() -> None:
    engine, _ = measure(case_job("greedy"), case_job("top_k"))
    kinds = [entry[0] for entry in engine.log if entry[0] in ("call", "copy bandwidth")]
    first = kinds.index("copy bandwidth")
    assert kinds[first:] == ["copy bandwidth", "call", "copy bandwidth"], "only memory passes"


def test_what_is_not_known_has_a_reason() -> None:
    engine = FakeEngine(cost=NotKnownError("not known for a mixture of experts"))
    program = engine.program(case_job().sampler)
    found = roofline_pass.measure(engine, program, 1, 32)
    assert found == {"missing": "not known for a mixture of experts"}


def test_rates_that_cannot_be_measured_cost_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(engine: FakeEngine, working_set: int) -> float:
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory\nallocating 512 MB")

    monkeypatch.setattr(FakeEngine, "copy_bandwidth", full)
    _, report = measure(case_job("greedy"))
    [done] = report.of(CaseDone)
    assert done.status == "ok"
    assert done.roofline["missing"].endswith("RuntimeError: RESOURCE_EXHAUSTED: out of memory")


# The columns

TOLD = {
    "weight_bytes_per_step": 400 * 10**6,
    "cache_bytes_per_step": 100 * 10**6,
    "flops_per_step": 10**9,
    "sampler_bytes_per_step": 7,
    "copy_bandwidth": 50e9,
    "matrix_rate": 200e9,
    "matrix_dtype": "float32",
    "device_cache_bytes": None,
}


def done(**told: object) -> CaseDone:
    return CaseDone("c", "h", 0, "a", "ok", roofline={**TOLD, **told} if told else dict(TOLD))


def test_a_step_bound_by_memory() -> None:
    row, missing, warnings = roofline([done()], 4, tokens_per_second=200.0, tpot=0.0125)
    assert row["roofline_tokens_per_second"] == pytest.approx(400)  # 10 ms a step, 4 texts
    assert row["roofline_share"] == pytest.approx(0.5)
    assert row["roofline_decode_share"] == pytest.approx(0.8)
    assert row["bound_by"] == "memory"
    assert row["bytes_per_step"] == 500 * 10**6
    assert set(row) == set(COLUMNS)
    assert missing == {}
    assert warnings == []


def test_a_step_bound_by_operations() -> None:
    row, *_ = roofline([done(flops_per_step=4 * 10**9)], 1, 25.0, None)
    assert row["bound_by"] == "compute"
    assert row["roofline_tokens_per_second"] == pytest.approx(50)
    assert row["roofline_share"] == pytest.approx(0.5)


@pytest.mark.parametrize(("cache", "bound"), [(600 * 10**6, "cache"), (400 * 10**6, "memory")])
def test_a_model_that_fits_into_the_cache_says_so(cache: int, bound: str) -> None:
    row, *_ = roofline([done(device_cache_bytes=cache)], 1, 1.0, None)
    assert row["bound_by"] == bound


def test_above_the_limit_there_is_an_explanation() -> None:
    row, _, warnings = roofline([done()], 1, tokens_per_second=120.0, tpot=None)
    assert row["roofline_share"] == pytest.approx(1.2)
    assert "measure again" in warnings[0]


def test_each_absence_has_its_reason() -> None:
    _, missing, _ = roofline([done()], 1, None, None)
    assert set(missing) == {"roofline_share", "roofline_decode_share"}
    unknown = CaseDone("c", "h", 0, "a", "ok", roofline={"missing": "not known here"})
    row, missing, _ = roofline([unknown], 1, 10.0, 0.1)
    assert set(row.values()) == {None}
    assert missing == dict.fromkeys(COLUMNS, "not known here")
    _, missing, _ = roofline([CaseDone("c", "h", 3, "a", "ok")], 1, 10.0, 0.1)
    assert re.search("first launch", missing["roofline_share"])


@pytest.mark.parametrize(
    "broken",
    [
        {"copy_bandwidth": 0},
        {"matrix_rate": "fast"},
        {"flops_per_step": None},
        {"cache_bytes_per_step": 10**400},
        {"copy_bandwidth": float("nan")},
        {"matrix_rate": float("inf")},
        {"matrix_rate": True},
    ],
)
def test_a_record_of_another_version_is_no_traceback(broken: dict[str, object]) -> None:
    row, missing, _ = roofline([done(**broken)], 1, 10.0, 0.1)
    assert row["roofline_share"] is None
    assert missing["roofline_share"]


def test_the_cost_is_plain_data() -> None:
    assert DecodeCost(3, 4, 5, 6).bytes == 7
