"""The hash of a case: of all that determines what is measured, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from scenarios.data_sets import DataSet
from scenarios.samplers import Custom
from scenarios.schema import Hardware, Preset, Prompt, Sampler, Scenario, State

HASH_VERSION = 1  # counted up when the same scenario comes to mean another measurement


class CaseHash:
    """Hashes the cases of one scenario; what they have in common is written out once.

    Args:
        scenario: a valid scenario.
        fingerprint: gives the digest of a preset's content for its source.
        data_fingerprint: the same of the data sets that states are trained on.
        code_fingerprint: the same of the code of custom samplers, by import path; None where it
            is not known.
    """

    def __init__(
        self,
        scenario: Scenario,
        fingerprint: Callable[[str], str] | None = None,
        data_fingerprint: Callable[[DataSet], str] | None = None,
        code_fingerprint: Callable[[str], str | None] | None = None,
    ) -> None:
        self._model = cache(fingerprint or str)
        self._data = cache(data_fingerprint or (lambda data: data.label))
        self._code = code_fingerprint or (lambda import_path: None)
        self._texts: dict[int, tuple[object, str]] = {}
        self._same = {
            "version": _json(HASH_VERSION),
            "generate": _json(scenario.generate.model_dump(exclude={"batch_sizes"})),
            "measure": _json(scenario.measure.model_dump(exclude={"launches", "timeout"})),
            "seed": _json(scenario.seed),
        }

    def of(
        self,
        preset: Preset,
        state: State,
        sampler: Sampler,
        hardware: Hardware,
        batch_size: int,
        prompts: tuple[tuple[int, Prompt], ...],
    ) -> str:
        """Return the hash of one combination of the axes: 16 hexadecimal digits."""
        parts = {
            **self._same,
            "model": _json(self._model(state.preset or preset.source)),
            "sampler": self._once(sampler, self._sampler),
            "hardware": self._once(hardware, Hardware.model_dump),
            "batch_size": str(batch_size),
            "prompts": self._once(prompts, _prompts),
        }
        if state.trained:
            parts["trained"] = self._once(state, self._trained)
        # What json.dumps gives for the whole, with sorted keys.
        text = ", ".join(f'"{key}": {parts[key]}' for key in sorted(parts))
        return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()[:16]

    def _once(self, part: Any, data: Callable[[Any], Any]) -> str:
        """Return the JSON of a part, which is kept, so that its id stays its own."""
        known = self._texts.get(id(part))
        if known is None:
            known = self._texts[id(part)] = (part, _json(data(part)))
        return known[1]

    def _sampler(self, sampler: Sampler) -> dict[str, Any]:
        said = {key: value for key, value in sampler.model_dump().items() if key != "name"}
        code = self._code(sampler.import_path) if isinstance(sampler, Custom) else None
        return said if code is None else {**said, "code": code}

    def _trained(self, state: State) -> list[Any]:
        data, train = state.data, state.train
        assert data is not None
        assert train is not None
        return [self._data(data), data.choices, train.model_dump()]


def _prompts(prompts: tuple[tuple[int, Prompt], ...]) -> list[list[Any]]:
    return [[index, prompt.text] for index, prompt in prompts]


def _json(data: Any) -> str:
    return json.dumps(data, sort_keys=True, allow_nan=False)
