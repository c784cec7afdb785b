"""What pytest loads of versebench, in every project of the environment: its hooks, and no more.

This is a module of its own because of its name. A project that pytest runs in may have a ``bench``
folder or a ``metrics.py``; had this plugin to import versebench's packages of those names, one
side would get the other's. So here and in ``bench/pytest_plugin`` nothing of versebench is
imported: that folder is loaded under a private name, when it is needed, and what measures runs in
a process of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bench.pytest_plugin.fixture import Versebench

_PARTS = "_versebench_pytest"
_FOLDER = Path(__file__).resolve().parent / "bench" / "pytest_plugin"
_MODE = "versebench_benchmark"  # where --benchmark is stored: no other plugin's name


def part(name: str) -> Any:
    """Import a module of ``bench/pytest_plugin`` by the private name of that package."""
    if _PARTS not in sys.modules:
        places = [str(_FOLDER)]
        spec = importlib.util.spec_from_file_location(
            _PARTS, _FOLDER / "__init__.py", submodule_search_locations=places
        )
        assert spec is not None
        assert spec.loader is not None
        package = importlib.util.module_from_spec(spec)
        sys.modules[_PARTS] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_PARTS}.{name}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what no other plugin has a name for."""
    group = parser.getgroup("versebench", "measuring text generation (versebench)")
    group.addoption("--versebench-out", metavar="DIR", help="Where run folders go (runs)")
    group.addoption(
        "--versebench-history", metavar="DIR", help="Where the history is (history in the above)"
    )
    group.addoption(
        "--versebench-preset",
        action="append",
        default=[],
        metavar="NAME=SOURCE",
        help="Take a preset from elsewhere, e.g. gpt2_base_en=./folder; repeatable",
    )
    group.addoption(
        "--versebench-gate",
        action="append",
        default=[],
        metavar="GATE",
        help="Fail cases that miss it, such as 'rep_4<=0.3' or 'tokens_per_second worse_by 5%% "
        "where sampler=greedy'; repeatable, besides the scenario's",
    )
    group.addoption(
        "--versebench-baseline",
        metavar="RUN|last-good",
        help="What gates compare with: a run folder, or the last good run of the scenario "
        "(the default)",
    )
    parser.addini(
        "versebench_gates",
        "Gates of all scenarios, one a line, such as rep_4<=0.3",
        type="linelist",
    )
    parser.addini("versebench_baseline", "What gates compare with (last-good)", default="")
    parser.addini(
        "versebench_scenarios",
        "Scenario files (globs) and shipped scenarios that --benchmark runs, in place of every "
        "*.scenario.yaml",
        type="args",
    )
    parser.addini("versebench_out", "Where run folders go (runs)", default="")
    parser.addini("versebench_history", "Where the history is (history in the above)", default="")
    parser.addini(
        "versebench_page",
        "Whether --benchmark writes a page to look at into each run folder; takes the extra "
        "'report', and seconds (true)",
        type="bool",
        default=True,
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, object, object]:
    """Add ``--benchmark`` and ``--scenario`` after the conftest files have added their options.

    A project that has an option of such a name keeps it, and this plugin does without.
    """
    result = yield
    group = parser.getgroup("versebench")
    options: dict[str, dict[str, Any]] = {
        "--benchmark": {
            "action": "store_true",
            "dest": _MODE,
            "help": "Measure the scenario files (*.scenario.yaml), and run nothing else",
        },
        "--scenario": {
            "action": "append",
            "dest": "versebench_scenario",
            "default": [],
            "metavar": "NAME",
            "help": "Measure this one: a file, or a scenario that comes with versebench "
            "(versebench list); repeatable, implies --benchmark",
        },
    }
    for name, settings in options.items():
        if _is_free(parser, name):
            group.addoption(name, **settings)
    return result


def _is_free(parser: pytest.Parser, name: str) -> bool:
    """Tell whether nobody has added an option of this name."""
    try:
        _, unknown = parser.parse_known_and_unknown_args([name])
    except pytest.UsageError:  # it is known, and wants a value
        return False
    return name in unknown


def _measures(config: pytest.Config) -> bool:
    given = config.getoption(_MODE, False), config.getoption("versebench_scenario", ())
    return any(given)


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """With ``--benchmark``: settle what other plugins' options mean now, before they read them."""
    if _measures(config):
        part("settings").settle(config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with ``--benchmark``, what collects and runs scenario files."""
    config.addinivalue_line(
        "markers",
        "versebench(scenario, preset, state, sampler, hardware, batch_size): on every case of a "
        "scenario, with the case's place on each axis.",
    )
    if _measures(config):
        config.pluginmanager.register(part("mode").Mode(config), "versebench-mode")


@pytest.fixture(scope="session")
def versebench(request: pytest.FixtureRequest) -> Generator[Versebench]:
    """Measure a case: ``versebench.run(preset="tiny_gpt2_en", sampler="top_k").rep_4``."""
    yield from part("fixture").provide(request.config)
