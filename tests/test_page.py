"""The page of a run: one offline file under a strict policy, in which no text can act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from hostile_texts import HOSTILE
from page_runs import HEAVY, LOOP, POEM, SCENARIO_TEXT, SONNET, judged, page_run
from reports_fixture import case, launch, manifest, run

from bench.cli import versebench
from metrics.loops import text_loop
from metrics.text import Text
from reports import visible
from reports.chart import static_svg
from reports.page import charts, shell
from reports.page.chosen import choose
from reports.page.document import MOST_BYTES, page_html
from reports.page.overview import duration, overview, when
from reports.page.texts import page_texts, split_at_loop
from reports.records import CaseDone, Sample
from reports.run_folder import RunFolder
from reports.summary import summarise
from reports.table import view

pytest.importorskip("jinja2", reason="the extra report makes pages")
pytest.importorskip("altair", reason="the extra report makes pages")
pytest.importorskip("vl_convert", reason="the extra report makes pages")

FOREIGN = re.compile(
    r"""(?:src|href|action|srcset|data|poster)\s*=\s*["']?\s*(?:https?:)?//""", re.I
)


@dataclass
class Page(HTMLParser):
    """A page taken apart: elements, text outside of scripts, scripts and styles."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    blocks: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._in: tuple[str, dict[str, str | None]] | None = None
        self._content = ""
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._in, self._content = (tag, dict(attrs)), ""

    def handle_data(self, data):
        if self._in:
            self._content += data
        else:
            self.text.append(data)

    def handle_endtag(self, tag):
        if not self._in or tag != self._in[0]:
            return
        attributes = self._in[1]
        if tag == "style":
            self.styles.append(self._content)
        elif attributes.get("type") == "application/json":
            self.blocks[attributes["id"]] = json.loads(self._content)
        else:
            self.scripts.append(self._content)
        self._in = None

    @property
    def policy(self) -> dict[str, str]:
        """The Content-Security-Policy."""
        (content,) = (
            attributes["content"]
            for tag, attributes in self.tags
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        rules = (rule.strip().partition(" ") for rule in content.split(";"))
        return {name: sources for name, _, sources in rules}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> RunFolder:
    return page_run(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def judgement(folder):
    return judged(folder)


@pytest.fixture(scope="module")
def summary(judgement):
    return judgement[0]


@pytest.fixture(scope="module")
def html(judgement) -> str:
    return page_html(*judgement)


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_it_is_small_and_whole(html, page):
    assert len(html.encode("utf-8")) < MOST_BYTES
    assert sum(tag == "html" for tag, _ in page.tags) == 1
    assert html.endswith("</html>")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    linked = [a["href"][1:] for tag, a in page.tags if tag == "a" and a["href"].startswith("#")]
    assert linked
    assert set(linked) <= set(ids)


def test_nothing_comes_from_elsewhere(html, page):
    assert not FOREIGN.search(html)
    assert "@import" not in html
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:,")), (tag, name)


def test_the_policy_allows_its_own_scripts_and_styles_and_nothing_else(page):
    policy = page.policy
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert set(policy["script-src"].split()) == {digest(one) for one in page.scripts}
    assert set(policy["style-src"].split()) == {digest(one) for one in page.styles}
    assert "unsafe" not in str(policy)
    for tag, attributes in page.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag


def test_no_text_becomes_markup(html, page):
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"img", "u", "iframe", "object", "embed", "form"}
    assert sum(tag == "script" for tag, _ in page.tags) == len(page.scripts) + len(page.blocks)
    assert not [one for one in page.scripts if "alert(" in one]
    said = " ".join("".join(page.text).split())
    for shown in (HEAVY, "died: <script>alert(4)</script>␛[31m", "no <b>GPU</b> here"):
        assert shown in said
    assert "</script><b>bold</b>" in SCENARIO_TEXT
    assert "</script><b>bold</b>" in said


def test_no_control_or_hidden_character_is_in_the_file(html):
    left = {
        character
        for character in html
        if character != "\n" and visible.lines(character) != character
    }
    # Vega's own code parts numbers and units with these spaces and signs.
    own = set(shell.vega())
    assert left <= own


@pytest.mark.parametrize("name", HOSTILE)
def test_every_text_is_there_as_signs(page, name):
    samples = page.blocks["samples"]
    shown = {one["t"] + one.get("l", "") for one in samples["texts"]}
    wanted = visible.lines(HOSTILE[name])
    assert wanted[:2000] in shown


def test_a_long_text_is_cut_and_says_so(page):
    cut = {one["x"] for one in page.blocks["samples"]["texts"] if "x" in one}
    assert cut == {len(HOSTILE["long"]) - 2_000, 30_000 - 2_000}
    assert "cut to 2,000 characters" in " ".join(page.text)


def test_loops_are_marked_turn_by_turn(page):
    looped = [one for one in page.blocks["samples"]["texts"] if "l" in one]
    assert {one["t"] + one["l"] for one in looped} >= {LOOP}
    turns = next(one for one in looped if one["t"] + one["l"] == LOOP)
    assert turns["n"] == len("round and round it goes, ")
    assert turns["l"][: turns["n"]] * 2 == turns["l"][: 2 * turns["n"]]


def sample_of(text: str, ids: list[int]) -> Sample:
    return Sample("c", 0, "a", "p", 0, 0, 1, text, ids, len(ids), False, text.count("\ufffd"))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a b c " * 20, [1, 2, 3] * 20),
        ("春\x00眠" * 30, [5, 6, 7] * 30),
        ("not a loop, only words that come once", list(range(9))),
        ("", []),
        ("cut 的的的的的的的的的的的的\ufffd", [1, *[2] * 12, 3]),
    ],
)
def test_text_and_loop_together_are_the_text(text, ids):
    sample = sample_of(text, ids)
    head, loop, period, loops = split_at_loop(sample)
    assert head + loop == visible.lines(text)
    assert loops == (text_loop(Text.of(text, ids or None)) is not None)
    if loop:
        assert loop[:period] == loop[period : 2 * period]


def test_a_loop_of_tokens_that_no_characters_repeat_is_only_said():
    sample = sample_of("each token shows another way", [4] * 24)
    assert split_at_loop(sample) == ("each token shows another way", "", 0, True)


def test_the_numbers_are_those_of_the_summary(page, summary):
    data = page.blocks["run"]
    shown = dict(zip(data["ids"], data["columns"]["tokens_per_second"]["values"], strict=True))
    lows = dict(zip(data["ids"], data["columns"]["ttft_seconds"]["low"], strict=True))
    finished = summary.cases[summary.cases["status"] == "ok"]
    assert set(shown) == set(finished["case"])
    for _, row in finished.iterrows():
        assert shown[row["case"]] == pytest.approx(row["tokens_per_second"], rel=1e-5)
        assert lows[row["case"]] == pytest.approx(1000 * row["ttft_seconds_low"], rel=1e-5)
    places = data["frontiers"][summary.quality or data["quality"]]
    wanted = dict(zip(summary.cases["case"], summary.cases["frontier"], strict=True))
    assert places == [wanted[case] for case in data["ids"]]


def test_verse_is_drawn_and_prose_is_not(page, html):
    whose = [one for one in page.blocks["samples"]["texts"] if "d" in one]
    texts = {one["t"] for one in whose}
    assert POEM[2:] in texts
    assert any(SONNET[:40] in text for text in texts)
    assert not any("alert(" in text for text in texts)
    assert html.count('<template id="poem-') == len({one["d"] for one in whose})


def test_what_is_wrong_comes_first_and_the_gravest_before_all(judgement):
    summary, gates = judgement
    said = view(summary)
    first = overview(summary, said, choose(summary, said, gates), gates)
    weights = [one.weight for one in first.problems]
    assert weights == sorted(weights, key=["bad", "warn", "plain"].index)
    kinds = [one.kind for one in first.problems]
    assert {"Gate failed", "Failed", "Warning", "Skipped"} <= set(kinds)
    failing = [gate for gate in gates if gate.verdict == "fail"]
    assert kinds.count("Gate failed") == len(failing) > 0
    (card,) = [card for card in first.cards if card.title == "Gates"]
    assert card.weight == "bad"
    assert f"{len(failing)} failed" in card.whose
    (fastest,) = [card for card in first.cards if card.title == "Fastest"]
    assert "greedy" in fastest.whose


def test_speed_has_a_card_even_where_nobody_wins(tmp_path):
    cases = [case(), case("top_k-5")]
    paces = [[1.0, 1.1, 1.2, 1.3, 1.4], [1.05, 1.15, 1.25, 1.35, 1.45]]
    records = [
        line
        for each, fast in zip(cases, paces, strict=True)
        for number, pace in enumerate(fast)
        for line in launch(each, number, pace=pace)
    ]
    summary = summarise(run(tmp_path, cases, records), ["loop_share"])
    said = view(summary)
    first = overview(summary, said, choose(summary, said, []), [])
    assert [(one.title, one.whose) for one in first.cards] == [("Fastest", "greedy")]
    assert first.cards[0].caution == "no other can be told from it"


def test_training_is_told(page):
    said = " ".join("".join(page.text).split())
    assert "8,103 → 1,097" in said
    curve = page.blocks["curves"]
    assert {row["kind"] for row in curve} == {"training", "held out"}
    assert {"state", "step", "loss"} <= curve[0].keys()


def test_an_empty_run_has_a_page_that_says_so(tmp_path):
    folder = run(tmp_path, [case(skipped="no GPU")], [])
    page = Page(page_html(summarise(folder, ["*"])))
    said = " ".join("".join(page.text).split())
    assert "no GPU" in said
    assert "unfinished" in said
    assert not [a for _, a in page.tags if a.get("id") == "case-table"]


def test_one_case_has_a_page_without_rivals(tmp_path):
    only = case()
    page = Page(page_html(summarise(run(tmp_path, [only]), ["*"])))
    assert page.blocks["run"]["ids"] == [only["id"]]
    assert "Fastest" not in "".join(page.text)


def test_many_cases_are_thinned_and_it_says_so(tmp_path):
    cases = [case(f"top_k-{k}", prompts=("My trip was",)) for k in range(400)]
    with RunFolder.create(tmp_path, "demo", manifest(cases)) as folder:
        for place, each in enumerate(cases):
            fast = 0.5 if place == 277 else 1.0
            folder.append(*launch(each, pace=fast, repeats=1, attempt=f"a{place}"))
    summary = summarise(folder, ["loop_share"])
    html = page_html(summary)
    page = Page(html)
    shown = page.blocks["run"]["ids"]
    assert len(html.encode("utf-8")) < MOST_BYTES
    assert 60 <= len(shown) <= 200
    assert cases[277]["id"] in shown  # the fastest
    assert cases[0]["id"] in shown
    assert cases[-1]["id"] in shown
    assert f"{len(shown)} of 400 cases are on this page" in " ".join(page.text)
    assert f"{len(page.blocks['samples']['texts'])} of 400 texts" in " ".join(page.text)


def test_texts_of_a_megabyte_each_leave_it_small(tmp_path):
    long = "<b>long</b> \u202e" * 80_000
    good, bad = case(prompts=(long,)), case("top_k-5", prompts=(long,))
    records = launch(good, texts=(long,), repeats=2, warnings=[long])
    records.append(CaseDone(bad["id"], bad["hash"], 0, "x", "failed", long, "crash"))
    given = {"scenario_text": long, "warnings": [long + "!"]}
    html = page_html(summarise(run(tmp_path, [good, bad], records, **given), ["loop_share"]))
    page = Page(html)
    assert len(html.encode("utf-8")) < MOST_BYTES
    assert not {"b"} & {tag for tag, _ in page.tags}
    assert "more characters)" in "".join(page.text)


def test_texts_that_may_be_compared_are_kept_together(summary):
    said = view(summary)
    chosen = choose(summary, said, [])
    some = page_texts(summary, chosen, 20_000)
    assert 0 < len(some.texts) < some.total
    cases = {}
    for text in some.texts:
        cases.setdefault((text.repeat, text.prompt), set()).add(text.case)
    assert len({frozenset(found) for found in cases.values()}) == 1
    tiny = page_texts(summary, chosen, 1)
    assert len(tiny.texts) == 1
    assert tiny.note


def test_the_charts_are_valid_vega_lite():
    import altair

    colours, groups = charts.ALONE, ("base", "tang")
    for spec in (
        charts.scatter(colours, groups),
        charts.intervals(colours, groups),
        charts.fit(colours),
        charts.training(colours),
    ):
        altair.Chart.from_dict(spec).to_dict(validate=True)


def test_json_cannot_leave_its_element():
    value = {"a": "</script><!--<script>\u2028\ud800", "b": [1.5, None, True]}
    text = shell.json_block(value)
    assert not re.search("[<>&\u2028\ud800]", text)
    assert json.loads(text)["a"] == visible.lines(value["a"])
    text.encode("utf-8")


def test_words_for_times():
    assert when("2026-11-22T20:46:00+00:00") == "22 November 2026, 20:46 UTC"
    assert when("no time") == "no time"
    assert [duration(s) for s in (42.4, 200, 7500)] == ["42 s", "3 min 20 s", "2 h 5 min"]


def test_the_chart_is_svg_that_does_nothing(judgement):
    svg = static_svg(*judgement)
    root = ElementTree.fromstring(svg)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert root.tag.endswith("svg")
    assert not names & {"script", "foreignObject", "image", "use", "a", "style"}
    words = " ".join(root.itertext())
    assert {"greedy", "tok/s (not from 0) →"} <= set(root.itertext())
    assert "1 failed case" in words
    assert "http" not in svg.replace("http://www.w3.org/", "")
    assert 'font-family="sans-serif"' in svg


def test_the_chart_of_nothing_says_so(tmp_path):
    folder = run(tmp_path, [case("<b>\x1b", skipped="no GPU")], [], scenario_name="<b>&\x1b")
    svg = static_svg(summarise(folder, ["*"]))
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert "Nothing was measured" in words
    assert "<b>&␛" in words


def test_the_command_writes_both(folder, tmp_path):
    chart = tmp_path / "a chart.svg"
    arguments = ["report", str(folder.path), "--html", "--chart", str(chart)]
    CliRunner().invoke(versebench, arguments, catch_exceptions=False)
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    page = (folder.path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "nowhere", "--html"),
        ("report", "nowhere", "--chart", "x"),
        ("run", "x", "--html"),
    ],
)
def test_without_the_extra_it_says_what_to_install(monkeypatch, arguments):
    monkeypatch.setattr(shell, "find_spec", lambda name: None)
    done = CliRunner().invoke(versebench, arguments)
    assert done.exit_code == 2
    assert "pip install 'versebench[report]'" in done.output


def test_a_page_in_a_folder_that_is_not_there_is_one_message(folder, tmp_path):
    file = tmp_path / "no" / "page.html"
    done = CliRunner().invoke(versebench, ["report", str(folder.path), "--html", str(file)])
    assert "cannot write" in str(done.exception)
    assert not file.exists()
