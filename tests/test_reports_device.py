"""A case on a GPU in the columns: its clocks and limits, and why any is not there."""

from __future__ import annotations

from typing import Any

import pytest

from reports.case_summary import CaseSummary, summarise_case
from reports.completed import CaseLaunch, CaseResult
from reports.records import CaseDone, Trial

SEEN = {
    "readings": 60,
    "sm_clock_mhz": 1980,
    "memory_clock_mhz": 2619,
    "power_watts": 310.5,
    "power_limit_watts": 700.0,
    "temperature_celsius": 58,
    "throttle_reasons": ["idle"],
}
ALLOWED = {
    "weight_bytes_per_step": 500 * 10**6,
    "cache_bytes_per_step": 0,
    "flops_per_step": 10**9,
    "sampler_bytes_per_step": 7,
    "copy_bandwidth": 2e12,
    "matrix_rate": 50e12,
    "device_cache_bytes": None,
}


def summarised(*done: CaseDone) -> CaseSummary:
    launches = tuple(
        CaseLaunch(
            one,
            (Trial("c", i, "a", "timed", 0, 8, 100, 100, 0.1, None, None, 0, None),),
            (),
            None,
            None,
        )
        for i, one in enumerate(done)
    )
    case = {"id": "c", "batch_size": 1, "prompts": []}
    return summarise_case(CaseResult(case, "ok", launches=launches), {})


def done(launch: int = 0, **fields: Any) -> CaseDone:
    return CaseDone("c", "h", launch, "a", "ok", **fields)


def test_the_device_over_launches() -> None:
    hot = {
        **SEEN,
        "temperature_celsius": 71,
        "sm_clock_mhz": 1700,
        "throttle_reasons": ["power cap"],
    }
    energy = {"energy_joules_per_1000_tokens": 200.0}
    row = summarised(
        done(0, device=SEEN, roofline=ALLOWED, **energy), done(1, device=hot, **energy)
    ).row
    assert row["temperature_celsius"] == 71
    assert row["sm_clock_mhz"] == 1840
    assert row["throttle_reasons"] == "idle, power cap"
    assert row["power_limit_watts"] == 700.0
    assert row["roofline_tokens_per_second"] == pytest.approx(4000)
    assert row["roofline_share"] == pytest.approx(0.25)
    assert row["bound_by"] == "memory"


def test_a_quiet_device_had_no_reason_to_slow() -> None:
    assert (
        summarised(done(device={**SEEN, "throttle_reasons": []})).row["throttle_reasons"] == "none"
    )


def test_why_there_are_no_readings() -> None:
    why = "the case does not run on an NVIDIA device"
    found = summarised(done(missing={"energy_joules_per_1000_tokens": why}))
    for name in ("sm_clock_mhz", "power_watts", "temperature_celsius", "throttle_reasons"):
        assert found.row[name] is None
        assert found.missing[name] == why


def test_a_reading_without_a_part_of_it() -> None:
    part = {**SEEN, "power_watts": None}
    found = summarised(done(device=part, energy_joules_per_1000_tokens=1.0))
    assert found.missing["power_watts"] == "NVML did not say while the case ran"
    assert "sm_clock_mhz" not in found.missing


@pytest.mark.parametrize("odd", ["hot", None, True, [1], float("nan"), 10**400])
def test_a_record_of_another_version_is_no_traceback(odd: object) -> None:
    found = summarised(done(device={**SEEN, "power_watts": odd, "throttle_reasons": odd}))
    assert found.row["power_watts"] is None
    assert found.row["sm_clock_mhz"] == 1980
