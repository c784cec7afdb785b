"""What training changed: each state tuned in a run against the untuned preset, as a table.

Speed and texts are compared as in any diff (``reports.diff``): launches for speed, which training
should leave alone, and texts of one prompt and repeat for quality. Beside them stands what people
wrote: the held-out texts of the data set, scored when the state was made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.columns import CASE_COLUMNS
from reports.state_facts import facts
from reports.state_speed import speed_said
from reports.training import BASE, Training

if TYPE_CHECKING:
    from reports.diff.result import Diff, Row
    from reports.summary import Summary

SPEED = ("tokens_per_second", "ttft_seconds", "tpot_seconds")
TEXT = (
    "seq_rep_4",
    "loop_share",
    "cjk_share",
    "uppercase_share",
    "capitalised_sentences",
    "sentence_length",
    "zh_in_form",
    "zh_regulated_lines",
    "zh_lines_rhymed",
    "corpus_overlap_4",
    "longest_copy",
    "copied_lines",
)
"""What a state is judged by: repetition, style, verse, memorisation."""
ENGLISH = ("en_rhymed_lines", "en_metre_fit")


@dataclass(frozen=True)
class StateChange:
    """One tuned state beside its base.

    Attributes:
        state: its label.
        preset: that of the preset.
        facts: what it was trained on and how, for people.
        speed: what became of the speed, in a sentence.
        headings: of the table.
        cells: its rows, all texts; empty where the run has no untuned cases to compare with.
        rows: the same as numbers; ``human`` is the value of the held-out texts.
        notes: what to know of the table.
        training: the record.
    """

    state: str
    preset: str
    facts: tuple[str, ...]
    speed: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    training: Training


def state_changes(summary: Summary) -> list[StateChange]:
    """Return one entry per state that was tuned in the run; nothing where none was."""
    trainings = summary.completed.trainings
    if not trainings:
        return []
    diff = _diff(summary)
    return [_change(training, summary, diff) for training in trainings]


def _diff(summary: Summary) -> Diff | None:
    from reports.diff.between import Options, compare_states
    from reports.diff.pairing import PairingError

    known = {column.name for column in CASE_COLUMNS} | set(summary.metrics)
    chosen = [name for name in (*SPEED, *TEXT, *ENGLISH) if name in known]
    try:
        return compare_states(summary, BASE, Options(metrics=chosen))
    except PairingError:
        return None  # every case is tuned: nothing to hold them against


def _change(training: Training, summary: Summary, diff: Diff | None) -> StateChange:
    from reports.diff.wording import change, short_cases, units, value

    rows = _rows_of(training, summary, diff)
    columns = diff.columns if diff else {}
    order = {name: place for place, name in enumerate((*SPEED, *TEXT, *ENGLISH))}
    rows.sort(key=lambda row: (row.case, order.get(row.metric, len(order))))
    names, _ = short_cases(rows)
    told = training.data.get("human")
    human = {
        name: float(score)
        for name, score in (told.items() if isinstance(told, dict) else ())
        if isinstance(score, int | float)
    }
    several = len({row.case for row in rows}) > 1
    headings = ("metric", BASE, training.state, "change", "n", "verdict", "held-out texts")
    cells = []
    rows = [row for row in rows if row.a is not None or row.b is not None]
    for row in rows:
        column = columns[row.metric]
        line = (
            column.heading,
            value(row.a, column),
            value(row.b, column),
            change(row, column),
            units(row),
            row.verdict if row.change is not None else "",
            value(human[row.metric], column) if row.metric in human else "",
        )
        cells.append((names[row.case], *line) if several else line)
    return StateChange(
        training.state,
        training.preset,
        facts(training),
        speed_said(rows, summary.completed.cases),
        ("case", *headings) if several else headings,
        tuple(cells),
        tuple({**dataclasses.asdict(row), "human": human.get(row.metric)} for row in rows),
        tuple(_notes(training, rows, summary)),
        training,
    )


def _rows_of(training: Training, summary: Summary, diff: Diff | None) -> list[Row]:
    cases = {
        result.id
        for result in summary.completed.cases
        if (result.case.get("preset"), result.case.get("state"))
        == (training.preset, training.state)
    }
    return [row for row in diff.rows if row.case_b in cases] if diff else []


def _notes(training: Training, rows: Sequence[Row], summary: Summary) -> list[str]:
    notes = []
    if any(row.unit in ("prompts", "samples") for row in rows):
        scored = (summary.scores.cases.get(case) for case in {row.case_b for row in rows})
        texts = sorted({len(one.keys) for one in scored if one is not None})
        of = f" of {' or '.join(f'{count:,}' for count in texts)}" if texts else ""
        notes.append(
            f"Scores are means over the texts that both sides could judge, n{of}; what has no "
            "letters is not judged."
        )
    both = [row for row in rows if row.a is not None and row.b is not None]  # else the – says it
    refused = {row.reason for row in both if row.verdict == "not comparable" and row.reason}
    notes += [f"not comparable: {reason}" for reason in sorted(refused)]
    if training.data.get("human") and rows:
        notes.append(
            f"held-out texts: what people wrote, up to {training.data.get('human_units')} "
            "characters or words of each; the model never saw them."
        )
    if not rows:
        notes.append("Nothing to compare with: add the state base, with the same prompts.")
    return [*notes, *training.warnings]
