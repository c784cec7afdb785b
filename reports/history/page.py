"""A history as one offline HTML page: the steps, a drawing of each trend, what to know."""

from __future__ import annotations

from typing import Any

from reports.history import wording
from reports.history.drawing import drawing
from reports.history.groups import group_lines, step_groups
from reports.history.names import called, series_labels, short_names
from reports.history.phrases import number
from reports.history.trends import History, Trend
from reports.history.worth_seeing import metrics_first, ordered, parted, worth_seeing
from reports.page.shell import render

MOST_DRAWN = 200  # trends; more are counted
MOST_SINGLE = 500  # values of cases with one run; more are counted
MOST_GROUPS = 50


def page_html(history: History) -> str:
    """Return the page.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    from markupsafe import Markup

    history = worth_seeing(history)
    rows, single = parted(ordered(history))
    names, shared = short_names(history.trends)
    labels = series_labels(history)
    groups = step_groups(history)

    def drawn(trend: Trend) -> dict[str, Any]:
        key, column = trend.series.key, trend.series.column
        name, label = called(trend, names, labels)
        name = name or key.case
        title = " ".join(filter(None, (name, f"(series {label})" if label else "")))
        cells = dict(zip(wording.HEADINGS, wording.cells(trend, name, label, 0), strict=True))
        return {
            "case": name,
            "full": key.case,
            "label": label,
            "runs": number(len(trend.series.runs), "run"),
            "level": cells["level"],
            "last": cells["last"],
            "step": cells["last step"],
            "verdict": trend.steps[-1].verdict if trend.steps else "",
            "svg": Markup(drawing(trend, f"{column.heading} of {title}")),
        }

    by_metric: dict[str, list[dict[str, Any]]] = {
        heading: [] for heading in metrics_first(rows[:MOST_DRAWN])
    }
    for trend in rows[:MOST_DRAWN]:
        by_metric[trend.series.column.heading].append(drawn(trend))
    headings, values = wording.filled(
        wording.SINGLE_HEADINGS,
        [
            wording.single_cells(trend, *called(trend, names, labels))
            for trend in single[:MOST_SINGLE]
        ],
    )
    return render(
        "history.html.j2",
        title=f"versebench history: {history.folder.resolve().name}",
        styles=("base.css", "history.css"),
        headline=wording.headline(history),
        groups=[
            {
                "verdict": group.verdict,
                "first": lines[0],
                "rest": lines[1:],
            }
            for group in groups[:MOST_GROUPS]
            for lines in [group_lines(group, history)]
        ],
        more_groups=max(0, len(groups) - MOST_GROUPS),
        metrics=by_metric,
        shared=shared,
        single=values,
        single_headings=headings,
        numeric=wording.NUMERIC,
        too_few=wording.too_few(single, history) if single else None,
        more_single=max(0, len(single) - MOST_SINGLE),
        drawn=f"{MOST_DRAWN:,} of {len(rows):,}" if len(rows) > MOST_DRAWN else None,
        remarks=wording.remarks(history),
    )
