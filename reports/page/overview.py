"""The first screen: who won, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from reports.columns import metric_column
from reports.frontier_words import alike
from reports.numbers import plain
from reports.page.case_table import described
from reports.page.chosen import Chosen
from reports.page.texts import text_count
from reports.table import TableColumn, View, leader
from reports.visible import shortened
from reports.warning_lines import merged

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

Weight = Literal["bad", "warn", "good", "plain"]

# What is worth a card, the first two always and others while there is room: (column, title)
_SPEED = "tokens_per_second"
_CARDS = (
    (_SPEED, "Fastest"),
    ("zh_regulated", "Most regulated verse"),
    ("zh_rhyme", "Best rhyme 押韵"),
    ("en_rhymed_lines", "Most rhymed lines"),
    ("seq_rep_4", "Least repetitive"),
    ("diversity", "Most diverse"),
    ("ttft_seconds", "First token soonest"),
)
_MOST_CARDS = 3
_NO_INTERVAL = "too little measured for an interval"
_MOST_GATES = 200
_MOST_NAMED = 3
_LONGEST = 1_200  # characters of one thing to say


@dataclass(frozen=True)
class Card:
    """One headline: a title, a value, and whose it is."""

    title: str
    value: str
    unit: str
    whose: str
    weight: Weight = "plain"
    caution: str = ""


@dataclass(frozen=True)
class Said:
    """Something to know: how grave it is, what, and about which cases."""

    weight: Weight
    kind: str
    text: str
    cases: str = ""
    excerpt: str = ""


@dataclass(frozen=True)
class Overview:
    """What stands above everything else.

    Attributes:
        facts: about the run, in few words each.
        cards: who won.
        frontier: a sentence on the cases that are not beaten; or None.
        problems: what is wrong, the gravest first.
        gates_passed: the gates that were kept, in words.
    """

    facts: tuple[str, ...]
    cards: tuple[Card, ...]
    frontier: str | None
    problems: tuple[Said, ...]
    gates_passed: tuple[str, ...]


def overview(
    summary: Summary, said: View, chosen: Chosen, gates: Sequence[GateOutcome]
) -> Overview:
    """Say what a reader wants to know first."""
    cards = [*_winners(summary, said, chosen), *_trained(summary), *_gate_card(gates)]
    return Overview(
        tuple(_facts(summary, chosen)),
        tuple(cards),
        _frontier(summary, chosen),
        tuple(map(_cut, _problems(summary, chosen, gates))),
        tuple(shortened(str(g), _LONGEST) for g in gates if g.verdict == "pass")[:_MOST_GATES],
    )


def _cut(said: Said) -> Said:
    """Cut what is longer than anyone reads: a traceback may be a megabyte."""
    return replace(
        said,
        text=shortened(said.text, _LONGEST),
        cases=shortened(said.cases, _LONGEST),
        excerpt=shortened(said.excerpt, _LONGEST),
    )


def when(created: Any) -> str:
    """Return an ISO time for people; what it is not is returned as it is."""
    try:
        return datetime.fromisoformat(str(created)).strftime("%-d %B %Y, %H:%M UTC")
    except ValueError:
        return str(created or "")


def duration(seconds: float) -> str:
    """Return seconds for people: ``42 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(number: int, noun: str) -> str:
    """Return ``1 case``, ``2 cases``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _facts(summary: Summary, chosen: Chosen) -> Iterable[str]:
    manifest = summary.run.manifest
    yield when(manifest.get("created"))
    yield count(chosen.total, "case") + (
        f" of {len(summary.cases):,}" if len(summary.cases) != chosen.total else ""
    )
    if texts := text_count(summary):
        yield count(texts, "text")
    if wall := sum(end.wall_seconds for end in summary.completed.ends):
        yield duration(wall)
    machine = manifest.get("machine") or {}
    gpus = machine.get("gpus") or []
    names = [str(gpu.get("name")) for gpu in gpus if isinstance(gpu, dict) and gpu.get("name")]
    if names:
        yield ", ".join(dict.fromkeys(names))
    if machine.get("cpu_model"):
        cores = machine.get("cores_allowed")
        yield f"{machine['cpu_model']}" + (f", {cores} cores" if cores else "")


def _winners(summary: Summary, said: View, chosen: Chosen) -> list[Card]:
    """A card per column in which some case is better than another beyond the noise.

    Speed has one in any case: of all that is what people look for.
    """
    columns = {column.name: column for column in said.columns}
    known = described(summary)
    names = dict(zip(chosen.places, chosen.names, strict=True))
    rows = dict(zip(chosen.places, chosen.rows, strict=True))
    cards: list[Card] = []
    for name, title in _CARDS:
        column = columns.get(name)
        best = [place for place in sorted(column.best) if place in names] if column else []
        if column is not None and not column.best and name == _SPEED:
            there = [place for place in sorted(names) if rows[place][name] is not None]
            best = there if len(there) > 1 else []
        if column is None or not best or chosen.total < 2 or len(cards) >= _MOST_CARDS:
            continue
        first = best[leader(known[name], [rows[place] for place in best]) or 0]
        measured = any(row.get(f"{name}_low") is not None for row in chosen.rows)
        cards.append(_card(title, column, first, names, "" if measured else _NO_INTERVAL))
    return cards


def _card(
    title: str, column: TableColumn, first: int, names: Mapping[int, str], caution: str
) -> Card:
    others = len(column.best) - 1
    if not column.best:
        caution = "no other can be told from it"
    elif others:
        caution = f"{count(others, 'other')} cannot be told from it"
    return Card(title, column.cells[first], column.heading, names[first], "good", caution)


def _gate_card(gates: Sequence[GateOutcome]) -> list[Card]:
    if not gates:
        return []
    passed = sum(gate.verdict == "pass" for gate in gates)
    failed = sum(gate.verdict == "fail" for gate in gates)
    weight: Weight = "bad" if failed else "good" if passed == len(gates) else "warn"
    told = "failed" if failed else "held" if passed == len(gates) else "not all could be compared"
    if failed:
        told = f"{failed:,} failed"
    return [Card("Gates", f"{passed:,} of {len(gates):,}", "held", told, weight)]


def _frontier(summary: Summary, chosen: Chosen) -> str | None:
    names = [
        name
        for row, name in zip(chosen.rows, chosen.names, strict=True)
        if row.get("frontier") == "on"
    ]
    quality = next(
        (row["frontier_quality"] for row in chosen.rows if row.get("frontier_quality")), None
    )
    placed = [row for row in chosen.rows if row.get("frontier")]
    if not names or quality is None or len(placed) < 2:
        return None
    titles = {metric_column(name): one.title for name, one in summary.metrics.items()}
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    of = alike(placed)
    by = f" by another sampler{of}" if of else ""
    return f"Not beaten in both speed and {titles.get(quality, quality)}{by}: {listed}."


def _problems(summary: Summary, chosen: Chosen, gates: Sequence[GateOutcome]) -> Iterable[Said]:
    names = dict(zip(chosen.numbers, chosen.names, strict=True))
    absent = _absent(summary)
    for gate in gates[: _MOST_GATES * 50]:
        if gate.verdict == "fail":
            culprit = gate.culprit
            excerpt = (
                f"{culprit.value:.3g} in: {culprit.prompt} » {culprit.text[:300]}"
                if culprit
                else ""
            )
            yield Said("bad", "Gate failed", str(gate), "", excerpt)
    for (status, reason), cases in absent.items():
        if status == "failed":
            yield Said("bad", "Failed", reason, _which(cases, names, 0))
    if summary.ended != "complete":
        words = {
            "interrupted": "What was finished is here. Go on with --resume.",
            "failed": "The run ended before all its cases were measured.",
            "unfinished": "It still runs, or was killed. Go on with --resume.",
        }
        yield Said("warn", summary.ended.capitalize(), words.get(summary.ended, summary.ended))
    for text, about in merged(summary.warnings):
        yield Said("warn", "Warning", text, _which(about, names, chosen.total))
    for (status, reason), cases in absent.items():
        if status != "failed":
            yield Said("plain", status.capitalize(), reason, _which(cases, names, 0))
    for gate in gates[: _MOST_GATES * 50]:
        if gate.verdict == "not compared":
            yield Said("plain", "Gate not compared", str(gate))


def _absent(summary: Summary) -> dict[tuple[str, str], list[str]]:
    """The cases without a row, by status and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in summary.completed.cases:
        if result.status != "ok":
            key = result.status, result.reason or "no reason given"
            found.setdefault(key, []).append(result.id)
    return found


def _which(cases: Sequence[str], names: Mapping[str, str], everything: int) -> str:
    """Name the cases that something is about, by the page's short names where it has them."""
    if not cases:
        return ""
    if len(cases) == everything and everything > 1:
        return f"all {everything:,} cases"
    listed = ", ".join(names.get(case, case) for case in cases[:_MOST_NAMED])
    more = len(cases) - _MOST_NAMED
    return f"{listed} and {more:,} more" if more > 0 else listed


def _trained(summary: Summary) -> list[Card]:
    """A card on what training gained, where it was measured."""
    known = [t for t in summary.completed.trainings if t.perplexity and t.perplexity_before]
    if not known:
        return []
    best = min(known, key=lambda t: t.perplexity or 0.0)
    value = f"{_whole(best.perplexity_before)} → {_whole(best.perplexity)}"
    more = f" and {len(known) - 1} more" if len(known) > 1 else ""
    return [Card("Training", value, "perplexity", f"held-out texts, state {best.state}{more}")]


def _whole(value: float | None) -> str:
    return "–" if value is None else plain(value) if value < 1000 else f"{value:,.0f}"
