"""The page in a real Chromium: it sorts, filters, draws and pages, asks no network, breaks no rule.

One browser serves all tests of this file. They skip where there is no Chromium or no driver for it;
``.ci/run`` installs both.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from page_runs import LOOP, judged, page_run

from reports import visible
from reports.page.document import page_html

pytest.importorskip("jinja2", reason="the extra report makes pages")
pytest.importorskip("altair", reason="the extra report makes pages")
pytest.importorskip("vl_convert", reason="the extra report makes pages")
pytest.importorskip("selenium", reason="selenium drives the browser")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
SECONDS = 300.0  # to wait for what a browser does soon; a machine may be busy

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="no chromium and chromedriver here (Debian: apt-get install chromium chromium-driver)",
)


class Browser:
    """A page in a browser, and what tests ask of it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; return its value."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, *arguments: Any) -> Any:
        """Return the value of a script once it is true."""
        return self.until(lambda: self.run(f"return {script}", *arguments), script)

    def until(self, holds: Callable[[], Any], what: str) -> Any:
        """Wait until something holds."""
        end = time.monotonic() + SECONDS
        while not (found := holds()):
            assert time.monotonic() < end, f"never: {what}"
            time.sleep(0.02)
        return found

    def find(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements("css selector", selector)

    def choose(self, selector: str, value: str) -> None:
        """Set a control as a user would, and tell the page."""
        self.run(
            "const it = document.querySelector(arguments[0]); it.value = arguments[1];"
            "it.dispatchEvent(new Event('input', {bubbles: true}));"
            "it.dispatchEvent(new Event('change', {bubbles: true}));",
            selector,
            value,
        )

    def column(self, name: str) -> list[str]:
        """The cells of a column, in the order shown."""
        return self.run(
            "const head = [...document.querySelectorAll('#case-table thead tr > *')];"
            "const at = head.findIndex((cell) => cell.dataset.name === arguments[0]);"
            "return [...document.querySelectorAll('#case-table tbody tr:not([hidden])')]"
            ".map((row) => row.cells[at].textContent);",
            name,
        )

    def media(self, **features: str) -> None:
        """Pretend another taste of the reader's, or paper."""
        media = features.pop("media", "")
        features["prefers_reduced_motion"] = "reduce"  # nothing moves while it is clicked
        wanted = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": media, "features": wanted}
        )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with everything in it."""
    path = tmp_path_factory.mktemp("browser") / "report.html"
    path.write_text(page_html(*judged(page_run(path.parent))), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with the page open and drawn."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        driver.get(file.as_uri())
        found = Browser(driver)
        found.wait("document.documentElement.dataset.drawn === 'all'")
        yield found
    finally:
        driver.quit()


@pytest.fixture(autouse=True)
def afresh(browser: Browser) -> None:
    """Nothing picked, nothing filtered, as at the beginning."""
    browser.media(prefers_color_scheme="light")
    browser.run("versebench.pick([])")
    for selector in ("#case-filter", "#text-search", "#text-case", "#text-prompt"):
        browser.choose(selector, "")
    browser.choose("#text-view", "list")


def test_all_charts_are_drawn_as_svg(browser: Browser) -> None:
    for chart in ("scatter", "strip", "curve", "fit"):
        assert browser.all(f"#{chart} svg .mark-symbol path"), chart
    assert browser.all("#scatter svg .mark-line path")  # the frontier


def test_names_of_points_stand_over_no_other_name(browser: Browser) -> None:
    boxes = browser.run(
        "return [...document.querySelectorAll('#scatter .role-mark.mark-text text')]"
        ".map((it) => it.getBoundingClientRect()).map((b) => [b.left, b.right, b.top, b.bottom])"
    )
    assert len(boxes) >= 3
    for a, b in combinations(boxes, 2):
        assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 2 or b[3] <= a[2] + 2


def test_an_axis_that_does_not_begin_at_0_says_so(browser: Browser) -> None:
    """Of every measure; and none begins below 0 for the sake of a round number."""
    ticks = (
        "return [...document.querySelectorAll('#strip .role-axis-label')].map((axis) =>"
        " [...axis.querySelectorAll('text')].map((it) => it.textContent.replace('−', '-'))"
        ".filter((it) => !isNaN(parseFloat(it)) && !it.includes('·'))).find((it) => it.length)"
    )
    title = "document.querySelector('#strip svg:not(.old) .role-axis-title text')?.textContent"
    measures = browser.run(
        "return [...document.querySelectorAll('#measure option')]"
        ".map((it) => [it.value, it.textContent])"
    )
    told = []
    for name, heading in measures:
        browser.run("document.querySelector('#strip svg').classList.add('old')")
        browser.choose("#measure", name)
        browser.wait(f"{title}?.startsWith(arguments[0])", heading)
        values = browser.run("return versebench.run.columns[arguments[0]].values", name)
        least = min(value for value in values if value is not None)
        first = float(browser.run(ticks)[0].replace(",", ""))
        said = browser.run(f"return {title}")
        assert first >= 0 or least < 0, name
        assert ("(not from 0)" in said) == (first > 0 and "logarithmic" not in said), name
        told.append("(not from 0)" in said)
    assert {True, False} == set(told)
    browser.choose("#measure", "tokens_per_second")


def test_columns_sort_both_ways_by_their_full_values(browser: Browser) -> None:
    data = browser.run("return versebench.run")
    speeds = data["columns"]["tokens_per_second"]["values"]
    head = "th[data-name=tokens_per_second]"
    shown = "return [...document.querySelectorAll('#case-table tbody tr')].map((r) => +r.dataset.c)"
    browser.find(f"{head} button").click()  # the better way first
    assert browser.find(head).get_attribute("aria-sort") == "descending"
    assert [speeds[c] for c in browser.run(shown)] == sorted(speeds, reverse=True)
    browser.find(f"{head} button").click()
    assert browser.find(head).get_attribute("aria-sort") == "ascending"
    assert [speeds[c] for c in browser.run(shown)] == sorted(speeds)
    browser.find("th[data-name=sampler] button").click()
    assert browser.find(head).get_attribute("aria-sort") == "none"
    cells = browser.column("sampler")
    assert any(cell.startswith(("●", "○")) for cell in cells)
    names = [cell.lstrip("●○ ") for cell in cells]  # the mark of the frontier does not sort
    assert names == sorted(names, key=str.casefold)


def test_the_filter_takes_every_word(browser: Browser) -> None:
    browser.find("#case-filter").send_keys("tang top_k")
    assert browser.column("state") == ["tang"]
    assert browser.find("#case-count").text == "1 of 6 cases"
    browser.choose("#case-filter", "nothing such")
    assert browser.column("state") == []
    assert browser.find("#case-count").text == "no case fits"


def test_more_columns_come_on_demand_and_go(browser: Browser) -> None:
    browser.run("document.querySelector('.menu').open = true")
    label = "#case-columns label:has(input:not(:checked))"
    added = browser.find(label).text
    before = len(browser.all("#case-table thead th"))
    browser.find(f"{label} input").click()
    assert len(browser.all("#case-table thead th")) == before + 1
    assert browser.all("#case-table thead th")[-1].text.startswith(added)
    cells = browser.run(
        "return [...document.querySelectorAll('#case-table tbody tr')].map((r) => r.cells.length)"
    )
    assert set(cells) == {before + 2}
    browser.run("document.querySelector('.menu').open = false")


def test_picking_links_table_charts_and_texts(browser: Browser) -> None:
    faded = (
        "[...document.querySelectorAll('#scatter .mark-symbol path')]"
        ".filter((path) => Number(path.getAttribute('opacity') ?? 1) < 0.5).length"
    )
    assert browser.run(f"return {faded}") == 0
    browser.find("tr[data-c='2'] input").click()
    browser.wait(f"{faded} === 5")
    names = {head.text for head in browser.all("#text-list header b")}
    assert names == {browser.run("return versebench.run.names[2]")}
    browser.find("#case-clear").click()
    browser.wait(f"{faded} === 0")
    point = browser.find("#scatter .mark-symbol path")
    browser.run(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, view: window}))", point
    )
    browser.wait("versebench.picked.size === 1")
    assert len(browser.all("#case-table tr.picked")) == 1


def test_another_quality_redraws(browser: Browser) -> None:
    said = "document.querySelector('#scatter svg').textContent"
    first, other = browser.run(
        "return [...document.querySelectorAll('#quality option')].map((o) => o.value)"
    )[:2]
    browser.choose("#quality", other)
    heading = browser.run("return versebench.run.columns[arguments[0]].heading", other)
    browser.wait(f"{said}.includes(arguments[0])", heading)
    browser.choose("#quality", first)


def test_a_scatter_of_nothing_says_so(browser: Browser) -> None:
    browser.run(
        "versebench.run.columns.tpot_seconds.kept = versebench.run.columns.tpot_seconds.values;"
        "versebench.run.columns.tpot_seconds.values = versebench.run.names.map(() => null)"
    )
    browser.choose("#speed", "tpot_seconds")
    browser.wait(
        "document.querySelector('#scatter').textContent.startsWith('No case has both TPOT')"
    )
    browser.run(
        "versebench.run.columns.tpot_seconds.values = versebench.run.columns.tpot_seconds.kept"
    )
    browser.choose("#speed", "tokens_per_second")
    browser.wait("document.querySelector('#scatter svg .mark-symbol path')")


def test_charts_asked_for_faster_than_they_are_drawn_come_in_turn(browser: Browser) -> None:
    """The last one stays; what went wrong on the way is in the console, for the last test."""
    options = "return [...document.querySelectorAll('#quality option')].map((o) => o.value)"
    names = browser.run(options)
    for name in [*names, *names, names[0]]:
        browser.choose("#quality", name)
    heading = browser.run("return versebench.run.columns[arguments[0]].heading", names[0])
    said = "document.querySelector('#scatter svg')?.textContent"
    browser.wait(f"{said}?.includes(`${{arguments[0]}}, `)", heading)


def test_texts_are_searched_paged_and_their_loops_marked(browser: Browser) -> None:
    total = browser.run("return versebench.read('samples').texts.length")
    assert browser.find("#text-count").text == f"{total} texts, page 1 of {-(-total // 20)}"
    browser.find("#text-next").click()
    assert ", page 2 of" in browser.find("#text-count").text
    browser.find("#text-search").send_keys("ROUND AND ROUND")
    assert "page" not in browser.find("#text-count").text
    card = browser.find("#text-list article")
    assert LOOP in card.find_element("css selector", ".words").get_attribute("textContent")
    turns = card.find_elements("css selector", "mark.loop")
    assert len(turns) >= 12
    assert turns[0].get_attribute("class") != turns[1].get_attribute("class")
    assert (
        card.find_elements("css selector", "mark:not(.loop)")[0].text.lower() == "round and round"
    )
    browser.choose("#text-search", "")
    browser.find("#text-loops").click()
    looping = browser.run("return versebench.read('samples').texts.filter((t) => t.o).length")
    assert browser.find("#text-count").text.startswith(f"{looping} text")
    browser.find("#text-loops").click()


def test_texts_of_one_prompt_stand_side_by_side(browser: Browser) -> None:
    browser.choose("#text-view", "beside")
    cards = browser.all("#text-list article")
    assert len(cards) == 6
    assert len({card.find_element("css selector", "header b").text for card in cards}) == 6
    prompts = {card.find_element("css selector", ".prompt").text for card in cards}
    assert prompts == {"My trip was"}
    left, second = (card.rect for card in cards[:2])
    assert second["x"] > left["x"]
    assert second["y"] == pytest.approx(left["y"], abs=2)
    assert browser.find("#text-count").text.startswith("“My trip was”, text 1, 1 of ")


def test_a_poem_is_drawn_on_demand(browser: Browser) -> None:
    browser.choose("#text-search", "黄河入海流")
    button = browser.find("#text-list header button")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert "依" in browser.find("#text-list .drawing .vb-zh").text
    button.click()
    assert not browser.all("#text-list .drawing")


def test_hostile_texts_are_only_shown(browser: Browser) -> None:
    browser.choose("#text-search", "alert(")
    words = [one.get_attribute("textContent") for one in browser.all("#text-list .words")]
    assert words
    assert any("</script><script>alert(2)</script>" in one for one in words)
    assert browser.run("return document.querySelectorAll('main img, main iframe').length") == 0
    browser.choose("#text-search", visible.lines("\u202e"))
    assert "user\\u202egnp.exe" in browser.find("#text-list .words").text


def test_dark_light_and_paper(browser: Browser) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    axis = "return getComputedStyle(document.querySelector('#scatter svg text')).fill"
    light = browser.run(colour), browser.run(axis)
    browser.media(prefers_color_scheme="dark")
    dark = browser.run(colour), browser.run(axis)
    assert light[0] != dark[0]
    assert light[1] != dark[1]
    browser.media(media="print", prefers_color_scheme="dark")
    assert browser.run(colour) == "rgb(255, 255, 255)"
    assert browser.run(axis) == light[1]
    assert not browser.find("nav").is_displayed()
    assert browser.find("#case-table").is_displayed()
    foot = "return getComputedStyle(document.querySelector('#case-table tfoot')).display"
    assert browser.run(foot) == "table-row-group"  # else it is repeated on each sheet
    lead = "return getComputedStyle(document.querySelector('#verse .lead')).breakAfter"
    assert browser.run(lead) == "avoid"  # else a heading stands alone at the foot of a sheet


def test_it_is_used_by_keyboard_alone(browser: Browser) -> None:
    from selenium.webdriver.common.keys import Keys

    focused = "return document.activeElement"
    browser.run("document.querySelector('a, button, input, select, [tabindex]').focus()")
    assert browser.run(focused).get_attribute("class") == "skip"
    assert browser.run(focused).rect["x"] >= 0  # it shows once it has the focus
    browser.run(focused).send_keys(Keys.ENTER)
    assert browser.run("return document.activeElement.id") == "main"
    browser.run("document.querySelector('th[data-name=tokens_per_second] button').focus()")
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    browser.run(focused).send_keys(Keys.ENTER)
    assert browser.run(outline) == "solid"
    assert browser.find("th[data-name=tokens_per_second]").get_attribute("aria-sort") != "none"
    reached = set()
    browser.run("document.querySelector('#case-filter').focus()")
    for _ in range(40):
        browser.run(focused).send_keys(Keys.TAB)
        reached.add(browser.run("return document.activeElement.tagName"))
    assert {"INPUT", "BUTTON", "SUMMARY", "DIV"} <= reached


def test_what_a_screen_reader_needs_is_there(browser: Browser) -> None:
    nameless = browser.run(
        "return [...document.querySelectorAll('input, select, button')].filter((it) =>"
        " !(it.textContent.trim() || it.labels?.length || it.getAttribute('aria-label')))"
        ".map((it) => it.outerHTML)"
    )
    assert nameless == []
    tables = "return [...document.querySelectorAll('table')].every((t) => t.caption)"
    assert browser.run(tables)
    levels = browser.run(
        "return [...document.querySelectorAll('h1, h2, h3')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    browser.choose("#text-search", "黄河入海流")
    assert browser.find("#text-list .words").get_attribute("lang") == "zh"


def test_it_fits_a_telephone(browser: Browser) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.wait("innerWidth < 1000")
        wide = browser.run(
            "return [...document.querySelectorAll('main > *, header > *')]"
            ".filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.outerHTML)"
        )
        assert wide == []
        assert browser.run("return innerWidth") == 390
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_zz_no_word_in_the_console_and_no_request(browser: Browser, file: Path) -> None:
    """Last of all: over everything that the tests above did."""
    said = [(one["level"], one["message"]) for one in browser.driver.get_log("browser")]
    assert said == []
    asked = set()
    for entry in browser.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
    outside = {url for url in asked if not url.startswith(("chrome:", "data:"))}
    assert outside == {file.as_uri()}
