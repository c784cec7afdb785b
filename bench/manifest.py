"""The manifest of a run: what was asked for, of which cases, on which machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
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


def resumed(
    before: Mapping[str, Any], now: Mapping[str, Any], every_case: Iterable[Case]
) -> dict[str, Any]:
    """Return the manifest of a run that goes on: what it has, and what was asked for now.

    Cases of both are in it, in the scenario's order: resuming with ``--only`` must not drop
    finished ones from the reports. Those left out now say so (``left_out``), for nobody waits for
    them: the run does not end before their turn.

    Args:
        before: the manifest of the run so far.
        now: what ``build`` returns for this command line.
        every_case: of the scenario as it is now; an earlier case that it lacks is dropped.
    """
    every = {case.id: case.hash for case in every_case}
    chosen = {case["id"]: case for case in now["cases"]}
    earlier = {case["id"]: case for case in before.get("cases", [])}
    earlier = {name: case for name, case in earlier.items() if every.get(name) == case["hash"]}
    left_out = " ".join(f"--only {expression}" for expression in now["only"])
    known = {name: {**case, "left_out": left_out} for name, case in earlier.items()} | chosen
    return {
        **before,
        **now,
        "created": before.get("created"),
        "cases": [known[name] for name in every if name in known],
        "only": _which(before.get("only") or [], now["only"], earlier.keys(), chosen.keys()),
        "warnings": [*now["warnings"], *changes(before, now)],
    }


def _which(before: list[str], now: list[str], earlier: Set[str], chosen: Set[str]) -> list[str]:
    """Return the expressions for the cases of both: those of the side that has the other's, too."""
    if earlier <= chosen:
        return now
    if chosen <= earlier:
        return before
    return [" or ".join(" and ".join(side) for side in (before, now))]


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
