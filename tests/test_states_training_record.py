"""The record of a training, the sums it is made of, and checkpoints: no model needed."""

import dataclasses
import itertools
import json
import typing

import numpy as np
import pytest

from bench.states.training import checkpoint
from bench.states.training.batches import Batches, Tokens, texts_per_epoch
from bench.states.training.job import TrainingJob
from bench.states.training.tally import Sums, Tally
from reports.training import Training, perplexity, thinned


def training(**changes):
    values: dict[str, typing.Any] = {
        f.name: {"int": 1, "float": 1.0, "str": "x", "bool": False}.get(str(f.type))
        for f in dataclasses.fields(Training)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    }
    values |= {"data": {"source": "t"}, "recipe": {"epochs": 1}, "what_ran": {"jit": "eager"}}
    return Training(**{**values, **changes})


def point(step, held_out_loss=None):
    return {
        "step": step,
        "loss": 1.0,
        "accuracy": 0.5,
        "learning_rate": 1e-3,
        "seconds": 1.0,
        "held_out_loss": held_out_loss,
    }


def test_the_articles_line():
    article = training(
        steps=500,
        batches_per_epoch=500,
        epochs=1,
        milliseconds_per_step=196.4,
        loss=3.30468,
        accuracy=0.32631,
    )
    assert article.line() == "500/500 196ms/step - loss: 3.3047 - accuracy: 0.3263"
    second = dataclasses.replace(article, steps=750, epochs=2, milliseconds_per_step=7200.0)
    assert second.line() == "250/500 7s/step - loss: 3.3047 - accuracy: 0.3263"
    one = dataclasses.replace(article, milliseconds_per_step=None)
    assert one.line() == "500/500 - loss: 3.3047 - accuracy: 0.3263"


def test_the_record_goes_through_json():
    record = training(curve=[point(1), point(2, 3.0)], missing={"device_peak_bytes": "on the CPU"})
    data = json.loads(json.dumps(record.to_data(), allow_nan=False))
    assert Training.from_data(data) == record
    assert Training.from_data({**data, "of_a_later_version": 1}) == record
    del data["loss"]
    with pytest.raises(ValueError, match="loss"):
        Training.from_data(data)


def test_the_job_goes_through_its_line():
    job = TrainingJob("p", "s", "k", "./base", "t", {"texts": 1}, True, {}, {}, "w", "o")
    assert TrainingJob.from_line(job.to_line()) == job


def test_perplexity():
    assert perplexity(0.0) == 1.0
    assert perplexity(None) is None
    assert perplexity(1e6) is None


def test_a_long_curve_is_thinned_and_keeps_its_ends_and_evaluations():
    curve = [point(i, 2.0 if i % 100 == 0 else None) for i in range(5001)]
    thin = thinned(curve, 500)
    assert len(thin) == 500
    steps = [p["step"] for p in thin]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, 5000)
    assert sum(p["held_out_loss"] is not None for p in thin) == 51
    assert max(b - a for a, b in itertools.pairwise(steps)) < 30
    assert len(thinned([point(i, 1.0) for i in range(5000)], 500)) == 500
    assert thinned(curve[:10], 500) == curve[:10]


def test_the_tally_of_a_broken_training_is_that_of_an_unbroken_one():
    whole = Sums().plus(10, 2.0, 0.5, 100)
    broken = Sums().plus(4, 3.0, 0.25, 40).plus(6, 4 / 3, 2 / 3, 60)
    assert broken.loss == pytest.approx(whole.loss)
    assert broken.correct == pytest.approx(whole.correct)
    assert (broken.steps, broken.tokens) == (10, 100)


def test_points_are_of_the_steps_since_the_last_and_in_nats_per_token():
    tally = Tally()
    tally.epoch, tally.step = Sums().plus(2, 3.0, 0.5, 40), 2
    tally.mark(positions=32, learning_rate=1e-3, seconds=1.0)
    tally.epoch, tally.step = Sums().plus(4, 2.0, 0.5, 80), 4
    tally.mark(positions=32, learning_rate=1e-3, seconds=2.0)
    first, second = tally.curve
    assert first["loss"] == pytest.approx(2 * 3.0 * 32 / 40)
    assert second["loss"] == pytest.approx((4 * 2.0 - 2 * 3.0) * 32 / 40)
    tally.evaluated(1.5)
    tally.mark(positions=32, learning_rate=1e-3, seconds=2.0)
    assert len(tally.curve) == 2
    assert tally.curve[-1]["held_out_loss"] == 1.5
    assert Tally.from_data(json.loads(json.dumps(tally.to_data()))) == tally


def test_the_best_held_out_loss_and_patience():
    tally = Tally()
    assert tally.gained(3.0, 0.0)
    assert tally.gained(2.0, 0.5)
    assert tally.gained(1.6, 0.5)  # the best weights, and yet no gain that counts
    assert not tally.gained(2.5, 0.5)
    assert (tally.best, tally.without_gain) == (1.6, 2)
    assert tally.gained(1.4, 0.5)
    assert tally.without_gain == 0


# --- batches -----------------------------------------------------------------------------------


def tokens(rows, length=4):
    ids = np.arange(rows * length, dtype=np.int32).reshape(rows, length)
    weights = np.ones_like(ids, bool)
    weights[:, -1] = False
    return Tokens({"token_ids": ids, "padding_mask": weights.copy()}, ids + 1, weights)


@pytest.mark.parametrize(
    ("texts", "batch_size", "batches", "used"),
    [(100, 32, None, 96), (100, 32, 2, 64), (100, 32, 500, 96), (20, 32, 500, 20), (1, 8, 1, 1)],
)
def test_texts_of_an_epoch(texts, batch_size, batches, used):
    assert texts_per_epoch(texts, batch_size, batches) == used


def test_batches_come_in_order_and_can_be_found_again():
    batches = Batches(tokens(12), 4, shuffle=True, seed=3)
    assert (batches.per_epoch, batches.positions) == (3, 16)
    assert (batches.take(0, 1, 3).targets == tokens(12).targets[4:]).all()
    whole = batches.take(1, 0, 3)
    assert sorted(whole.targets[:, 0]) == sorted(tokens(12).targets[:, 0])
    assert (whole.targets != tokens(12).targets).any()
    assert (batches.take(1, 2, 3).targets == whole.targets[8:]).all()
    assert (batches.take(2, 0, 3).targets != whole.targets).any()
    assert batches.counts(whole).tolist() == [12, 12, 12]
    fixed = Batches(tokens(12), 4, shuffle=False, seed=3)
    assert (fixed.take(1, 0, 3).targets == tokens(12).targets).all()


def test_fewer_texts_than_a_batch_make_one_batch():
    batches = Batches(tokens(3), 32, shuffle=False, seed=0)
    assert (batches.batch_size, batches.per_epoch) == (3, 1)


def test_the_digest_is_of_the_content():
    assert tokens(3).digest() == tokens(3).digest()
    other = tokens(3)
    other.weights[0, 0] = False
    assert other.digest() != tokens(3).digest()


# --- checkpoints -------------------------------------------------------------------------------

ARRAYS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(7, np.int64)]
SHAPES = [("float32", (2, 3)), ("int64", ())]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "work" / checkpoint.NAME
    checkpoint.write(path, {"key": "k"}, {"step": 3}, ARRAYS)
    return path


def test_a_checkpoint_comes_back(path):
    found = checkpoint.read(path, {"key": "k"}, SHAPES)
    assert found is not None
    assert found.state == {"step": 3}
    for array, again in zip(ARRAYS, found.arrays(), strict=True):
        assert (array == again).all()
        assert array.dtype == again.dtype
    assert [p.name for p in path.parent.iterdir()] == [checkpoint.NAME]


def test_a_checkpoint_that_does_not_fit_is_left_alone(path, monkeypatch):
    assert checkpoint.read(path, {"key": "other"}, SHAPES) is None
    assert checkpoint.read(path, {"key": "k"}, [("float32", (3, 2)), SHAPES[1]]) is None
    assert checkpoint.read(path, {"key": "k"}, [*SHAPES, ("float32", ())]) is None
    assert checkpoint.read(path.with_name("none"), {"key": "k"}, SHAPES) is None
    monkeypatch.setattr(checkpoint, "VERSION", 2)
    assert checkpoint.read(path, {"key": "k"}, SHAPES) is None


def test_a_damaged_checkpoint_is_left_alone(path):
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert checkpoint.read(path, {"key": "k"}, SHAPES) is None, cut
    at = whole.index(ARRAYS[0].tobytes())
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert checkpoint.read(path, {"key": "k"}, SHAPES) is None


def test_a_failed_write_leaves_the_last_checkpoint(path):
    def full():
        yield ARRAYS[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        checkpoint.write(path, {"key": "k"}, {"step": 4}, full())
    found = checkpoint.read(path, {"key": "k"}, SHAPES)
    assert found is not None
    assert found.state == {"step": 3}
    assert [p.name for p in path.parent.iterdir()] == [checkpoint.NAME]
