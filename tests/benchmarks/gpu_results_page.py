"""The page of gpu_results.py: plain data in, Markdown out."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.markdown import escaped

WANTED = 0.99
"""versebench's share of a bare loop's tokens/s, at least, where JAX decodes one text."""
_COLUMNS = (
    ("tok/s", "tokens_per_second", 1, 1),
    ("TTFT ms", "ttft_seconds", 1000, 1),
    ("TPOT ms", "tpot_seconds", 1000, 2),
    ("device MB", "device_peak_bytes", 1e-6, 0),
    ("J/1k tok", "energy_joules_per_1000_tokens", 1, 1),
    ("W", "power_watts", 1, 0),
    ("limit tok/s", "roofline_tokens_per_second", 1, 0),
    ("of limit", "roofline_share", 1, 2),
)


@dataclass(frozen=True)
class Result:
    """One combination, by all means.

    Attributes:
        backend: of Keras.
        dtype: of weights and computation.
        batch: texts together.
        row: versebench's case row.
        bare: tokens/s of a loop over KerasHub's generate, or why there is none.
        other: transformers' version and rates, or why there are none.
    """

    backend: str
    dtype: str
    batch: int
    row: Mapping[str, Any]
    bare: float | str
    other: Mapping[str, Any] | str

    @property
    def against_bare(self) -> float | None:
        """versebench's tokens/s over the bare loop's."""
        return _ratio(self.row.get("tokens_per_second"), self.bare)

    @property
    def against_other(self) -> float | None:
        """versebench's tokens/s over those of transformers."""
        rates = self.other["rates"] if isinstance(self.other, Mapping) else None
        return _ratio(
            self.row.get("tokens_per_second"), statistics.median(rates) if rates else None
        )


def page(
    results: Sequence[Result],
    manifest: Mapping[str, Any],
    ran: Mapping[str, Any],
    warnings: Sequence[str],
) -> str:
    """Return the whole page."""
    version = next((r.other["version"] for r in results if isinstance(r.other, Mapping)), None)
    machine = manifest.get("machine") or {}
    head = ["backend", "dtype", "batch", *(title for title, *_ in _COLUMNS)]
    head += ["/ bare", f"/ transformers {version or ''}".strip(), "bound by"]
    lines = [
        "# Results on a GPU"
        if _gpus(machine, ran)
        else "# Results (no GPU: a trial of the script)",
        "Written by `tests/benchmarks/gpu_results.py`; not edited by hand.",
        "\n".join("- " + escaped(f"{what}: {it}") for what, it in _facts(manifest, ran)),
        "\n".join([_row(head), _row(["---"] * 2 + ["---:"] * (len(head) - 3) + ["---"])])
        + "\n"
        + "\n".join(_row(_cells(result)) for result in results),
        "`/ bare` is versebench's tokens/s over those of a loop over KerasHub's `generate` in a "
        "process of its own (the median of one before and one after the run); `/ transformers` is "
        "the same over Hugging Face's `generate` on the same shape, in torch. "
        "[Roofline](roofline.md) explains the limit.",
        _verdict(results)
        if _gpus(machine, ran)
        else "A trial on a CPU shows that the script works, and decides nothing.",
    ]
    notes = [*_gaps(results), *(f"Warning: {text}" for text in warnings)]
    if notes:
        lines.append("\n".join(f"- {escaped(note)}" for note in dict.fromkeys(notes)))
    return "\n\n".join(lines) + "\n"


def _facts(manifest: Mapping[str, Any], ran: Mapping[str, Any]) -> list[tuple[str, str]]:
    machine = manifest.get("machine") or {}
    versions = ran.get("versions") or {}
    scenario = manifest.get("scenario") or {}
    generate, measure = scenario.get("generate") or {}, scenario.get("measure") or {}
    facts = [("date", str(manifest.get("created", "not known")))]
    for gpu in _gpus(machine, ran):
        facts.append(("GPU", gpu))
    facts += [
        ("driver", str(machine.get("gpu_driver") or "none")),
        ("processor", f"{machine.get('cpu_model')}, {machine.get('cores_allowed')} cores"),
        ("model", f"{ran.get('model_class')}, {ran.get('parameters', 0):,} parameters"),
        ("max_length", str(generate.get("max_length"))),
        ("launches", str(measure.get("launches"))),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
    ]
    return facts


def _gpus(machine: Mapping[str, Any], ran: Mapping[str, Any]) -> list[str]:
    """Return the names of the GPUs; the backend's own where NVML tells none."""
    told = [str(gpu.get("name")) for gpu in machine.get("gpus") or ()]
    return told or [d for d in ran.get("devices") or () if "cpu" not in d.lower()]


def _cells(result: Result) -> list[str]:
    cells = [result.backend, result.dtype, str(result.batch)]
    for _, name, scale, digits in _COLUMNS:
        value = result.row.get(name)
        cells.append("–" if value is None else f"{value * scale:,.{digits}f}")
    for ratio in (result.against_bare, result.against_other):
        cells.append("–" if ratio is None else f"{ratio:.3f}")
    return [*cells, str(result.row.get("bound_by") or "–")]


def _verdict(results: Sequence[Result]) -> str:
    found = [r for r in results if (r.backend, r.batch) == ("jax", 1) and r.against_bare]
    if not found:
        return "JAX at batch 1 was not measured against the bare loop."
    words = ", ".join(f"{r.dtype} {r.against_bare:.3f}" for r in found)
    kept = all(r.against_bare is not None and r.against_bare >= WANTED for r in found)
    return f"JAX at batch 1 over a bare loop: {words}; at least {WANTED} is wanted: " + (
        "**kept**." if kept else "**not kept**."
    )


def _gaps(results: Sequence[Result]) -> list[str]:
    """Say why a number is not there, once for each reason."""
    gaps = []
    for result in results:
        where = f"{result.backend} {result.dtype} batch {result.batch}"
        if result.row.get("status") != "ok":
            gaps.append(f"{where}: {result.row.get('status')}: {result.row.get('reason')}")
        if isinstance(result.bare, str):
            gaps.append(f"bare loop, {where}: {result.bare}")
        if isinstance(result.other, str):
            gaps.append(f"transformers, {result.dtype} batch {result.batch}: {result.other}")
        if missing := result.row.get("missing"):
            gaps += [f"– : {reason}" for reason in str(missing).split(" | ")]
    return gaps


def _ratio(value: Any, base: Any) -> float | None:
    numbers = isinstance(value, int | float) and isinstance(base, int | float)
    return value / base if numbers and base else None


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
