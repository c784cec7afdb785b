"""Counting what a backend compiles, so that no compile hides in a timed trial.

* jax reports every compile through ``jax.monitoring``; the count has been checked against known
  shapes.
* tensorflow counts the traces of a ``tf.function``; it does not time them.
* torch runs eagerly through KerasHub: nothing is compiled, and this says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

_JAX_COMPILE_EVENTS = (
    "jaxpr_trace_duration",
    "jaxpr_to_mlir_module_duration",
    "backend_compile_duration",
)


class CompileCounter(Protocol):
    """Compiles so far in this process (jax) or in one function (tensorflow)."""

    method: str

    def count(self, function: Callable[..., Any]) -> int:
        """Return how many programs have been compiled so far."""

    def seconds(self) -> float | None:
        """Return the seconds spent compiling so far; None where the backend does not say."""


class JaxCompiles:
    """Listens to jax's own compile events; one listener for the life of the process."""

    method = "jax compile events"

    def __init__(self) -> None:
        from jax import monitoring

        self._count = 0
        self._seconds = 0.0
        monitoring.register_event_duration_secs_listener(self._on_event)

    def _on_event(self, event: str, duration: float, **_: Any) -> None:
        if event.endswith(_JAX_COMPILE_EVENTS):
            self._seconds += duration
        if event.endswith("backend_compile_duration"):
            self._count += 1

    def count(self, function: Callable[..., Any]) -> int:
        """Return the programs compiled in this process, whatever asked for them."""
        return self._count

    def seconds(self) -> float | None:
        """Return seconds of tracing, lowering and compiling together."""
        return self._seconds


class TensorflowCompiles:
    """The tracing count of the ``tf.function`` under the program."""

    method = "tf.function traces; seconds: first call minus the median warm call"

    def count(self, function: Callable[..., Any]) -> int:
        """Return the traces of ``function``."""
        return int(function.experimental_get_tracing_count())  # type: ignore[attr-defined]

    def seconds(self) -> float | None:
        """Return None: TensorFlow does not time its traces."""
        return None


class NoCompiles:
    """torch through KerasHub is eager."""

    method = "eager: nothing is compiled"

    def count(self, function: Callable[..., Any]) -> int:
        """Return 0."""
        return 0

    def seconds(self) -> float | None:
        """Return 0 seconds."""
        return 0.0


def compile_counter(backend: str) -> CompileCounter:
    """Return the counter for a Keras backend (to be made before anything is compiled)."""
    kinds: dict[str, Callable[[], CompileCounter]] = {
        "jax": JaxCompiles,
        "tensorflow": TensorflowCompiles,
        "torch": NoCompiles,
    }
    return kinds[backend]()
