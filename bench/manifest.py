"""The manifest of a run: what was asked for, of which cases, on which machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import machine
from scenarios.cases import Case
from scenarios.loader import LoadedScenario


def build(
    loaded: LoadedScenario,
    cases: Iterable[Case],
    skipped: Mapping[str, str],
    *,
    only: Iterable[str] = (),
    presets: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the manifest (docs/reports.md lists its keys)."""
    facts = machine.facts()
    return {
        "versebench_version": version("versebench"),
        "scenario_name": loaded.scenario.name,
        "scenario": loaded.scenario.model_dump(mode="json", by_alias=True),
        "scenario_path": str(loaded.path),
        "scenario_text": loaded.text,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "cases": [_case(case, skipped.get(case.id)) for case in cases],
        "only": list(only),
        "overrides": {"presets": dict(presets or {})},
        "machine": facts,
        "warnings": machine.warnings(facts),
        "git": machine.git_state(Path.cwd()),
    }


def _case(case: Case, skipped: str | None) -> dict[str, Any]:
    return {
        "id": case.id,
        "hash": case.hash,
        "preset": case.preset.name,
        "source": case.source,
        "state": case.state.name,
        "sampler": case.sampler.name,
        "sampler_arguments": {"kind": case.sampler.kind, **case.sampler.arguments},
        "hardware": case.hardware.name,
        "batch_size": case.batch_size,
        "max_length": case.generate.max_length,
        "prompts": [
            {"index": index, "label": prompt.label, "text": prompt.text, "form": prompt.form}
            for index, prompt in case.prompts
        ],
        "skipped": skipped,
    }
