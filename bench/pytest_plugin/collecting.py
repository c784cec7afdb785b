"""A scenario file as pytest collects it: one test per case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .case_test import CaseTest
from .service import BrokenError, RefusedError

if TYPE_CHECKING:
    from .mode import Mode


class ScenarioFile(pytest.File):
    """A scenario file."""

    mode: Mode

    def collect(self) -> Iterator[CaseTest]:
        """Yield its cases.

        Raises:
            pytest.Collector.CollectError: the file is wrong; all its faults.
        """
        try:
            scenario = self.mode.cases(self.path)
        except (RefusedError, BrokenError) as error:
            raise self.CollectError(str(error)) from None
        for case in scenario["cases"]:
            yield CaseTest.of(self, scenario["name"], case, self.mode)
