"""The console: fits its width, aligns Chinese, obeys nothing that a run holds."""

import io
import re

import pytest
from hostile_texts import HOSTILE
from reports_fixture import case, launch, run
from rich.cells import cell_len
from rich.console import Console

from reports.console import fitting, show
from reports.console_samples import chosen, show_samples
from reports.csv_files import write_csv
from reports.gates import check_gates
from reports.records import CaseDone, RunEnd
from reports.summary import summarise
from reports.table import view

SAMPLERS = ("greedy", "top_k-5", "top_p-0.9", "beam-5")
END = RunEnd(1.0, "complete", 2.0)


def console(width=80, **options):
    return Console(file=io.StringIO(), width=width, color_system=None, **options)


def shown(summary, width=80, gates=()):
    out = console(width)
    show(summary, out, gates)
    return out.file.getvalue()


@pytest.fixture
def summary(tmp_path):
    cases = [
        case(sampler, state=state, batch_size=batch)
        for sampler in SAMPLERS
        for state in ("base", "唐诗")
        for batch in (1, 8)
    ]
    records = [
        line
        for index, each in enumerate(cases)
        for number in range(5)
        for line in launch(each, number, pace=1 + index / 7 + number / 100)
    ]
    return summarise(run(tmp_path, cases, [*records, END]))


def block(text):
    """The lines of the table: between the first and the second empty line."""
    lines = text.splitlines()
    first = lines.index("")
    return lines[first + 1 : lines.index("", first + 1)]


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal(summary, width):
    for line in shown(summary, width).splitlines():
        assert cell_len(line.rstrip()) <= width


def test_160_columns_show_everything(summary):
    text = shown(summary, 160)
    table = block(text)
    heading = re.split(r"\s{2,}", table[0].strip())
    assert heading[:4] == ["state", "sampler", "batch", "tok/s"]
    assert len(table) == 1 + 16
    assert "self-BLEU-4" in table[0]
    assert text.splitlines()[0] == "demo"
    assert "preset tiny · hardware cpu-jax-float32 · max length 80" in text


def test_80_columns_drop_the_least_and_say_so(summary):
    text = shown(summary, 80)
    table = block(text)
    assert len(table) <= 2 + 16  # a heading may take two lines, a row takes one
    assert "tok/s" in table[0] + table[1]
    assert "rep-4" in table[0] + table[1]
    assert "self-BLEU-4" not in table[0]
    assert re.search(r"No room for: .*self-BLEU-4.*CSV", text.replace("\n", " "))


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_no_cell_is_ever_cut(summary, width):
    columns, _ = fitting(view(summary).columns, width)
    table = block(shown(summary, width))
    rows = [line for line in table if line.startswith(("base", "唐诗"))]
    head = table[: table.index(rows[0])]
    for column in columns:
        assert all(any(part in line for line in head) for part in column.heading.split("\n"))
        for cell, line in zip(column.cells, rows, strict=True):
            assert cell in line


def test_headings_fold_before_a_column_goes(summary):
    columns = view(summary).columns
    fits = [(width, *fitting(columns, width)) for width in range(180, 100, -1)]
    first = next(i for i, (_, kept, _) in enumerate(fits) if any("\n" in c.heading for c in kept))
    assert first > 0
    assert all(list(kept) == columns for _, kept, _ in fits[:first])
    width, folded, gone = fits[first]
    assert not gone
    headings = [column.heading for column in folded]
    assert "memory\nMB" in headings
    assert "tok/s" in headings
    assert len(block(shown(summary, width))) == 2 + 16


def test_a_note_about_a_column_goes_with_it(tmp_path):
    cases = [case(state=state, prompts=("",)) for state in ("base", "tang")]
    poem = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
    verse = ("The cat sat down upon the mat\nAnd then it saw another cat",)
    records = [*launch(cases[0], texts=verse), *launch(cases[1], texts=(poem, poem, "123")), END]
    summary = summarise(run(tmp_path, cases, records))
    wide, narrow = shown(summary, 300), shown(summary, 60)
    for said in ("Tang poems", "No chance level of in form 工整", "not every text", "152 sonnets"):
        assert said in wide
    assert "sonnets" not in narrow
    assert "tonal pattern 平仄" in wide
    human, chance = (line for line in wide.splitlines() if line.split()[1:3] == ["Tang", "poems"])
    assert "1.000" in human
    assert "1.000" not in chance


def test_a_note_about_missing_values_goes_with_their_column(tmp_path):
    cases = [case("greedy"), case("top_k-5")]
    records = [*launch(cases[0]), *launch(cases[1], texts=("春",)), END]
    summary = summarise(run(tmp_path, cases, records))
    said = "– in diversity, distinct-2: no text"
    assert said in shown(summary, 300)
    assert "No room for: " in (narrow := shown(summary, 64))
    assert "– in diversity" not in narrow
    assert "– in rep-4" in narrow
    assert "beats it in both tok/s and loop" in " ".join(narrow.split())
    assert " loop" in block(shown(summary, 50))[0]  # the marks speak of it


def test_columns_are_aligned_beside_chinese(summary):
    rows = block(shown(summary, 160))[1:]
    ends = {cell_len(row[: row.index("greedy")]) for row in rows if "greedy" in row}
    assert len(ends) == 1


def test_very_narrow_keeps_the_axes_and_one_number(summary):
    columns, gone = fitting(view(summary).columns, 20)
    assert [c.name for c in columns] == ["state", "sampler", "batch_size", "tokens_per_second"]
    assert "TPOT ms" in gone
    shown(summary, 20)


def test_the_best_is_marked_subtly(summary):
    out = Console(file=io.StringIO(), width=140, force_terminal=True, color_system="standard")
    show(summary, out)
    assert "\x1b[1;32m" in out.file.getvalue()


def test_what_did_not_run_is_below_the_table(tmp_path):
    good, bad, off = case("greedy"), case("top_k-5"), case("beam-5", skipped="no GPU")
    failed = CaseDone(bad["id"], bad["hash"], 0, "x", "failed", "out of memory")
    records = [*launch(good, warnings=["Hot: let it cool."]), failed, END]
    summary = summarise(run(tmp_path, [good, bad, off], records, warnings=["On battery: plug in."]))
    text = shown(summary, 100)
    assert "failed tiny/base/top_k-5/cpu-jax-float32: out of memory" in text
    assert "skipped tiny/base/beam-5/cpu-jax-float32: no GPU" in text
    assert "! On battery: plug in." in text
    assert "! Hot: let it cool. (tiny/base/greedy/cpu-jax-float32)" in text


def test_a_run_without_any_finished_case_is_still_told(tmp_path):
    summary = summarise(run(tmp_path, [case(skipped="no GPU")], []))
    assert "no GPU" in shown(summary)
    assert "demo (unfinished)" in shown(summarise(run(tmp_path, [], [])))


def test_long_lists_of_cases_are_cut(tmp_path):
    cases = [case(f"top_k-{k}", skipped="no GPU") for k in range(50)]
    assert "and 47 more" in shown(summarise(run(tmp_path, cases, [])), 500)


def test_files_are_named_once_they_are_there(summary):
    assert "cases.csv" not in shown(summary, 200)
    write_csv(summary)
    assert f"cases.csv and samples.csv in {summary.run.path}" in shown(summary, 300)


def test_gates_show_the_text_that_failed(summary):
    gates = check_gates(summary, {"rep_4": {"max": 0.2}, "tokens_per_second": {"min": 0.001}})
    text = shown(summary, 120, gates)
    assert "✗ rep_4 (max 0.2) fail in tiny/base/greedy/cpu-jax-float32: 0.25" in text
    assert "0.75 in: My trip was » again and again" in text
    assert "✓ tokens_per_second (min 0.001) pass" in text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_everywhere_is_shown_and_not_obeyed(tmp_path, text):
    label = text[:300] or "x"
    each = case(label, prompts=(text,))
    bad = case(f"bad {label}")
    records = [
        *launch(each, texts=(f"again and again and again {text}",), warnings=[text]),
        CaseDone(bad["id"], bad["hash"], 0, "x", "failed", text),
        END,
    ]
    manifest = {"warnings": [text], "scenario_name": label}
    summary = summarise(run(tmp_path, [each, bad], records, **manifest))
    out = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    show(summary, out, check_gates(summary, {"rep_1": {"max": 0.0}}))
    show_samples(summary, out, 5)
    told = re.sub(r"\x1b\[[0-9;]*m", "", out.file.getvalue())  # rich's own colours
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", told
    )
    told.encode("utf-8")
    if "[" in text and "\x1b" not in text:
        assert text.split()[0] in told.replace("\n", "")  # markup is printed as it is


def test_rich_colours_come_from_us_alone(tmp_path):
    each = case("[bold red]greedy[/]")
    summary = summarise(run(tmp_path, [each], [*launch(each, texts=("\x1b[31mred",)), END]))
    out = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    show_samples(summary, out, 1)
    assert "\x1b[31m" not in out.file.getvalue()


def test_samples_take_the_prompts_in_turn(summary):
    found = chosen(summary.completed.cases[0], 3)
    assert [(sample.prompt_index, sample.repeat) for sample in found] == [(0, 0), (1, 0), (0, 1)]
    assert chosen(summary.completed.cases[0], 0) == []
    assert len(chosen(summary.completed.cases[0], 99)) == 6


def test_samples_name_their_case_and_prompt(summary):
    out = console(100)
    show_samples(summary, out, 1)
    text = out.file.getvalue()
    assert text.count("My trip was » the moon is bright") == 16
    assert "tiny/唐诗/beam-5/cpu-jax-float32/b8" in text
