"""Speed batches and single trials: exact counts, fixed work, nothing but the call in its time."""

import itertools

import numpy as np
import pytest
from fake_engine import START, FakeEngine, case_job, make_job

from bench import seeds, speed
from bench.engine.interface import InputError
from bench.speed import run_trial, speed_batches

CASE = case_job("top_k", prompts=["abc"], batch_size=2)  # 4 tokens with the start token


def batches(case=CASE, max_length=32, fit_points=5):
    return speed_batches(FakeEngine(), case, max_length, fit_points)


def new_tokens(found, max_length=32):
    return [max_length - b.batch.prompt_tokens[0] for b in (found.main, *found.fit)]


def trial(engine, program, phase="timed", case=CASE, fit_points=0, max_length=32, which=0):
    found = speed_batches(engine, case, max_length, fit_points)
    job = make_job(case, max_length=max_length)
    batch = (found.main, *found.fit)[which]
    return run_trial(engine, program, case, job, phase, 3, batch)


def test_the_main_batch_repeats_the_first_prompt():
    found = batches(case_job(prompts=["abc", "other"], batch_size=3))
    assert found.main.prompts == ["abc"] * 3
    assert found.main.batch.prompt_tokens == [4, 4, 4]
    assert found.main.batch.token_ids[:, :4].tolist() == [[START, 97, 98, 99]] * 3


def test_the_fit_spans_one_token_to_all():
    assert new_tokens(batches()) == [28, 1, 8, 14, 21]


@pytest.mark.parametrize("points", [3, 4, 5, 8])
@pytest.mark.parametrize("max_length", [7, 8, 16, 33, 200])
def test_the_fit_has_as_many_points_as_asked_for_where_there_is_room(points, max_length):
    counts = new_tokens(batches(fit_points=points, max_length=max_length), max_length)
    most = max_length - 4
    assert counts[0] == max(counts) == most
    assert counts[1] == min(counts) == 1
    assert len(set(counts)) == len(counts) <= points
    assert len(counts) == points or most < 2 * points


def test_no_fit():
    assert batches(fit_points=0).fit == []


@pytest.mark.parametrize("points", [0, 3, 5])
def test_room_for_a_single_token(points):
    assert new_tokens(batches(max_length=5, fit_points=points), 5) == [1]


def test_the_rows_of_a_batch_are_equal_and_padded_alike():
    found = batches(case_job(prompts=["abc"], batch_size=4), fit_points=6)
    for own in (found.main, *found.fit):
        ids, mask = own.batch.token_ids, own.batch.padding_mask
        assert ids.shape == mask.shape == (4, 32)
        assert ids.dtype == found.main.batch.token_ids.dtype
        assert mask.dtype == bool
        assert (ids == ids[0]).all()
        assert (mask == mask[0]).all()
        length = own.batch.prompt_tokens[0]
        assert mask[0, :length].all()
        assert not ids[0, length:].any()


def test_longer_prompts_cycle_the_tokens_after_the_first():
    longest = batches(max_length=12).fit[0].batch
    a, b, c = map(ord, "abc")
    assert longest.token_ids[0].tolist() == [START, a, b, c, a, b, c, a, b, c, a, 0]


def test_a_prompt_of_one_token_cycles_itself():
    found = batches(case_job(prompts=[""]), max_length=6, fit_points=5)
    assert new_tokens(found, 6) == [5, 1, 2, 3, 4]
    assert found.fit[0].batch.token_ids[0].tolist() == [START] * 5 + [0]


@pytest.mark.parametrize("prompts", [["a" * 31], ["abc", "a" * 31], ["a" * 500]])
def test_a_prompt_that_is_too_long_is_refused(prompts):
    engine = FakeEngine()
    with pytest.raises(InputError, match="too long"):
        speed_batches(engine, case_job(prompts=prompts), 32, 5)
    assert engine.made == {}


def test_a_trial_counts_what_was_generated():
    engine = FakeEngine()
    done = trial(engine, engine.program(CASE.sampler))
    assert (done.prompt_tokens, done.new_tokens, done.steps) == (4, 2 * 28, 28)
    assert (done.phase, done.round, done.case) == ("timed", 3, "top_k")
    assert engine.log.of("call") == [("top_k", 56, None, 1)]


def test_new_tokens_come_from_the_masks():
    """A model that stops early in spite of everything is seen, not assumed to reach the end."""
    engine = FakeEngine()
    program = engine.program(CASE.sampler)
    fill = program._generate

    def stops_early(batch, stops):
        after, steps = fill(batch, stops)
        after.padding_mask[0, 20:] = False
        return after, steps

    program._generate = stops_early
    assert trial(engine, program).new_tokens == (20 - 4) + 28


def test_every_trial_does_the_same_work():
    engine = FakeEngine()
    program = engine.program(CASE.sampler)
    for _ in range(3):
        trial(engine, program)
    [seed] = set(engine.log.of("reset"))
    assert seed == ("top_k", seeds.derive(7, "top_k", "speed"))
    first, *others = engine.batches
    assert all(np.array_equal(first.token_ids, other.token_ids) for other in others)


def test_only_the_call_is_timed(monkeypatch):
    """Encoding and decoding move the clock, and are reported apart."""
    clock = [0.0]
    monkeypatch.setattr(speed.time, "perf_counter", lambda: clock[0])

    def takes(seconds):
        clock[0] += seconds

    engine = FakeEngine(on_encode=lambda: takes(0.5), on_decode=lambda: takes(0.25))
    program = engine.program(CASE.sampler)
    program.compiled.add(((2, 32), None))
    done = trial(engine, program)
    assert done.seconds == pytest.approx(0.1 + 28 * 0.01)
    assert (done.encode_seconds, done.decode_seconds) == (0.5, 0.25)


def test_a_fit_trial_starts_from_ids():
    engine = FakeEngine()
    done = trial(engine, engine.program(CASE.sampler), "fit", fit_points=5, which=1)
    assert (done.encode_seconds, done.decode_seconds) == (None, None)
    assert (done.prompt_tokens, done.steps, done.new_tokens) == (31, 1, 2)


@pytest.mark.parametrize("phase", ["warmup", "timed", "fit"])
def test_a_call_that_compiled_is_kept_and_marked(phase):
    engine = FakeEngine()
    done = trial(engine, engine.program(CASE.sampler), phase)
    assert done.compiles == 1
    assert not done.valid
    assert "compiled" in done.invalid_reason


def test_a_cold_call_may_compile():
    engine = FakeEngine()
    done = trial(engine, engine.program(CASE.sampler), "cold")
    assert (done.compiles, done.valid, done.invalid_reason) == (1, True, None)


def test_all_lengths_run_one_program():
    engine = FakeEngine()
    program = engine.program(CASE.sampler)
    found = batches(fit_points=5)
    for own in (found.main, *found.fit):
        run_trial(engine, program, CASE, make_job(CASE), "timed", 0, own)
    calls = engine.log.of("call")
    assert [compiles for *_, compiles in calls] == [1, 0, 0, 0, 0]
    assert all(a != b for a, b in itertools.pairwise(new for _, new, *_ in calls))
