"""Gates that nothing measured can ever meet: known from the scenario, before it is measured.

Such a gate ends a run as *not compared*, after hours perhaps. What only measuring shows (a line
that does not hold, a text in a script that cannot be judged) is not foretold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics import all_metrics, canonical
from reports.case_summary import ENERGY, READINGS
from reports.corpora import NAMES as MEMORISATION
from reports.diff.needed import FEWEST_LAUNCHES, FEWEST_PAIRS
from reports.gate_rules import GateRule, rules_of, tolerated
from reports.gates import GateOutcome
from reports.statistics import FEWEST_PROMPTS
from reports.visible import one_line

_OF_LINE = ("ttft_seconds", "tpot_seconds", "fit_worst_residual", "roofline_decode_share")
_ENOUGH = 40  # launches or texts a side with which every test can show something


@dataclass(frozen=True)
class Planned:
    """What a case will be, as far as gates go by it.

    Attributes:
        axes: axis -> label.
        device: ``cpu``, ``gpu``, ``gpu:1``, ``tpu``.
        prompts: how many it goes on from.
        draws: whether its sampler draws at random; else a prompt has one text.
    """

    axes: Mapping[str, str]
    device: str
    prompts: int
    draws: bool = True


@dataclass(frozen=True)
class VainGate:
    """A gate without prospects.

    Attributes:
        name: as the scenario has it.
        place: which of the gates of that name, from 0.
        asks: the gate in words, such as ``ttft_seconds (max 0.1)``.
        why: what is lacking, and what to do.
    """

    name: str
    place: int
    asks: str
    why: str

    def __str__(self) -> str:
        """Say so on one line that is safe to show."""
        return one_line(f"{self.asks} can never be compared: {self.why}")


def vain_gates(
    scenario: Mapping[str, Any], cases: Sequence[Planned], baseline_launches: int | None = None
) -> list[VainGate]:
    """Return the gates of a scenario that can be compared in none of its cases.

    Args:
        scenario: as it stands in a manifest.
        cases: those to be measured. Where there are none, nothing is said.
        baseline_launches: of the run compared with; by default as many as the scenario asks for.
    """
    found: list[VainGate] = []
    for name, given in (scenario.get("gates") or {}).items():
        for place, one in enumerate(given if isinstance(given, list | tuple) else [given]):
            for rule in rules_of({name: one}):
                why = _why_never(rule, scenario, cases, baseline_launches)
                if why is not None:
                    found.append(VainGate(name, place, _asks(rule), why))
    return found


def _why_never(
    rule: GateRule, scenario: Mapping[str, Any], cases: Sequence[Planned], launches: int | None
) -> str | None:
    held = [case for case in cases if rule.fits(case.axes)]
    if cases and not held:
        return f"no case that is to be measured fits 'where {rule.of}'. Mend that, or leave it out"
    reasons = [_lacks(rule, scenario, case, launches) for case in held]
    return None if None in reasons else next(iter(reasons), None)


def _lacks(
    rule: GateRule, scenario: Mapping[str, Any], case: Planned, launches: int | None
) -> str | None:
    """Why this gate can have no value in this case; None where it may have one."""
    name = canonical(rule.name)
    known = all_metrics()
    repeats = scenario["generate"]["samples"]
    if name in _OF_LINE and scenario["measure"]["fit_points"] == 0:
        return (
            "the scenario asks for no fit, which parts prefill from decode. Set measure.fit_points "
            "to 3 or more (the default is 5), or leave the gate out"
        )
    if (name in (ENERGY, *READINGS) and not case.device.startswith("gpu")) or (
        name == "device_peak_bytes" and case.device == "cpu"
    ):
        return (
            f"its cases run on {case.device}, which has no counter of that. Measure on a gpu, or "
            "leave the gate out"
        )
    if repeats == 0 and (name in known or name == "ended_share"):
        return (
            "no text is generated to be judged. Set generate.samples to 1 or more (the default is "
            "8), or leave the gate out"
        )
    if name in MEMORISATION and not any(state.get("data") for state in scenario["states"]):
        return (
            "no state is trained here, so there are no training texts to hold texts against. Add a "
            "state with data, or leave the gate out"
        )
    if not rule.against:
        return None
    if name in known:
        return _too_few_texts(case.prompts, repeats if case.draws else 1)
    asked = scenario["measure"]["launches"]
    # A manifest may hold any number.
    return _too_few_launches(asked, launches if launches and launches > 0 else asked)


def _too_few_launches(here: int, there: int) -> str | None:
    from reports.diff.compare import can_show
    from reports.diff.exact import two_samples

    if can_show(two_samples(min(here, _ENOUGH), min(there, _ENOUGH))):
        return None
    some = "1 launch" if here == 1 else f"{here} launches"
    return (
        f"{some} against {there}: too few for a test. Set measure.launches to 8, "
        f"or at least {FEWEST_LAUNCHES} (in the baseline, too)"
    )


def _too_few_texts(prompts: int, repeats: int) -> str | None:
    from reports.diff.compare import can_show
    from reports.diff.exact import pairs

    units = prompts if prompts >= FEWEST_PROMPTS else prompts * repeats
    if can_show(pairs(min(units, _ENOUGH))):
        return None
    some = "1 text" if units == 1 else f"{units} texts"
    return (
        f"{some} a case: too few for a test, which takes {FEWEST_PAIRS} (texts that did not change "
        "pass). Add prompts, or raise generate.samples (a sampler that draws nothing gives one per "
        "prompt)"
    )


def _asks(rule: GateRule) -> str:
    return GateOutcome(
        rule.name,
        rule.name,
        None,
        "not compared",
        low=rule.low,
        high=rule.high,
        where=rule.of,
        tolerated=tolerated(rule) if rule.against else None,
    ).asks
