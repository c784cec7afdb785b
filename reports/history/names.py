"""What to call the series and cases of a history, as short as they can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.history.trends import History, Trend


def series_labels(history: History) -> dict[int, str]:
    """Return which series of its case a series is; empty where the case has one."""
    cases: dict[tuple[str, str], list[int]] = {}
    for key in history.keys:
        if key.id in history.spans:
            cases.setdefault((key.scenario, key.case), []).append(key.id)
    found: dict[int, str] = {}
    for ids in cases.values():
        ids.sort(key=lambda id_: history.spans[id_][0].created)
        for place, id_ in enumerate(ids, 1):
            found[id_] = f"{place} of {len(ids)}" if len(ids) > 1 else ""
    return found


def called(
    trend: Trend, names: Mapping[tuple[str, str], str], labels: Mapping[int, str]
) -> tuple[str, str]:
    """Return what to call a trend's case, and its series of that case: empty where it has one."""
    key = trend.series.key
    return names[key.scenario, key.case], labels.get(key.id, "")


def short_names(
    trends: Sequence[Trend], among: Sequence[Trend] = ()
) -> tuple[dict[tuple[str, str], str], str | None]:
    """Return what to call each case, by (scenario, id), and what all have in common.

    Args:
        trends: of these cases.
        among: all that are shown, elsewhere too: the scenario is told where they are of several.
    """
    keys = dict.fromkeys((one.series.key.scenario, one.series.key.case) for one in trends)
    several = len({one.series.key.scenario for one in (*trends, *among)}) > 1
    parts = {key: (*([key[0]] if several else []), *key[1].split("/")) for key in keys}
    if len(keys) < 2:
        return {key: "/".join(parts[key]) for key in keys}, None
    if len({len(one) for one in parts.values()}) > 1:
        return _without_hardware(trends, several=several)
    varying = [
        place for place, words in enumerate(zip(*parts.values(), strict=True)) if len({*words}) > 1
    ]
    first = next(iter(parts.values()))
    shared = "/".join("…" if place in varying else word for place, word in enumerate(first))
    names = {key: "/".join(own[place] for place in varying) for key, own in parts.items()}
    return names, shared if len(varying) < len(first) else None


def _without_hardware(
    trends: Sequence[Trend], *, several: bool
) -> tuple[dict[tuple[str, str], str], str | None]:
    """Names of cases whose ids have different numbers of parts: whole but for shared hardware."""
    keys = [one.series.key for one in trends]
    hardware = keys[0].hardware
    shared = all(key.hardware == hardware and hardware in key.case.split("/") for key in keys)
    names = {}
    for key in keys:
        parts = key.case.split("/")
        if shared:
            parts.remove(hardware)
        case = "/".join(parts) or key.case
        names[key.scenario, key.case] = f"{key.scenario}: {case}" if several else case
    return names, hardware if shared else None
