"""Sample texts: what the model would have written, whatever the way they were generated."""

import itertools

import numpy as np
import pytest
from fake_engine import END, PAD, FakeEngine, case_job, make_job

from bench import seeds
from bench.engine.interface import Batch, InputError
from bench.sampling import sample_texts, stop_token_ids

PROMPTS = ["My trip was", "It", "a stormy night"]


def draw(case=None, engine=None, **job):
    """Return the engine, and the samples of one case drawn with it."""
    engine = engine or FakeEngine()
    case = case or case_job("top_k", prompts=PROMPTS)
    program = engine.made.get(case.id) or engine.program(case.sampler)
    drawn = sample_texts(
        engine, program, case, make_job(case, **{"samples": 4, "max_length": 64} | job), lambda _: 0
    )
    return engine, drawn


def beam(**settings):
    return FakeEngine(programs={"beam": {"draws": False, "stops_change_text": True}}, **settings)


def test_every_prompt_gets_its_samples_in_order():
    _, drawn = draw()
    assert [(s.prompt_index, s.repeat) for s in drawn.samples] == list(
        itertools.product(range(3), range(4))
    )
    assert [s.prompt for s in drawn.samples[::4]] == PROMPTS


def test_indices_are_those_of_the_scenario():
    case = case_job("top_k")
    case.prompts[:] = [(2, "a"), (5, "b")]
    _, drawn = draw(case, samples=1)
    assert [(s.prompt_index, s.prompt) for s in drawn.samples] == [(2, "a"), (5, "b")]


def test_a_text_is_cut_where_a_real_stop_would_have_cut_it():
    """The same seeds and prompts, once cut afterwards and once with stop ids given to the loop."""
    case = case_job("top_k", prompts=PROMPTS, batch_size=4)
    engine, drawn = draw(case, samples=8)
    program, found = engine.made["top_k"], []
    for start in range(0, len(drawn.samples), 4):
        rows = drawn.samples[start : start + 4]
        program.reset(rows[0].seed)
        before = engine.encode([row.prompt for row in rows], 64)
        after = program(before, (END,)).batch
        new = after.padding_mask & ~before.padding_mask
        found += [after.token_ids[i, new[i]].tolist() for i in range(4)]
    assert [s.ids + [END] * s.ended for s in drawn.samples] == found
    assert {s.ended for s in drawn.samples} == {True, False}, "the test must see both kinds"


def test_the_counts_are_exact():
    _, drawn = draw(samples=16)
    for sample in drawn.samples:
        room = 64 - 1 - len(sample.prompt)
        assert END not in sample.ids
        assert sample.new_tokens == len(sample.ids) + sample.ended
        assert sample.new_tokens <= room
        assert sample.ended or sample.new_tokens == room
        assert sample.text == "".join(map(chr, sample.ids))


def test_an_end_token_at_once_gives_an_empty_text():
    engine = FakeEngine()
    program = engine.program(case_job("top_k").sampler)
    program._token = lambda before, row, search: END
    _, drawn = draw(case_job("top_k"), engine, samples=1)
    [sample] = drawn.samples
    assert (sample.text, sample.ids, sample.new_tokens, sample.ended) == ("", [], 1, True)


def test_any_end_token_ends_a_text():
    engine = FakeEngine(end_token_ids=(END, ord("q")))
    _, drawn = draw(engine=engine, samples=8)
    assert not any("q" in s.text for s in drawn.samples)


def test_the_end_token_of_the_prompt_does_not_count():
    case = case_job("top_k", prompts=[f"a{chr(END)}b"])
    _, drawn = draw(case, samples=8)
    assert any(s.new_tokens > 1 for s in drawn.samples)


def test_broken_characters_are_counted():
    _, drawn = draw(samples=16)
    assert sum(s.broken_characters for s in drawn.samples) > 0
    assert all(s.broken_characters == s.text.count("\ufffd") for s in drawn.samples)


def test_token_by_token_samplers_use_the_program_that_is_there():
    engine, _ = draw()
    assert {stops for _, _, stops, _ in engine.log.of("call")} == {None}
    assert [compiles for *_, compiles in engine.log.of("call")] == [1] + [0] * 11


def test_beam_search_gets_real_stop_ids():
    engine, drawn = draw(case_job("beam", prompts=PROMPTS), beam())
    assert {stops for _, _, stops, _ in engine.log.of("call")} == {(END,)}
    assert [compiles for *_, compiles in engine.log.of("call")] == [1, 0, 0]
    for sample in drawn.samples:
        engine.made["beam"].reset(0)
        before = engine.encode([sample.prompt], 64)
        after = engine.made["beam"](before, (END,)).batch
        kept = after.padding_mask[0] & ~before.padding_mask[0]
        assert sample.ids + [END] * sample.ended == after.token_ids[0, kept].tolist()


def test_beam_texts_do_not_depend_on_the_other_prompts():
    """KerasHub's beams go on scoring while longer prompts of the batch are replayed."""
    case = case_job("beam", prompts=PROMPTS, batch_size=4)
    together = draw(case, beam())[1].samples
    alone = [
        sample
        for prompt in PROMPTS
        for sample in draw(case_job("beam", prompts=[prompt], batch_size=4), beam())[1].samples
    ]
    assert [s.text for s in together] == [s.text for s in alone]


@pytest.mark.parametrize("name", ["beam", "top_k"])
def test_an_end_token_that_is_the_pad_token(name):
    """Refused where the loop would get it as a stop id: it would stop before the first token."""
    engine = beam(pad_token_id=PAD, end_token_ids=(END, PAD))
    program = engine.program(case_job(name).sampler)
    if name == "top_k":
        assert stop_token_ids(engine, program) is None
        return
    with pytest.raises(InputError, match="pad"):
        stop_token_ids(engine, program)
    with pytest.raises(InputError, match="pad"):
        draw(case_job(name), engine)
    assert engine.log.of("call") == []


def test_a_model_without_an_end_token_writes_to_the_end():
    engine, drawn = draw(case_job("beam"), beam(end_token_ids=()))
    assert {stops for _, _, stops, _ in engine.log.of("call")} <= {None, ()}
    assert not drawn.samples[0].ended
    assert drawn.samples[0].new_tokens == 64 - 12


@pytest.mark.parametrize("batch_size", [1, 2, 5, 16])
def test_the_last_batch_is_padded_not_recompiled(batch_size):
    engine, drawn = draw(case_job("top_k", prompts=PROMPTS, batch_size=batch_size), samples=3)
    assert len(drawn.samples) == 9
    assert {b.token_ids.shape for b in engine.batches} == {(batch_size, 64)}
    assert sum(compiles for *_, compiles in engine.log.of("call")) == 1
    last = engine.batches[-1].token_ids
    kept = 9 % batch_size or batch_size
    assert (last[kept - 1 :] == last[-1]).all()


def test_a_sampler_that_draws_nothing_gives_one_text_per_prompt():
    engine = FakeEngine(programs={"greedy": {"draws": False}})
    engine, drawn = draw(case_job("greedy", prompts=PROMPTS), engine, samples=8)
    assert [(s.prompt_index, s.repeat, s.seed) for s in drawn.samples] == [
        (0, 0, None),
        (1, 0, None),
        (2, 0, None),
    ]
    assert len(engine.log.of("call")) == 3


def test_the_seed_of_a_batch_is_in_the_record():
    engine, drawn = draw(case_job("top_k", prompts=["a", "b"], batch_size=3), samples=4)
    assert [s.seed for s in drawn.samples] == [
        seeds.derive(7, "top_k", "sample", *first)
        for first in [(0, 0)] * 3 + [(0, 3)] * 3 + [(1, 2)] * 2
    ]
    assert [seed for _, seed in engine.log.of("reset")] == list(
        dict.fromkeys(s.seed for s in drawn.samples)
    )


def test_sampling_again_gives_the_same_texts():
    case = case_job("top_k", prompts=PROMPTS, batch_size=2)
    engine, first = draw(case)
    assert draw(case)[1].samples == first.samples
    assert draw(case, engine)[1].samples == first.samples, "calls in between change nothing"


def test_repeats_differ_and_so_do_run_seeds():
    texts = [s.text for s in draw(samples=4)[1].samples]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {s.text for s in draw(samples=4, seed=8)[1].samples}


def test_every_call_is_announced():
    """One time limit for each call, not one for all the texts of a case."""
    engine, case, steps = FakeEngine(), case_job("top_k", prompts=PROMPTS, batch_size=5), []

    def step(phase):
        steps.append((phase, len(engine.log.of("call"))))

    sample_texts(engine, engine.program(case.sampler), case, make_job(case, samples=4), step)
    assert steps == [("samples 1/3", 0), ("samples 2/3", 1), ("samples 3/3", 2)]


def test_the_seconds_are_those_of_the_calls():
    _, drawn = draw(case_job("top_k", prompts=["abc"]), samples=3)
    assert drawn.seconds == pytest.approx(3 * (0.1 + 60 * 0.01) + 2.0)


def test_ids_are_plain_numbers():
    """Records are JSON: a numpy integer would be refused."""
    _, drawn = draw(samples=1)
    assert all(type(i) is int for s in drawn.samples for i in s.ids)
    assert all(type(s.new_tokens) is int and type(s.ended) is bool for s in drawn.samples)


def test_the_engine_is_not_given_its_own_output():
    engine, _ = draw(case_job("top_k", prompts=["a"]), samples=2)
    assert all(isinstance(b, Batch) for b in engine.batches)
    assert np.array_equal(engine.batches[0].token_ids, engine.batches[1].token_ids)
