"""One case of a scenario as a pytest test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .feeding import WorkerClock, fail, feed
from .result import CaseFailedError
from .service import BrokenError, RefusedError

if TYPE_CHECKING:
    from .mode import Mode


class CaseTest(pytest.Function):
    """A case: its time goes to pytest-benchmark, its gates are what it asserts."""

    mode: Mode
    axes: Mapping[str, str]
    gates: Sequence[str]
    """Of those given beside the scenario's, the ones that are for this case."""
    clock: WorkerClock | None = None

    @classmethod
    def of(
        cls, parent: pytest.File, scenario: str, case: Mapping[str, Any], mode: Mode
    ) -> CaseTest:
        """Make the test of one case; its name is the case's id."""
        benchmarks = parent.config.pluginmanager.hasplugin("benchmark")
        function = run_benchmarked if benchmarks else run_alone
        test: CaseTest = cls.from_parent(parent, name=case["id"], callobj=function)
        test.mode, test.axes, test.gates = mode, case["axes"], case["gates"]
        test.add_marker(pytest.mark.versebench(scenario=scenario, **test.axes))
        if benchmarks:
            test.clock = WorkerClock()
            test.add_marker(pytest.mark.benchmark(group=scenario, timer=test.clock))
        if parent.config.pluginmanager.hasplugin("timeout"):
            # The first test of a scenario waits for all of it; each step has its own time limit.
            test.add_marker(pytest.mark.timeout(0))
        return test

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say that it is from the scenario file."""
        return self.path, None, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any) -> Any:
        """Show what the measuring said, not where in this plugin it was said."""
        if isinstance(excinfo.value, CaseFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *more)


def run_benchmarked(request: pytest.FixtureRequest, benchmark: Any) -> None:
    """Run the requesting case with pytest-benchmark's fixture."""
    _run(request.node, benchmark)


def run_alone(request: pytest.FixtureRequest) -> None:
    """Run the requesting case where pytest-benchmark is switched off."""
    _run(request.node, None)


def _run(test: CaseTest, benchmark: Any) -> None:
    if benchmark is not None:
        benchmark.skipped = True  # as yet: Ctrl-C while measuring must not look like a mistake
    try:
        told = test.mode.measured(test)
        if told["reason"] and told["status"] == "skipped":
            pytest.skip(told["reason"])
        if told["status"] != "ok":
            raise CaseFailedError("\n".join(told["failures"]))
    except (RefusedError, BrokenError) as error:
        _fail(benchmark, CaseFailedError(str(error)))
    except CaseFailedError as error:
        _fail(benchmark, error)
    else:
        if benchmark is not None:
            assert test.clock is not None
            feed(benchmark, test.clock, test.name, test.axes, told)
        if told["failures"]:
            pytest.fail("\n".join(told["failures"]), pytrace=False)


def _fail(benchmark: Any, error: CaseFailedError) -> None:
    if benchmark is None:
        raise error from None
    fail(benchmark, error)
