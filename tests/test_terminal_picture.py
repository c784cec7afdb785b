"""The picture of a terminal: every character has the room that it takes there."""

import io
import re
from html import unescape

import pytest
from rich.console import Console

from reports.terminal_picture import terminal_svg

TEXT = re.compile(r'textLength="([^"]*)"[^>]*>([^<]*)<')


def test_a_chinese_character_takes_two_cells():
    screen = io.StringIO()
    console = Console(record=True, width=40, file=screen, force_terminal=True, highlight=False)
    console.print("a <b>&  c")
    console.print("[bold]工整[/] 押韵: [red]rhyme[/]")
    drawn = {
        unescape(text).replace("\xa0", " "): float(length)
        for length, text in TEXT.findall(terminal_svg(console, "工整"))
    }
    cell = drawn["a <b>&  c"] / 9
    assert drawn["工整"] == 4 * cell
    assert drawn["rhyme"] == 5 * cell
    assert drawn[" 押韵: "] == pytest.approx(7 * cell)
