"""Without ``--benchmark`` the plugin changes nothing and costs nothing."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from plugin_projects import quickly

ROOT = Path(__file__).resolve().parent.parent
PYTEST_SIDE = (
    "case_test",
    "collecting",
    "feeding",
    "fixture",
    "gates",
    "mode",
    "places",
    "result",
    "screen",
    "service",
    "settings",
)
pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _quickly(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


def test_pytest_loads_one_small_module(pytester: pytest.Pytester) -> None:
    """Neither our packages nor anything heavy, and a project keeps its own ``metrics``."""
    pytester.makepyfile(
        metrics="mine = True",
        test_it="""
        import sys

        def test_it():
            import metrics
            assert metrics.mine
            tops = {name.partition(".")[0] for name in sys.modules}
            assert "versebench_pytest" in tops
            heavy = {"pydantic", "rich", "pandas", "numpy", "keras", "click", "ruamel", "nltk"}
            ours = {"bench", "reports", "scenarios", "_versebench_pytest"}
            assert not tops & (heavy | ours)
        """,
    )
    pytester.runpytest_subprocess("-p", "no:xdist").assert_outcomes(passed=1)


def test_pytests_side_imports_nothing_of_versebench() -> None:
    """Else a project's own ``metrics`` or ``bench`` could be taken for ours, or ours for its."""
    folder = ROOT / "bench" / "pytest_plugin"
    for path in [ROOT / "versebench_pytest.py", *(folder / f"{n}.py" for n in PYTEST_SIDE)]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        guarded = {
            child
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for child in ast.walk(node)
        }
        for node in set(ast.walk(tree)) - guarded:
            if isinstance(node, ast.Import):
                tops = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                tops = {(node.module or "").partition(".")[0]}
            else:
                continue
            allowed = {*sys.stdlib_module_names, "pytest", "pytest_benchmark"}
            assert tops <= allowed, f"{path.name} imports {tops - allowed}"


def test_a_project_keeps_options_of_these_names(pytester: pytest.Pytester) -> None:
    """A conftest may have a ``--benchmark`` of its own: it stays, and ours gives way."""
    pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--benchmark", default="none")
            parser.addoption("--scenario", default="none")
        """
    )
    pytester.makepyfile(
        """
        def test_it(pytestconfig):
            assert pytestconfig.getoption("benchmark") == "fast"
            assert pytestconfig.getoption("scenario") == "none"
        """
    )
    pytester.runpytest_inprocess("--benchmark", "fast").assert_outcomes(passed=1)


def test_a_project_may_keep_one_of_them(pytester: pytest.Pytester) -> None:
    """The other still starts ours."""
    pytester.makeconftest("def pytest_addoption(parser): parser.addoption('--scenario')")
    done = pytester.runpytest_inprocess("--benchmark")
    done.stdout.fnmatch_lines(["versebench: no scenario file here*"])


def test_scenario_files_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "a.scenario.yaml").write_text("]")
    pytester.makepyfile("def test_it(): pass")
    done = pytester.runpytest_inprocess("-p", "no:benchmark", "--strict-markers", "-W", "error")
    done.assert_outcomes(passed=1)
    assert "versebench:" not in done.stdout.str()


def test_help_and_markers_name_it(pytester: pytest.Pytester) -> None:
    done = pytester.runpytest_inprocess("--help")
    done.stdout.fnmatch_lines(
        ["*--benchmark  *", "*--scenario=NAME*", "*versebench_scenarios (args)*"]
    )
