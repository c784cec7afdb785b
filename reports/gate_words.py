"""The outcomes of gates as lines: failures one by one, the rest once for cases that are alike."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from reports.gates import Culprit, GateOutcome, Verdict

_MOST = 50  # failures that are told one by one
_FEW = 3  # cases that are named


@dataclass(frozen=True)
class GateLine:
    """One line on gates.

    Attributes:
        verdict: of all outcomes that it is about.
        text: for people; not escaped.
        culprit: the text that did it.
    """

    verdict: Verdict
    text: str
    culprit: Culprit | None = None


def gate_lines(outcomes: Sequence[GateOutcome]) -> list[GateLine]:
    """Return what to say about gates, failures first."""
    failed = [one for one in outcomes if one.verdict == "fail"]
    lines = [GateLine("fail", str(one), one.culprit) for one in failed[:_MOST]]
    if len(failed) > _MOST:
        lines.append(GateLine("fail", f"… and {len(failed) - _MOST:,} more; see the JSON"))
    excused: dict[str | None, list[GateOutcome]] = {}
    groups: dict[Hashable, list[GateOutcome]] = {}
    for one in outcomes:
        if one.excused:
            excused.setdefault(one.reason, []).append(one)
        elif one.verdict != "fail":
            reason = re.sub(r"\d+", "0", one.reason or "") if one.verdict != "pass" else ""
            groups.setdefault((one.verdict, one.key, reason), []).append(one)
    for why, ones in excused.items():
        names = ", ".join(dict.fromkeys(one.gate for one in ones))
        lines.append(GateLine("not compared", f"{names} not compared: {why}"))
    for ones in sorted(groups.values(), key=lambda ones: ones[0].verdict == "pass"):
        lines += _grouped(ones)
    return lines


def _grouped(ones: Sequence[GateOutcome]) -> list[GateLine]:
    first = ones[0]
    if len(ones) <= _FEW:
        return [GateLine(one.verdict, str(one)) for one in ones]
    text = f"{first.asks} {first.verdict} in {len(ones):,} cases"
    if first.verdict != "pass":
        text += f", such as {first.case}: {first.reason}"
    elif undecided := sum(one.reason is not None for one in ones):
        text += f", {undecided:,} of them unresolved"
    return [GateLine(first.verdict, text)]
