"""The picture of a poem: the same signs in plain text, in rich text and in HTML."""

import io
import re
from html import escape
from html.parser import HTMLParser

import pytest
from english_poems import POEMS, SONNETS
from hostile_texts import HOSTILE
from rich.console import Console

from metrics.english import judge
from metrics.english.drawing import STYLE, drawn, html, plain, rich_text

TAGS = {"figure", "figcaption", "ol", "li", "span", "div", "i", "b", "br", "style"}
ALL = {**{f"sonnet {n}": text for n, text in SONNETS.items()}, **POEMS}


def test_one_line_as_plain_text():
    poem = "Making a famine where abundance lies,\nThy sweet self in those bright eyes"
    text = plain(judge(poem, "couplets"))
    assert text.splitlines()[:2] == ["rhymed couplets: kept", "rhyme scheme AA, wanted AA: F1 1.00"]
    line = next(i for i, row in enumerate(text.splitlines()) if "famine" in row)
    above, row = text.splitlines()[line - 1 : line + 1]
    assert row == "  1 Making a famine where abundance lies,  A"
    assert above == "    / .    . / .    .     ./  .     /"


def test_metre_faults_and_rhymes_are_marked():
    lines = SONNETS[18].splitlines()
    lines[2] = "Rough winds do shake the banana of June"
    text = plain(judge("\n".join(lines), "sonnet"))
    assert "June does not rhyme with day (line 1)" in text
    assert "! syllable" in text
    assert re.search(r"date:  [A-Z] = 2 promoted|date:  [A-Z] = 2 perfect", text)
    assert "strict by human hand 80%, by chance 29%" in text


def test_signs_stand_under_their_syllables():
    verdict = judge(SONNETS[18], "sonnet")
    rows = plain(verdict).splitlines()
    at = next(i for i, row in enumerate(rows) if "Shall I compare" in row)
    above, text, below = rows[at - 1 : at + 2]
    columns = [[i for i, sign in enumerate(row) if sign != " "] for row in (above, below)]
    assert columns[0] == columns[1]
    assert above[text.index("sum")] == "/"
    assert below[text.index("sum")] == "^"


@pytest.mark.parametrize("name", ALL)
def test_the_three_renderings_say_the_same(name):
    verdict = judge(ALL[name])
    text = plain(verdict)
    console = Console(width=200, file=io.StringIO(), color_system=None)
    console.print(rich_text(verdict))
    assert re.sub(r"\s+", " ", console.file.getvalue()).strip() == re.sub(r"\s+", " ", text).strip()
    fragment = html(verdict, style=False)
    for line in verdict.lines:
        letters = re.sub(r"<i>.*?</i>|<b>.*?</b>|<[^>]*>", "", fragment)
        assert escape(line.text) in letters


class Checker(HTMLParser):
    """Reads a fragment and keeps its open tags and all tags seen."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_and_never_obeyed(name):
    for text in (HOSTILE[name], f"{HOSTILE[name]}\nthe day\n{HOSTILE[name]} love\nthe way"):
        verdict = judge(text)
        drawn_plain = plain(verdict)
        assert all(c.isprintable() or c == "\n" for c in drawn_plain)
        checker = Checker()
        checker.feed(html(verdict))
        assert checker.open == []
        assert checker.seen <= {
            *["figure", "figcaption", "ol", "li", "span", "div", "i", "b", "br", "style"]
        }
        console = Console(width=120, file=io.StringIO(), color_system=None)
        console.print(rich_text(verdict))


def test_no_colour_is_needed_and_the_style_goes_once():
    verdict = judge(SONNETS[1], "sonnet")
    assert html(verdict).count("<style>") == 1
    assert "<style>" not in html(verdict, style=False)
    assert STYLE.startswith("<style>")


def test_text_that_is_no_verse_has_a_heading_only():
    assert plain(judge("", "haiku")).startswith("haiku: not in form: ")
    assert list(drawn(judge(""))) == []
    assert "<ol>" in html(judge(""))


def test_stanzas_are_parted():
    rows = plain(judge(POEMS["anapaests"])).splitlines()
    at = next(i for i, row in enumerate(rows) if "Like the leaves of the forest when Summer" in row)
    assert rows[at - 2] == ""
    assert 'class="stanza"' in html(judge(POEMS["anapaests"]))
