"""The random state that is in no variable: torch's.

Keras keeps random states in variables, but dropout on torch draws from torch's global generator,
and so does every data loader that ``fit`` or ``evaluate`` makes. So that a training is the same
however often it pauses, each ``fit`` begins where the steps before it left the generator.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


class RandomState:
    """The state of the generators after the last step.

    Args:
        backend: the Keras backend; there is nothing to keep but on torch.

    Attributes:
        arrays: uint8; the CPU's generator, then each accelerator's.
    """

    def __init__(self, backend: str) -> None:
        self._on_torch = backend == "torch"
        self.arrays: list[NDArray[Any]] = []
        self.keep()

    def keep(self) -> None:
        """Note the state as it is."""
        if self._on_torch:
            import torch

            states = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
            self.arrays = [state.cpu().numpy().copy() for state in states]

    def restore(self) -> None:
        """Put the state back that was noted."""
        if self._on_torch:
            import torch

            host, *devices = [torch.from_numpy(array.copy()) for array in self.arrays]
            torch.set_rng_state(host)
            torch.cuda.set_rng_state_all(devices)
