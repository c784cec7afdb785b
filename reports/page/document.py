"""A run as one HTML file: what is shown, in which order, and how much of it there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.columns import metric_column
from reports.frames import rows_of
from reports.frontier import frontier_of
from reports.page import charts
from reports.page.case_table import PageColumn, page_columns, short, values
from reports.page.chosen import Chosen, choose
from reports.page.facts import machine_facts, what_ran
from reports.page.fits import fit_points
from reports.page.overview import overview
from reports.page.poems import Drawing, drawings
from reports.page.shell import VEGA, check_installed, render
from reports.page.texts import Texts, as_data, page_texts
from reports.table import NOTHING, view
from reports.training import thinned
from reports.visible import shortened

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

MOST_BYTES = 1_500_000
_SHARES = (1.0, 0.5, 0.2, 0.05)  # tried in turn until the page is small enough
_TEXT_BYTES = 180_000
_POEM_BYTES = 110_000
_MOST_POEMS = 6  # drawn in their section; the others on demand
_MOST_PROBLEMS = 100
_MOST_SCENARIO = 40_000  # characters
_MOST_CURVE = 250  # points of one curve
_MOST_CHANGES = 20
_MOST_CHANGED = 150  # rows of one table of what training changed
_LONGEST_NOTE = 1_000  # characters
_MOST_COMPARED = 1_000  # cases: above, the frontier is shown of one quality only
_WORDS = ("case", "metric", "verdict")  # headings of columns without numbers
_SECTIONS = (
    ("cases", "Cases"),
    ("gates", "Gates"),
    ("frontier", "Speed and quality"),
    ("intervals", "Intervals"),
    ("prefill", "Prefill and decode"),
    ("training", "Training"),
    ("verse", "Verse"),
    ("texts", "Texts"),
    ("machine", "Machine"),
    ("scenario", "Scenario"),
)


def page_html(summary: Summary, gates: Sequence[GateOutcome] = ()) -> str:
    """Return the page of a run.

    It is one file under 1.5 MB that needs no network. What there is no room for is left out, and
    the page says what.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    check_installed()
    for share in _SHARES:
        html = _page(summary, gates, share)
        if len(html.encode("utf-8")) <= MOST_BYTES:
            break
    return html


def _page(summary: Summary, gates: Sequence[GateOutcome], share: float) -> str:
    """Return the page with so much of the cases and texts that there would usually be room for."""
    from markupsafe import Markup

    manifest = summary.run.manifest
    said = view(summary)
    chosen = choose(summary, said, gates, share)
    columns = page_columns(summary, said, chosen) if chosen.rows else []
    numbers = values(summary, chosen, columns)
    qualities = _frontiers(summary, chosen, numbers)
    texts = page_texts(summary, chosen, int(share * _TEXT_BYTES))
    poems = drawings(texts.texts, int(share * _POEM_BYTES))
    fits = fit_points(summary, chosen)
    curves = _curves(summary)
    first = overview(summary, said, chosen, gates)
    changes = summary.state_changes[:_MOST_CHANGES]
    there = {
        "cases": columns,
        "gates": first.gates_passed,
        "frontier": qualities,
        "intervals": columns and numbers,
        "prefill": fits,
        "training": changes,
        "verse": poems,
        "texts": texts.texts,
        "machine": True,
        "scenario": True,
    }
    name = _note(str(manifest.get("scenario_name") or "run"))
    scenario = manifest.get("scenario")
    told = str(manifest.get("scenario_text") or "")
    return render(
        "report.html.j2",
        title=f"{name} – versebench",
        styles=("base.css", "report.css"),
        scripts=("page.js", "table.js", VEGA, "axes.js", "charts.js", "texts.js"),
        data={
            "run": _data(chosen, columns, numbers, qualities, fits),
            "charts": _specs(chosen),
            "curves": curves,
            "samples": as_data(texts, {one.text: place for place, one in enumerate(poems)}),
        },
        name=name,
        description=_note(scenario.get("description") if isinstance(scenario, dict) else ""),
        ended=summary.ended,
        failed=sum(result.status == "failed" for result in summary.completed.cases),
        first=first,
        most_problems=_MOST_PROBLEMS,
        sections=[(id_, title) for id_, title in _SECTIONS if there[id_]],
        columns=columns,
        shown=[column for column in columns if column.shown],
        chosen=chosen,
        notes=[_note(note) for note in said.notes if not note.startswith(NOTHING)],
        gaps=[_note(note) for note in said.notes[:_MOST_PROBLEMS] if note.startswith(NOTHING)],
        stays="sampler"
        if any(c.name == "sampler" for c in columns)
        else columns[0].name
        if columns
        else "",
        numbers=numbers,
        qualities=qualities,
        fits=fits,
        changes=changes,
        most_changed=_MOST_CHANGED,
        curves=curves,
        words=_WORDS,
        poems=[_poem(one, texts, chosen, Markup(one.html)) for one in poems],
        most_poems=_MOST_POEMS,
        legends=_legends(poems),
        texts=texts,
        machine=machine_facts(summary),
        ran=what_ran(summary),
        scenario=told if len(told) <= _MOST_SCENARIO else f"{told[:_MOST_SCENARIO]}\n…",
        only=", ".join(map(str, manifest.get("only") or ())),
        folder=summary.run.path.name,
    )


def _note(text: Any) -> str:
    return shortened(str(text or ""), _LONGEST_NOTE)


def _data(
    chosen: Chosen,
    columns: Sequence[PageColumn],
    numbers: dict[str, dict[str, Any]],
    frontiers: dict[str, list[str | None]],
    fits: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what the scripts know of the run."""
    entries: dict[str, dict[str, Any]] = {}
    for column in columns:
        entry: dict[str, Any] = {
            "heading": column.heading,
            "meaning": column.meaning,
            "better": column.better,
            "shown": column.shown,
            "metric": column.name in frontiers,
            "best": [place for place, best in enumerate(column.best) if best],
        }
        if column.name in numbers:
            entry |= numbers[column.name]
            if references := _references(columns, column):
                entry["references"] = references
        elif not column.shown:
            entry["cells"] = list(column.cells)
        entries[column.name] = entry
    default = next(
        (row.get("frontier_quality") for row in chosen.rows if row.get("frontier_quality")), None
    )
    return {
        "ids": [shortened(str(row["case"]), _LONGEST_NOTE) for row in chosen.rows],
        "names": list(chosen.names),
        "groups": list(chosen.groups),
        "samplers": [str(row["sampler"]) for row in chosen.rows],
        "columns": entries,
        "quality": default or next(iter(frontiers), None),
        "frontiers": frontiers,
        "fits": fits,
    }


def _references(columns: Sequence[PageColumn], column: PageColumn) -> dict[str, float]:
    """Return the values of human poems and of chance, of a verse metric."""
    kinds = [one.comparison for one in columns if one.axis][:1]
    if not kinds:
        return {}
    found: dict[str, float] = {}
    for label, cell in zip(kinds[0], column.comparison, strict=False):
        kind = label.partition(":")[0].strip()
        if cell and kind not in found:
            found[kind] = float(cell)
    return found


def _frontiers(
    summary: Summary, chosen: Chosen, numbers: dict[str, dict[str, Any]]
) -> dict[str, list[str | None]]:
    """Return, for each quality that the page can show, where each shown case stands."""
    if "tokens_per_second" not in numbers:
        return {}
    usual = {row["frontier_quality"] for row in chosen.rows if row.get("frontier_quality")}
    rows = rows_of(summary.cases) if chosen.total <= _MOST_COMPARED else []
    found: dict[str, list[str | None]] = {}
    for metric in summary.metrics.values():
        column = metric_column(metric.name)
        if metric.direction == "neither" or column not in numbers:
            continue
        if column in usual:
            found[column] = [row.get("frontier") for row in chosen.rows]
        elif rows:
            frontier = frontier_of(rows, summary.metrics, metric.name)
            places = {point.case: point.place for point in frontier.points} if frontier else {}
            found[column] = [places.get(str(row["case"])) for row in chosen.rows]
    return found


def _curves(summary: Summary) -> list[dict[str, Any]]:
    """Return the points of every training curve, thinned."""
    found = []
    for training in summary.completed.trainings[:_MOST_CHANGES]:
        for point in thinned(list(training.curve), _MOST_CURVE):
            for kind, name in (("training", "loss"), ("held out", "held_out_loss")):
                if (loss := short(point.get(name))) is not None:
                    row = {"state": training.state, "step": point["step"], "kind": kind}
                    found.append({**row, "loss": loss})
    return found


def _specs(chosen: Chosen) -> dict[str, Any]:
    groups = list(dict.fromkeys(chosen.groups))
    colours = charts.ON_PAGE
    return {
        "scatter": charts.scatter(colours, groups),
        "strip": charts.intervals(colours, groups),
        "fit": charts.fit(colours),
        "curve": charts.training(colours),
    }


def _poem(one: Drawing, texts: Texts, chosen: Chosen, drawing: Any) -> dict[str, Any]:
    text = texts.texts[one.text]
    whose = f"{chosen.names[text.case]}, text {text.repeat + 1} of “{texts.prompts[text.prompt]}”"
    return {"language": one.language, "whose": whose, "drawing": drawing}


def _legends(poems: Sequence[Drawing]) -> list[str]:
    from metrics.chinese.picture import LEGEND as CHINESE
    from metrics.english.drawing import LEGEND as ENGLISH

    languages = {poem.language for poem in poems[:_MOST_POEMS]}
    return [text for language, text in (("zh", CHINESE), ("en", ENGLISH)) if language in languages]
