"""A diff shown: terminal, Markdown, CSV, JSON; and nothing in it is obeyed by any of them."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from diff_questions import COLUMNS, asked, paired, share, speed
from hostile_texts import HOSTILE
from rich.cells import cell_len
from rich.console import Console

from reports.diff.compare import compare
from reports.diff.console import MOST_ROWS, show
from reports.diff.csv_file import csv_text
from reports.diff.json_view import json_object, json_text
from reports.diff.markdown import LONGEST, markdown
from reports.diff.result import VERDICTS, Absent, Diff, Row
from reports.diff.wording import change, gate_of, headline, short_cases, shown, units
from reports.numbers import plain

FAST, SLOW = [100.0, 101, 102, 103, 104], [80.0, 81, 82, 83, 84]


def diff_of(*questions, **fields):
    rows, families = compare(questions)
    columns = {question.measure.name: question.measure.column for question in questions}
    given = {"pairs": len(questions), "families": families, "columns": columns}
    return Diff("run A", "run B", tuple(rows), **{**given, **fields})


@pytest.fixture
def diff():
    return diff_of(
        asked(FAST, SLOW, case="tiny/base/greedy/cpu"),
        asked(SLOW, FAST, case="tiny/base/top_k-5/cpu"),
        asked(FAST, FAST, case="tiny/base/beam-5/cpu"),
        asked([100.0], [80.0], case="tiny/base/random/cpu"),
        paired([0.0] * 6, case="tiny/base/top_p/cpu"),
        notes=("git: a in A, b in B",),
        absent=(Absent("tiny/base/gone/cpu", "b", "missing", "only in A"),),
    )


def on_terminal(diff, width=100, **options):
    out = Console(file=io.StringIO(), width=width, color_system=None)
    show(diff, out, **options)
    return out.file.getvalue()


def test_two_lines_on_top(diff):
    first, second = headline(diff)
    assert first == "1 worse · 1 better · 1 unresolved · 2 same: run B against run A"
    assert second == "Worst: tok/s −20% [−21%, −18%] in tiny/base/greedy/cpu."
    assert on_terminal(diff, 200).splitlines()[:2] == [first, second]
    assert first in markdown(diff)


def test_decided_rows_and_those_beyond_the_floor_are_shown(diff):
    text = on_terminal(diff)
    assert [row.verdict for row in shown(diff)] == ["worse", "better", "unresolved"]
    assert "Not shown: 2 same. See them with --all." in text
    assert "in tiny/base/…/cpu" in text
    assert "only in A (tiny/base/gone/cpu)" in text
    assert "git: a in A, b in B" in text
    assert "5 a side would allow one (tok/s in tiny/base/random/cpu)" in text
    everything = on_terminal(diff, everything=True)
    assert everything.count("same ") >= 2
    assert "Not shown" not in everything


def test_how_many_would_settle_it_is_told_once():
    diff = diff_of(
        asked([100.0, 70, 130, 85, 115], [125.0, 95, 150, 105, 140], case="a"),
        asked([100.0, 40, 160, 85, 115], [125.0, 95, 150, 105, 140], case="b"),
        asked([100.0], [80.0], case="c"),
    )
    least, most = sorted(row.needed for row in diff.rows if row.p is not None)
    text = on_terminal(diff, 200)
    assert least < most
    assert f"about {least} to {most} launches a side would settle it (tok/s in 2 cases)" in text
    assert text.count("would settle it") == 1
    assert "1 launch: too few for a test; 5 a side would allow one (tok/s in c)" in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(diff, width):
    for line in on_terminal(diff, width, everything=True).splitlines():
        assert cell_len(line.rstrip()) <= width
    if width >= 60:
        assert "top_k-5" in on_terminal(diff, width)


def test_many_rows_are_cut_and_counted():
    many = diff_of(*(asked(FAST, SLOW, case=f"case {index}") for index in range(60)))
    assert on_terminal(many).count("\nworse ") == MOST_ROWS
    assert "Not shown: 10 worse." in on_terminal(many)
    assert on_terminal(many, everything=True).count("\nworse ") == 60


def row(**fields):
    given = {"case": "c", "case_a": "c", "case_b": "c", "metric": "m", "verdict": "worse"}
    return Row(**{**given, **fields})


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"change": 0.9, "low": 0.85, "high": 0.951}, "−10% [−15%, −4.9%]"),
        ({"change": 1.0}, "0.0%"),
        ({"change": 3.4, "low": 3.0, "high": 4.0}, "×3.40 [×3.00, ×4.00]"),
        ({"change": 0.1}, "×0.100"),
        ({"change": -0.25, "low": -0.5, "high": 0.0, "form": "difference"}, "−0.250 [−0.500, 0]"),
        ({}, "–"),
    ],
)
def test_changes_in_words(fields, text):
    assert change(row(**fields), COLUMNS["tokens_per_second"]) == text


def test_names_are_shortened_by_what_all_share():
    rows = [row(case="a/b/c/d"), row(case="a/x/c/d")]
    assert short_cases(rows) == ({"a/b/c/d": "b", "a/x/c/d": "x"}, "a/…/c/d")
    assert short_cases([row(case="a/b")]) == ({"a/b": ""}, "a/b")
    assert short_cases([row(case="a/b"), row(case="a/b/c")])[1] is None


def test_gate(diff):
    assert gate_of(diff) == "failed"
    assert gate_of(diff_of(asked(FAST, FAST))) == "passed"
    assert gate_of(diff_of(asked([1.0], [9.0]))) == "nothing compared"
    assert gate_of(diff_of()) == "nothing compared"
    lost = (Absent("c", "b", "failed", "out of memory"),)
    assert gate_of(diff_of(asked(FAST, FAST), absent=lost)) == "failed"
    assert "Failed in B, not in A: c." in headline(diff_of(asked(FAST, FAST), absent=lost))[1]
    assert "gate: failed" in on_terminal(diff, gate="failed")
    assert "❌ gate failed" in markdown(diff, gate="failed")


def test_a_gate_that_passes_says_what_it_could_not_tell():
    one, other = asked(FAST, FAST, case="a"), asked([100.0, 60, 140], [101.0, 60, 139], case="b")
    diff = diff_of(one, other)
    assert diff.count("unresolved") == 1
    said = "gate: passed (nothing is shown to be worse; 1 of 2 could not be told)"
    assert said in on_terminal(diff, gate="passed")
    assert "gate: passed\n" in on_terminal(diff_of(one), gate="passed")


def test_nothing_compared_says_why():
    first, second = headline(diff_of(notes=("speed not comparable: cores differ (2 and 4)",)))
    assert first.startswith("nothing compared")
    assert "cores differ (2 and 4)" in second


def test_markdown_is_short_enough_for_a_comment():
    many = diff_of(*(asked(FAST, SLOW, case=f"case {i} " + "x" * 200) for i in range(3000)))
    text = markdown(many)
    assert len(text) < LONGEST
    assert text.count("<details>") == text.count("</details>") == 1
    assert "2,980 more rows, the first" in text
    assert len(markdown(many, everything=True)) > LONGEST


def test_markdown_folds_all_but_what_was_decided(diff):
    open_part, _, folded = markdown(diff).partition("<details>")
    assert "| **worse** | tok/s | 102 | 82.0 |" in open_part
    assert "beam-5" not in open_part
    assert "beam-5" in folded


def test_csv_has_every_row_in_full(diff):
    rows = list(csv.DictReader(io.StringIO(csv_text(diff), newline="")))
    assert [one["verdict"] for one in rows] == [one.verdict for one in diff.rows]
    assert float(rows[0]["low"]) == diff.rows[0].low
    assert rows[2]["needed"] == "5"
    assert rows[2]["p"] == ""


def test_json_holds_everything(diff):
    found = json.loads(json_text(diff, "failed"))
    assert found == json_object(diff, "failed")
    assert (found["kind"], found["schema_version"], found["gate"]) == (
        "versebench-diff",
        1,
        "failed",
    )
    assert found["counts"] == {verdict: diff.count(verdict) for verdict in VERDICTS}
    assert [Row(**one) for one in found["rows"]] == list(diff.rows)
    assert found["metrics"][0] == {
        "name": "tokens_per_second",
        "title": "tok/s",
        "unit": "1/s",
        "better": "higher",
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(name):
    text = HOSTILE[name]
    bad = diff_of(
        asked(FAST, SLOW, case=text),
        asked([100.0], [50.0], speed("tpot_seconds"), case=f"{text} too"),
        paired([0.3] * 8, share(text or "x"), case="other"),
        notes=(text,),
        absent=(Absent(text, "a", "failed", text),),
    )
    for everything in (True, False):
        plain = on_terminal(bad, everything=everything)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
    written = markdown(bad)
    assert not re.search(r"<(?!/?(details|summary)>|!-- -->)", written)
    for line in written.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (7, 8)
    cells = list(csv.reader(io.StringIO(csv_text(bad), newline="")))
    assert {len(cells_of_row) for cells_of_row in cells} == {len(cells[0])}
    assert not any(cell.startswith(("=", "+", "@", "＝")) for row_ in cells for cell in row_)
    assert json_text(bad).isascii()
    assert text in {one["case"] for one in json.loads(json_text(bad))["rows"]}


def test_what_has_no_room_is_told(diff):
    assert "No room for: A, B, n. Use a" in on_terminal(diff, 44)
    assert "No room for: A, n. Use a wider terminal, or --csv." in on_terminal(diff, 56)
    assert "No room" not in on_terminal(diff, 200)


def test_why_nothing_was_compared_is_told_once():
    why = "speed not comparable: cores differ (2 and 4)"
    said = on_terminal(diff_of(notes=(why, "git: a in A, b in B")), 200)
    assert said.count(why) == 1
    assert "git: a in A" in said


def test_one_unit_and_one_rounding():
    (row,) = compare([paired([0.5])])[0]
    assert units(row) == f"1 {row.unit[:-1]}"
    assert (plain(0.9999), plain(0.99949), plain(99.97)) == ("1.00", "0.999", "100")
