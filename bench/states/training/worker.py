"""The process that trains one state: ``python -m bench.states.training.worker``.

One job line in; then events, each of which waits for the parent's ``ok``:

* ``{"event": "step", "case": null, "phase": "..."}``: what is about to be done;
* ``{"event": "progress", ...}``: the fields of ``job.Progress``, at most twice a second;
* ``{"event": "trained", "training": {...}}``: ``reports.training.Training``; the preset is there;
* ``{"event": "failed", "failure": "input" | "crash" | null, "reason": "..."}``: null where the
  machine lacks the device;
* ``{"event": "end"}``.

SIGTERM asks it to stop: it ends after the step that runs, with a checkpoint and without another
event, whether or not the parent still answers. The same job, given again, goes on from there.
"""

from __future__ import annotations

import dataclasses
import signal
import traceback
from pathlib import Path
from typing import Any

from bench.core_pinning import pin
from bench.states.training.job import Progress, TrainingJob
from bench.worker import Channel, open_channel

_OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "out of memory", "OutOfMemory")


class _NoAnswerNeededError(Exception):
    """Ends the wait for an answer once a stop is asked for."""


class Told:
    """Tells the parent, and hears SIGTERM; implements ``job.Report``."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._stop = False
        self._waiting = False
        signal.signal(signal.SIGTERM, self._on_term)

    def send(self, event: str, **data: Any) -> None:
        """Send an event, unless a stop was asked for: nobody may be there to answer."""
        if self._stop:
            return
        try:
            self._waiting = True
            self._channel.send(event, **data)
        except _NoAnswerNeededError:
            pass
        finally:
            self._waiting = False

    def phase(self, phase: str) -> None:
        """Say what is about to be done."""
        self.send("step", case=None, phase=phase)

    def progress(self, progress: Progress) -> None:
        """Say how far it is."""
        self.send("progress", **dataclasses.asdict(progress))

    def stop_asked(self) -> bool:
        """Tell whether SIGTERM has come."""
        return self._stop

    def _on_term(self, *_: object) -> None:
        self._stop = True
        if self._waiting:
            raise _NoAnswerNeededError


def main() -> None:
    """Serve one job."""
    channel, line = open_channel()
    told = Told(channel)
    job = TrainingJob.from_line(line)
    pin(job.hardware)
    told.phase("import and load")
    from bench.engine.interface import InputError, UnavailableError
    from bench.states.training.trainer import StoppedError, Trainer
    from reports.training_texts import TextsError, read_texts

    try:
        texts, held_out = read_texts(Path(job.texts))
        training = Trainer(job, texts, held_out, told).run()
    except StoppedError as stopped:
        raise SystemExit(f"{stopped}; the same job goes on from there") from stopped
    except (InputError, TextsError) as error:
        told.send("failed", failure="input", reason=str(error))
    except UnavailableError as error:
        told.send("failed", failure=None, reason=str(error))
    except Exception as error:
        traceback.print_exc()
        told.send("failed", failure="crash", reason=reason_of(error))
    else:
        told.send("trained", training=training.to_data())
    told.send("end")


def reason_of(error: Exception) -> str:
    """Return why training crashed, in one line; out of memory says what to do."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or any(word in text for word in _OUT_OF_MEMORY):
        return "out of memory while training; lower batch_size or sequence_length, or set lora_rank"
    return text.strip().split("\n")[0][:500]


if __name__ == "__main__":
    main()
