"""``bench.states.training.worker`` in which something goes wrong; run as a module.

All is the real thing. What goes wrong is the name of the state: see ``FAULTS``.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from bench.states.training import worker
from bench.states.training.job import TrainingJob


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def before_each_step(action: Callable[[int], None]) -> None:
    """Call ``action`` with the number of steps that this process has begun."""
    from bench.states.training.watch import Watch

    begin, begun = Watch.on_train_batch_begin, [0]

    def on_train_batch_begin(self: Any, batch: int, logs: Any = None) -> None:
        begun[0] += 1
        action(begun[0])
        begin(self, batch, logs)

    Watch.on_train_batch_begin = on_train_batch_begin


def checkpoint_always() -> None:
    from bench.states.training import resuming

    resuming.CHECKPOINT_SECONDS = 0.0
    resuming.CHECKPOINT_SHARE = 1e9


def kill_in_step_7() -> None:
    checkpoint_always()
    before_each_step(lambda step: die() if step == 7 else None)


def kill_while_saving() -> None:
    from bench.states.training import saving

    saving._verify = die


def kill_before_rename() -> None:
    os.rename = die


def disk_full_while_saving() -> None:
    from bench.states.training import saving

    saving._as_kerashub = disk_full


def kill_before_telling() -> None:
    send = worker.Told.send

    def tell(self: Any, event: str, **data: Any) -> None:
        if event == "trained":
            die()
        send(self, event, **data)

    worker.Told.send = tell  # type: ignore[method-assign]


def no_checkpoints() -> None:
    from bench.states.training import checkpoint

    checkpoint_always()
    checkpoint.write = disk_full  # type: ignore[assignment]


def slow_steps() -> None:
    before_each_step(lambda _: time.sleep(0.3))


def out_of_memory() -> None:
    from bench.states.training.watch import Watch

    def fit(*_: object) -> None:
        raise RuntimeError("RESOURCE_EXHAUSTED: OOM when allocating tensor")

    Watch.fit = fit  # type: ignore[method-assign, assignment]


FAULTS: dict[str, Callable[[], None]] = {
    function.__name__: function
    for function in (
        kill_in_step_7,
        kill_while_saving,
        kill_before_rename,
        disk_full_while_saving,
        kill_before_telling,
        no_checkpoints,
        slow_steps,
        out_of_memory,
    )
}

from_line = TrainingJob.from_line


def with_fault(line: str) -> TrainingJob:
    """Read the job, and arm its fault."""
    job = from_line(line)
    if job.state in FAULTS:
        FAULTS[job.state]()
    return job


TrainingJob.from_line = with_fault  # type: ignore[method-assign, assignment]

if __name__ == "__main__":
    worker.main()
