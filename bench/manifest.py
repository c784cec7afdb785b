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
    overrides: Mapping[str, Mapping[str, str]] | None = None,
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
        "overrides": {name: dict(pairs) for name, pairs in (overrides or {}).items()},
        "machine": facts,
        "warnings": machine.warnings(facts),
        "git": machine.git_state(Path.cwd()),
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the warning that a resumed run mixes machines or versions, or nothing."""
    old, new = before.get("machine") or {}, after["machine"]
    names = ("cpu_model", "cores_allowed", "memory_total_bytes", "versions", "python")
    changed = [name for name in names if old.get(name) != new.get(name)]
    if not changed:
        return []
    return [
        f"the run was resumed where {', '.join(changed)} differ from before: its launches are not "
        "comparable with each other. Start a new run"
    ]


def _case(case: Case, skipped: str | None) -> dict[str, Any]:
    return {
        "id": case.id,
        "hash": case.hash,
        "preset": case.preset.name,
        "source": case.source,
        "state": case.state.name,
        "trained": case.state.trained,
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
