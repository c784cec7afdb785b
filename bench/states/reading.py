"""Reads a data set in a process of its own: ``python -m bench.states.reading``.

Some readers import TensorFlow or hold gigabytes; the parent of a run must stay small and asleep.
One job line in, then the event ``texts`` or ``failed``, then ``end``.
"""

from __future__ import annotations

import dataclasses
import json
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.worker import open_channel


@dataclass(frozen=True)
class ReadingJob:
    """What to read, and where the texts go.

    Attributes:
        data: the data set as the scenario has it.
        seed: of the order of the texts.
        content: digest of the data set when the run was planned.
        out: the file to write, ``*.jsonl.gz``.
        batch_size: texts per step; what fills no batch is not trained on, so it is not written.
        batches: steps per epoch, of the same texts in each; None where all are used.
    """

    data: dict[str, Any]
    seed: int
    content: str
    out: str
    batch_size: int
    batches: int | None

    def to_line(self) -> str:
        """Return the job as one line of JSON."""
        return json.dumps(dataclasses.asdict(self)) + "\n"


def main() -> None:
    """Serve one job."""
    channel, line = open_channel()
    job = ReadingJob(**json.loads(line))
    channel.send("step", case=None, phase="reading texts")
    from pydantic import TypeAdapter

    from bench.states.data import DataError, fingerprint, read
    from bench.states.human import UNITS, human_scores
    from bench.states.training.batches import texts_per_epoch
    from reports.training_texts import write_texts
    from scenarios.data_sets import AnyDataSet

    try:
        data = TypeAdapter(AnyDataSet).validate_python(job.data)
        texts = read(data, job.seed)
        if fingerprint(data) != job.content:
            raise DataError(f"{data.label} changed since the run was planned; start it again")
        used = texts.train[: texts_per_epoch(len(texts.train), job.batch_size, job.batches)]
        facts = {
            **texts.facts,
            "texts": len(used),
            "characters": sum(map(len, used)),
            "texts_there": len(texts.train),
        }
        write_texts(Path(job.out), used, texts.held_out)
        channel.send("step", case=None, phase="scoring held-out texts")
        human = human_scores(used, texts.held_out)
    except DataError as error:
        channel.send("failed", failure="input", reason=str(error))
    except OSError as error:
        channel.send("failed", failure="input", reason=f"cannot keep the texts: {error}")
    except Exception as error:
        traceback.print_exc()
        channel.send("failed", failure="crash", reason=f"{type(error).__name__}: {error}")
    else:
        channel.send("texts", facts={**facts, "human": human, "human_units": UNITS})
    channel.send("end")


if __name__ == "__main__":
    main()
