"""A custom sampler for the tests: greedy, told how to misbehave by its arguments."""

from __future__ import annotations

import os
import signal
from typing import Any

from keras_hub.samplers import GreedySampler


class TestSampler(GreedySampler):
    """Greedy; with ``deadly`` its process is killed while the program is traced."""

    __test__ = False  # not a test class for pytest

    def __init__(self, deadly: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deadly = deadly

    def get_next_token(self, probabilities: Any) -> Any:
        """Choose the most probable token, or die."""
        if self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().get_next_token(probabilities)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "deadly": self.deadly}
