"""Recipes as Keras optimizers and schedules, held against Keras's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench.worker_environment import worker_environment

pytestmark = pytest.mark.model

ASK = """
import json, os, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import keras
from bench.states.training.optimizers import learning_rate_at, make_optimizer, make_schedule
from scenarios.training import Train

def rates(steps, at, **recipe):
    schedule = make_schedule(Train(**recipe), steps)
    return [learning_rate_at(schedule, step) for step in at]

AT = [0, 1, 5, 250, 499, 500, 600]
article = keras.optimizers.schedules.PolynomialDecay(5e-5, decay_steps=500, end_learning_rate=0.0)
cosine = keras.optimizers.schedules.CosineDecay(
    0.0, decay_steps=400, alpha=0.1, warmup_target=1e-3, warmup_steps=100
)
made = {}
for name in ("adam", "adamw", "sgd", "rmsprop", "lion", "adafactor"):
    optimizer = make_optimizer(Train(optimizer=name, weight_decay=0.02, clip_norm=1.5), 10)
    made[name] = [type(optimizer).__name__, optimizer.weight_decay, optimizer.global_clipnorm]
plain = make_optimizer(Train(), 10)
json.dump({
    "article": rates(500, AT, batches=500),
    "keras_article": [float(article(step)) for step in AT],
    "warm_cosine": rates(
        500, AT, schedule="cosine", warmup_steps=100, learning_rate=1e-3, end_learning_rate=1e-4
    ),
    "keras_warm_cosine": [float(cosine(step)) for step in AT],
    "warm": rates(20, range(21), warmup_steps=10, learning_rate=1e-3, end_learning_rate=1e-4),
    "warm_constant": rates(
        20, [0, 5, 10, 19], warmup_steps=10, schedule="constant", learning_rate=1e-3
    ),
    "constant": rates(20, [0, 19], schedule="constant"),
    "only_warm": rates(5, [0, 4], warmup_steps=10, learning_rate=1e-3),
    "made": made,
    "plain": [type(plain).__name__, plain.weight_decay, plain.global_clipnorm],
    "half": type(make_optimizer(Train(dtype="mixed_float16"), 10)).__name__,
}, out)
"""


@pytest.fixture(scope="module")
def found(backend):
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=worker_environment({"device": "cpu", "backend": backend}, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_the_articles_schedule_is_polynomial_decay_over_all_steps(found):
    assert found["article"] == found["keras_article"]
    assert found["article"][:2] == [pytest.approx(5e-5), pytest.approx(5e-5 * 499 / 500)]
    assert found["article"][-2:] == [0.0, 0.0]


def test_warm_up_before_a_cosine_is_that_of_keras(found):
    assert found["warm_cosine"] == pytest.approx(found["keras_warm_cosine"], rel=1e-5)


def test_warm_up_is_a_straight_line_from_nothing(found):
    warm = found["warm"]
    assert warm[:11] == pytest.approx([i * 1e-4 for i in range(11)])
    assert warm[10:] == pytest.approx([1e-3 - i * 9e-5 for i in range(11)], rel=1e-5)
    assert found["warm_constant"] == pytest.approx([0, 5e-4, 1e-3, 1e-3])
    assert found["constant"] == pytest.approx([5e-5, 5e-5])
    assert found["only_warm"] == pytest.approx([0, 4e-4])


def test_optimizers_and_their_arguments(found):
    classes = {name: made[0].lower() for name, made in found["made"].items()}
    assert all(name == made for name, made in classes.items())
    assert all(made[1:] == [0.02, 1.5] for made in found["made"].values())
    assert found["plain"] == ["Adam", None, None]
    assert found["half"] == "LossScaleOptimizer"
