"""Warnings that differ in a number only are one line in every view."""

from __future__ import annotations

import io

import pytest
from reports_fixture import case, launch, run
from rich.console import Console

from reports.console import show
from reports.job_summary import job_summary
from reports.markdown import markdown
from reports.page.document import page_html
from reports.records import RunEnd
from reports.summary import Notice, summarise
from reports.warning_lines import merged

GREEDY, TOP_K = case(), case("top_k")
END = RunEnd(1.0, "complete", 2.0)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("took 58 % of it", "took 72 % of it"), ["took 58–72 % of it"]),
        (("5 of 9.5, so", "12 of 9.5, so"), ["5–12 of 9.5, so"]),
        (("at 1,234 tokens.", "at 900 tokens."), ["at 900–1,234 tokens."]),
        (("jax 0.9.1 is old", "jax 0.8.1 is old"), ["jax 0.9.1 is old", "jax 0.8.1 is old"]),
        (("of gpt-2", "of gpt-3"), ["of gpt-2", "of gpt-3"]),
        (("a\0b", "a 5 b"), ["a\0b", "a 5 b"]),
    ],
)
def test_what_is_merged(texts, expected):
    notices = [Notice(text, (f"case {place}",)) for place, text in enumerate(texts)]
    said = merged(notices)
    assert [text for text, _ in said] == expected
    assert {case for _, cases in said for case in cases} == {"case 0", "case 1"}


def test_every_view_tells_them_once(tmp_path):
    records = [
        *launch(GREEDY, warnings=["other programs used 58 % of it: close them"]),
        *launch(TOP_K, warnings=["other programs used 72 % of it: close them"]),
        END,
    ]
    summary = summarise(run(tmp_path, [GREEDY, TOP_K], records))
    out = io.StringIO()
    show(summary, Console(file=out, width=200, color_system=None))
    one = "other programs used 58–72 % of it: close them"
    assert f"{one} (all 2 cases)" in out.getvalue()
    for said in (out.getvalue(), markdown(summary), page_html(summary, ()), job_summary(summary)):
        text = said.replace("&#8211;", "–").replace("\\", "")
        assert "58–72 %" in text
        assert "72 % of it: close" in text
        assert "used 72" not in text.split("<script")[0]
