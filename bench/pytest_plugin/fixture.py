"""The ``versebench`` fixture: a test measures a case in code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import pytest

from .places import Places
from .result import CaseFailedError, Result
from .screen import Screen
from .service import BrokenError, RefusedError, Service

_NOT_IN_NAME = re.compile(r"[^\w.-]+")


def provide(config: pytest.Config) -> Generator[Versebench]:
    """Yield the fixture's value, and end its measuring process.

    Raises:
        pytest.UsageError: other tests run beside this one.
    """
    if hasattr(config, "workerinput"):
        raise pytest.UsageError(
            "the fixture versebench measures, and nothing may run beside a measurement: run the "
            "tests that use it without pytest-xdist (-n 0)"
        )
    service = Service(config.rootpath, sys.path)
    try:
        yield Versebench(config, service)
    finally:
        service.close()


class Versebench:
    """Measures cases; each call of ``run`` is a run of its own, with its folder."""

    def __init__(self, config: pytest.Config, service: Service) -> None:
        self._config = config
        self._places = Places(config)
        self._service = service

    def run(
        self,
        *,
        preset: str | Mapping[str, Any],
        sampler: str | Mapping[str, Any] = "greedy",
        state: str | Mapping[str, Any] = "base",
        hardware: str | Mapping[str, Any] = "cpu",
        batch_size: int = 1,
        prompts: str | Mapping[str, Any] | Sequence[Any] = "My trip was",
        **more: Any,
    ) -> Result:
        """Measure one case and return what was found.

        Every argument takes what stands in a scenario file: ``sampler={"top_k": {"k": 5}}``.
        A local folder is seen from pytest's rootdir.

        Args:
            preset, state, sampler, hardware, batch_size: the case's place on each axis.
            prompts: one, or several.
            more: ``generate``, ``measure``, ``metrics``, ``train``, ``seed``: as in a scenario.

        Raises:
            ValueError: an argument is wrong; all faults at once.
            CaseFailedError: the case crashed, or the process that measures.

        The test is skipped where the machine lacks what the case needs.
        """
        __tracebackhide__ = True
        several = isinstance(prompts, Sequence) and not isinstance(prompts, str)
        scenario = {
            **more,
            "name": _name(),
            "presets": [preset],
            "states": [state],
            "samplers": [sampler],
            "hardware": [hardware],
            "prompts": list(prompts) if several else [prompts],
            "generate": {**more.get("generate", {}), "batch_sizes": [batch_size]},
        }
        answer = self._ask(scenario)
        if answer["interrupted"]:
            raise KeyboardInterrupt
        ((case, told),) = answer["cases"].items()
        if told["status"] == "skipped":
            pytest.skip(told["reason"])
        if told["status"] != "ok":
            raise CaseFailedError("\n".join(told["failures"]))
        return Result(case, told, answer["short"], answer["folder"])

    def _ask(self, scenario: Mapping[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True
        screen = Screen(self._config)
        try:
            return self._service.ask(
                "run",
                screen.step,
                scenario=scenario,
                folder=str(self._config.rootpath),
                **self._places.request(screen),
            )
        except RefusedError as error:
            raise ValueError(str(error)) from None
        except BrokenError as error:
            raise CaseFailedError(str(error)) from None
        finally:
            screen.clear()


def _name() -> str:
    """Return a name for the run: that of the test which measures."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "versebench.run").rpartition(" (")[0]
    return _NOT_IN_NAME.sub("-", test.rpartition("/")[2]).strip("-") or "versebench.run"
