"""pytest with ``--benchmark``: collects scenario files, runs each as a whole, shows its table."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from .case_test import CaseTest
from .collecting import ScenarioFile
from .gates import Gates
from .places import Places
from .screen import Screen
from .service import BrokenError, RefusedError, Service
from .settings import is_scenario, is_shipped

_AXES = ("preset", "state", "sampler", "hardware", "batch_size")


class Mode:
    """The plugin that is registered where ``--benchmark`` is given."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._places = Places(config)
        self._service = Service(config.rootpath, sys.path)
        self._answers: dict[Path, dict[str, Any] | Exception] = {}
        self._names: dict[Path, str] = {}
        self._gates = Gates(config)
        self._compares = False
        self._warnings: list[str] = []
        config.add_cleanup(self._service.close)

    def cases(self, path: Path) -> dict[str, Any]:
        """Return a scenario's name and cases.

        Raises:
            RefusedError: the file is wrong.
        """
        given = {"presets": self._places.presets, **self._gates.request()}
        found = self._service.ask("cases", path=str(path), **given)
        self._names[path] = found["name"]
        self._compares |= found["compares"]
        self._warnings += [f"{found['name']}: {text}" for text in found["warnings"]]
        return found

    def measured(self, test: CaseTest) -> dict[str, Any]:
        """Return what is known of a case; the first to ask has its scenario measured.

        All selected cases of the file are measured together, since they take turns.

        Raises:
            RefusedError, BrokenError: nothing could be measured; the first case tells all.
            KeyboardInterrupt: Ctrl-C; what was finished by then is on record, and shown.
        """
        path = test.path
        first = path not in self._answers
        if first:
            self._answers[path] = self._measure(test)
        answer = self._answers[path]
        if isinstance(answer, Exception):
            raise answer if first else RefusedError(f"not measured either: {_first_line(answer)}")
        if answer["interrupted"]:
            raise KeyboardInterrupt
        found: dict[str, Any] = answer["cases"][test.name]
        return found

    def _measure(self, test: CaseTest) -> dict[str, Any] | Exception:
        path = test.path
        chosen = [
            item.name
            for item in test.session.items
            if isinstance(item, CaseTest) and item.path == path
        ]
        screen = Screen(self._config)
        try:
            return self._service.ask(
                "measure",
                screen.step,
                path=str(path),
                cases=list(dict.fromkeys(chosen)),
                **self._places.request(screen, page=True),
                **self._gates.request(),
            )
        except (RefusedError, BrokenError) as error:
            return error
        finally:
            screen.clear()

    def pytest_report_header(self) -> str:
        """Say what this run does."""
        return f"versebench: scenario files only, one at a time; runs go to {self._places.out}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """See that gates are gates, once, before any file is looked at."""
        if self._gates:
            try:
                self._service.ask("gates", **self._gates.request())
            except (RefusedError, BrokenError) as error:
                raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave every other file alone: test modules are not even imported."""
        if collection_path.is_file() and not is_scenario(collection_path, asked_for=False):
            return True
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector:
        """Take a package for a folder: its ``__init__.py`` is not imported for a scenario."""
        return pytest.Dir.from_parent(parent, path=path)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
        """Collect a scenario file."""
        if not is_scenario(file_path, asked_for=parent.session.isinitpath(file_path)):
            return None
        found: ScenarioFile = ScenarioFile.from_parent(
            parent, path=file_path, nodeid=self._node_id(file_path)
        )
        found.mode = self
        return found

    def _node_id(self, path: Path) -> str | None:
        """Return a node id that is the same on every machine; None for pytest's own.

        By it pytest-benchmark pairs what it compares. pytest has none for a file outside the
        rootdir, as the shipped scenarios often are.
        """
        if is_shipped(path):
            return f"scenarios/{path.name}"
        return None if path.is_relative_to(self._config.rootpath) else path.name

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep cases, and tests that measure by the fixture where their file was named."""
        kept: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            fixtures: Iterable[str] = getattr(item, "fixturenames", ())
            measures = isinstance(item, CaseTest) or "versebench" in fixtures
            (kept if measures else others).append(item)
        if others:
            self._config.hook.pytest_deselected(items=others)
            items[:] = kept

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """See that each gate that was typed is for a case that was selected."""
        tests = [item for item in session.items if isinstance(item, CaseTest)]
        if tests and not session.testsfailed:
            self._gates.check({text for test in tests for text in test.gates}, self._compares)

    def pytest_report_collectionfinish(self) -> list[str]:
        """Tell of gates without prospects, before anything is measured."""
        return [f"versebench: warning: {text}" for text in self._warnings]

    @pytest.hookimpl(optionalhook=True)
    def pytest_benchmark_group_stats(
        self, config: pytest.Config, benchmarks: list[dict[str, Any]], group_by: str
    ) -> Any:
        """Let ``--benchmark-group-by`` take the name of an axis, such as ``sampler``."""
        words = group_by.split(",")
        if not set(words) & set(_AXES):
            return None
        from pytest_benchmark.plugin import pytest_benchmark_group_stats

        meant = ",".join(f"param:{word}" if word in _AXES else word for word in words)
        return pytest_benchmark_group_stats(config, benchmarks, meant)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say of a case that is skipped that it is so in its file, not in this plugin."""
        report = yield
        if isinstance(item, CaseTest) and report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (str(item.path), 1, report.longrepr[2])
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        """Show the table of each run, or say that there was nothing to run."""
        shown = terminalreporter
        for path, answer in self._answers.items():
            if isinstance(answer, Exception):
                continue
            shown.section(f"versebench {self._names.get(path, path.name)}")
            for note in answer["notes"]:
                shown.write_line(note, yellow=True)
            shown.write(answer["table"])
        if not self._names and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            shown.write_line(
                "versebench: no scenario file here (*.scenario.yaml). Try "
                "pytest --benchmark --scenario quickstart, or see versebench list"
            )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
