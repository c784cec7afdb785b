"""Sample texts for the quality metrics, from the program that the speed trials compiled."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench import seeds
from bench.engine.interface import Batch, Engine, InputError, Program
from bench.job import CaseJob, Job
from reports.records import Sample

REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Drawn:
    """The sample texts of a case and the seconds their generation took."""

    samples: list[Sample]
    seconds: float


@dataclass(frozen=True)
class _Row:
    prompt_index: int
    prompt: str
    repeat: int


def stop_token_ids(engine: Engine, program: Program) -> tuple[int, ...] | None:
    """Return the stop ids that sampling needs: the end tokens for beam search, or None.

    Raises:
        InputError: one of them is the pad token, at which generation would stop at once.
    """
    stops = engine.end_token_ids if program.stops_change_text else None
    if stops and engine.pad_token_id in stops:
        raise InputError(
            "the preset's end token is also its pad token: generation would stop before the first "
            "token. Give the tokenizer another pad id, or leave this sampler out"
        )
    return stops


def sample_texts(
    engine: Engine, program: Program, case: CaseJob, job: Job, step: Callable[[str], None]
) -> Drawn:
    """Generate ``job.samples`` texts for each prompt of the case.

    A text ends at the model's end token. Most samplers choose token by token, so a row's tokens
    before its end do not depend on when the loop stops: such texts are generated to max_length by
    the program that is already compiled, and cut at the first end token. Beam search (and a custom
    sampler) gets real stop ids, at the price of one more compile, and batches of one prompt each:
    KerasHub lets the beams score while it replays the longer prompts of a batch, so a text would
    depend on its neighbours.

    A sampler that draws nothing gives one text per prompt, however many are asked for. ``step``
    hears of each call before it is made, so that the time limit is one for each.
    """
    stops = stop_token_ids(engine, program)
    repeats = job.samples if program.draws else 1
    rows = [_Row(i, text, r) for i, text in case.prompts for r in range(repeats)]
    batches = _batches(rows, case.batch_size, mixed=not program.stops_change_text)
    samples, seconds = [], 0.0
    for turn, kept in enumerate(batches, 1):
        step(f"samples {turn}/{len(batches)}")
        seed = seeds.derive(job.seed, case.id, "sample", kept[0].prompt_index, kept[0].repeat)
        program.reset(seed)
        padded = kept + [kept[-1]] * (case.batch_size - len(kept))  # same shape: no compile
        batch = engine.encode([row.prompt for row in padded], job.max_length)
        result = program(batch, stops)
        seconds += result.seconds
        samples += _samples(
            engine, batch, result.batch, kept, seed if program.draws else None, case, job
        )
    return Drawn(samples, seconds)


def _batches(rows: list[_Row], size: int, *, mixed: bool) -> list[list[_Row]]:
    """Return the rows in batches of at most ``size``; unless ``mixed``, of one prompt each."""
    prompts = itertools.groupby(rows, key=lambda row: None if mixed else row.prompt_index)
    groups = [list(group) for _, group in prompts]
    return [group[i : i + size] for group in groups for i in range(0, len(group), size)]


def _samples(
    engine: Engine,
    before: Batch,
    after: Batch,
    rows: list[_Row],
    seed: int | None,
    case: CaseJob,
    job: Job,
) -> list[Sample]:
    new = [
        _until_end(after.token_ids[i, before.prompt_tokens[i] :], engine.end_token_ids)
        for i in range(len(rows))
    ]
    texts = engine.decode([ids for ids, _ in new])
    return [
        Sample(
            case=case.id,
            launch=job.launch,
            attempt=job.attempt,
            prompt=row.prompt,
            prompt_index=row.prompt_index,
            repeat=row.repeat,
            seed=seed,
            text=text,
            ids=ids,
            new_tokens=len(ids) + ended,
            ended=ended,
            broken_characters=text.count(REPLACEMENT),
        )
        for row, (ids, ended), text in zip(rows, new, texts, strict=True)
    ]


def _until_end(ids: np.ndarray, end_token_ids: tuple[int, ...]) -> tuple[list[int], bool]:
    """Return the ids before the first end token, and whether there was one."""
    ends = np.flatnonzero(np.isin(ids, end_token_ids))
    if ends.size:
        return ids[: ends[0]].tolist(), True
    return ids.tolist(), False
