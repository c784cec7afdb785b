"""The measuring process of a pytest session: requests come as lines, and so do the answers.

A request is one JSON object: ``{"do": "gates" | "cases" | "measure" | "run", …}``. The answer is
any number of ``step`` events, each of which waits for the other side's ``ok`` as a worker's do,
then one of

- ``{"event": "done", "answer": {…}}``
- ``{"event": "refused", "text": …}``: what was asked for cannot be done; the text is for people
- ``{"event": "broken", "text": …}``: a fault of versebench, with its traceback
- ``{"event": "interrupted"}``: SIGINT came before there was anything to show
"""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable
from typing import IO, Any

from bench.job import OK
from bench.planning import PresetError
from bench.pytest_plugin import measuring
from bench.worker import Channel
from reports.run_folder import RunFolderError
from scenarios.faults import ScenarioError
from scenarios.gates import GateError

_REQUESTS: dict[str, Callable[..., dict[str, Any]]] = {
    "gates": measuring.gates,
    "cases": measuring.cases,
    "measure": measuring.measure,
    "run": measuring.run,
}


def serve() -> None:
    """Answer until the other side closes the pipe."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints goes to standard error
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name in ("SIGINT", "SIGTERM"):  # even where pytest was started deaf to Ctrl-C
        signal.signal(getattr(signal, name), signal.default_int_handler)
    channel = Channel(events, requests)
    try:
        for line in requests:
            if line != OK:  # an answer to an event that Ctrl-C cut short
                _answer(json.loads(line), channel, events)
    except (KeyboardInterrupt, BrokenPipeError):
        return


def _answer(request: dict[str, Any], channel: Channel, events: IO[str]) -> None:
    said: dict[str, Any]
    try:
        said = {"event": "done", "answer": _REQUESTS[request.pop("do")](channel, **request)}
        line = json.dumps(said)
    except KeyboardInterrupt:
        line = json.dumps({"event": "interrupted"})
    except (ScenarioError, GateError, PresetError, RunFolderError, OSError) as error:
        line = json.dumps({"event": "refused", "text": str(error)})
    except Exception as error:
        text = f"a fault of versebench: {type(error).__name__}: {error}\n{traceback.format_exc()}"
        line = json.dumps({"event": "broken", "text": text})
    events.write(line + "\n")
    events.flush()
