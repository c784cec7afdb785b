"""What people and programs get to see of a history; hostile labels act nowhere."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from history_files import COLUMNS, MACHINE, case, environment, night, speed_of
from hostile_texts import HOSTILE
from rich.console import Console

from reports.history import wording
from reports.history.console import show
from reports.history.csv_file import csv_text
from reports.history.drawing import CUT, drawing
from reports.history.files import store
from reports.history.json_view import json_text
from reports.history.markdown import markdown
from reports.history.page import page_html
from reports.history.query import query
from reports.history.sparkline import sparkline
from reports.history.wording import headline

SPEED = "tokens_per_second"


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Twelve fast nights and six slow ones, of two cases, with a new KerasHub between."""
    folder = tmp_path_factory.mktemp("history")
    for number in range(18):
        slow, speed = number >= 12, 50 + number % 2 / 5
        versions = {"keras-hub": "0.33.0"} if slow else {}
        values = {SPEED: speed * (0.8 if slow else 1), "seq_rep_4": 0.25}
        intervals = {SPEED: [speed - 1, speed + 1]}
        cases = [case(values, name, intervals=intervals) for name in ("greedy", "top_k-5")]
        store(night(number, cases, environments=[environment(**versions)]), folder)
    speed_of([20.0], folder, first=18, machine={**MACHINE, "cpu_model": "Slow CPU"})
    (folder / "broken.json").write_text("{")
    return query(folder, [SPEED, "seq_rep_4"])


def shown(history, width=120, **options):
    """The console's text."""
    text = io.StringIO()
    show(history, Console(file=text, width=width, force_terminal=False), **options)
    return text.getvalue()


def test_console(history):
    said = shown(history, 160)
    assert said.startswith("19 runs from 2026-09-01 to 2026-09-19, 2 cases; steps: 2 worse")
    assert "worse tok/s −20% since 2026-09-13 03:12, run 20260913-031200-nightly (12 runs" in said
    assert "in 2 of 2 cases: greedy, top_k-5" in said
    assert "changed across it: keras-hub 0.32.0 → 0.33.0" in said
    assert "a new series of gpt2/base/greedy/cpu-jax-float32 from 2026-09-19 03:12" in said
    assert "processor Example CPU → Slow CPU" in said
    assert "skipped broken.json: it is cut short or damaged" in said
    assert "1 of 2" in said
    assert "╎" in said
    assert "1 case has 1 run so far: a trend needs more." in said


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_console_fits(history, width):
    lines = shown(history, width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert any("worse −20%" in line for line in lines) or width < 80
    headings = re.split("  +", next(line for line in lines if "  level" in line).strip())
    gone = " ".join(lines).partition("No room for: ")[2].partition(".")[0]
    gone = re.split(", +", gone) if gone else []
    assert {*headings, *gone} == set(wording.HEADINGS), headings
    assert len(headings) + len(gone) == len(wording.HEADINGS)


def test_the_scenario_is_told_where_there_are_several(tmp_path):
    """Above each table, though each is of one of them."""
    speed_of([50.0, 51.0], tmp_path)
    assert "nightly/" not in shown(query(tmp_path))
    speed_of([20.0], tmp_path, first=5, scenario="quick")
    told = shown(query(tmp_path))
    assert "nightly/gpt2/base/greedy/cpu-jax-float32" in told
    assert "quick/gpt2/base/greedy/cpu-jax-float32" in told


def test_markdown(history):
    said = markdown(history)
    assert said.startswith("### 19 runs from 2026-09-01 to 2026-09-19, 2 cases; steps: 2 worse")
    assert "**worse** tok/s −20% since" in said
    assert "| tok/s | greedy | 1 of 2 | 18 |" in said


def test_json(history):
    said = json.loads(json_text(history))
    assert (said["kind"], said["schema_version"]) == ("versebench-trends", 1)
    first = said["series"][0]
    assert (first["metric"], first["better"], first["form"]) == (SPEED, "higher", "ratio")
    assert first["machine"]["processor"] == "Example CPU"
    assert first["points"][0] == {
        "run": 0, "value": 50.0, "low": 49.0, "high": 51.0, "launches": 5, "n": None,
    }  # fmt: skip
    assert first["steps"][0]["verdict"] == "worse"
    assert said["runs"][first["steps"][0]["place"]]["name"] == "20260913-031200-nightly"
    assert [one["file"] for one in said["skipped"]] == ["broken.json"]
    assert said["beginnings"][0]["changes"] == [
        {"what": "processor", "a": "Example CPU", "b": "Slow CPU"}
    ]


def test_csv(history):
    rows = list(csv.DictReader(io.StringIO(csv_text(history))))
    assert len(rows) == 18 * 2 * 2 + 1
    speeds = [row for row in rows if row["metric"] == SPEED and row["series"] == "1 of 2"]
    assert [row["step"] for row in speeds] == [""] * 12 + ["worse"] + [""] * 5
    assert float(speeds[11]["level"]) == 50.1
    assert float(speeds[12]["level"]) == pytest.approx(40.08)


def test_page(history):
    page = page_html(history)
    assert page.count("<svg") == 4
    assert "1 case has 1 run so far: a trend needs more." in page
    assert "worse −20%" in page.replace("&#8722;", "−")
    assert "2026-09-13: keras-hub 0.32.0 &#8594; 0.33.0" in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"<script| style=|https?://| on\w+=", page)


@pytest.mark.parametrize(("high", "cut"), [(75.0, False), (900.0, True)])
def test_a_drawing_has_room_for_intervals_unless_one_would_flatten_it(high, cut, tmp_path):
    for number in range(8):
        ends = [48.0, high if number == 3 else 61.0]
        values = {SPEED: 50.0 + number % 2 * 9}
        store(night(number, [case(values, intervals={SPEED: ends})]), tmp_path)
    (trend,) = query(tmp_path).trends
    svg = drawing(trend, "speed")
    strokes = re.search(r'class="interval" d="([^"]+)"', svg)[1]
    ends = [tuple(map(float, one)) for one in re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)", strokes)]
    top = ends[3][1]
    assert (CUT in svg) == cut
    assert len(ends) == 8
    assert all(top < upper < lower for lower, upper in ends[:3])
    dots = {float(y) for y in re.findall(r'cy="([\d.]+)"', svg)}
    assert max(dots) - min(dots) > 20  # the runs can still be told apart


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_labels_act_nowhere(name, tmp_path):
    text = HOSTILE[name]
    for number in range(8):
        values = {text or "x": 1.0 if number < 4 else 2.0}
        one = case(values, text, text, id_=f"{text}/{text}")
        kept = night(
            number,
            [one],
            name=text,
            path=text,
            scenario=text,
            git={"revision": text},
            machine={**MACHINE, "governor": text if number < 4 else "x"},
            columns={text: {**COLUMNS[SPEED], "title": text, "unit": text}},
            warnings=[{"text": text, "cases": []}] if number > 3 else [],
        )
        store(kept, tmp_path)
    found = query(tmp_path, ["*"])
    assert len(found.steps) == 1
    said = shown(found, 80)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066\ud800-\udfff]", said)
    if name == "markup":
        assert "[bold red]" in said.replace("\n", "")
    assert json_text(found).isascii()
    page = page_html(found)
    page.encode()
    assert not re.search(r"<script>alert|\x1b|\u202e|<b>", page)
    assert "<script>" not in markdown(found).replace("\\", "")
    for row in csv.reader(io.StringIO(csv_text(found))):
        assert not any(re.match("[=+@\t\r]", cell) for cell in row)


def test_an_empty_history(tmp_path):
    found = query(tmp_path)
    assert headline(found) == f"no runs in {tmp_path}"
    shown(found)
    markdown(found)
    json_text(found)
    assert "There is nothing to draw." in page_html(found)
    assert csv_text(found).count("\n") == 1


def test_one_run_is_values_and_no_trend(tmp_path):
    cases = [case({SPEED: 50.0 + place}, f"top_k-{place}") for place in range(8)]
    store(night(0, cases), tmp_path)
    found = query(tmp_path)
    once = "1 run so far: a trend needs more."
    said = shown(found)
    assert said.count(once) == 1
    assert re.search(r"^top_k-7 +57\.0$", said, re.MULTILINE)
    written = markdown(found)
    assert written.count(once) == 1
    assert "| metric | case | value |" in written
    assert "| tok/s | top\\_k-7 | 57.0 |" in written
    page = page_html(found)
    assert page.count(once) == 1
    assert "<svg" not in page
    assert "57.0</td>" in page
    assert not re.search("▅|level|last", said + written)

    store(night(1, cases[:1], scenario="other"), tmp_path)
    assert "1 run of each case so far: a trend needs more." in shown(query(tmp_path))
    store(night(2, cases[:1]), tmp_path)
    said = shown(query(tmp_path))
    assert "8 cases have 1 run so far (--all shows them): a trend needs more." in said
    assert "57.0" not in said
    assert "57.0" in shown(query(tmp_path), everything=True)


def test_many_trends_are_cut_and_counted(tmp_path):
    names = [f"top_k-{number}" for number in range(60)]
    for number in range(2):
        store(night(number, [case({SPEED: 1.0}, name) for name in names]), tmp_path)
    found = query(tmp_path)
    assert "10 more trends: see them with --all." in shown(found)
    assert "more trends" not in shown(found, everything=True)


@pytest.mark.parametrize(
    ("values", "cuts", "width", "expected"),
    [
        ([1.0], [], 10, "▅"),
        ([1.0, 1.0, 1.0], [], 10, "▅▅▅"),
        ([0.0, 0.0, 1.0, 1.0], [2], 10, "▁▁╎██"),
        ([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], [4], 5, "▁▁╎██"),
        ([0.0, 0.02], [], 10, "▄▅"),  # less than the floor looks like little
    ],
)
def test_sparkline(values, cuts, width, expected):
    assert sparkline(np.array(values), cuts, 0.05, width) == expected


def test_sparkline_of_values_that_are_all_the_same_without_a_floor():
    assert sparkline(np.zeros(3), [], 0.0, 10) == "▅▅▅"
