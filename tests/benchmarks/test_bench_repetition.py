"""Speed of the repetition metrics. ``pytest tests/benchmarks --benchmark-only -s``

All times are processor time of this process (``time.process_time``), ours and nltk's alike, so that
what else runs on the machine weighs on neither side.
"""

import random
import time

import numpy as np
import pytest

from metrics import Text, score_samples, select
from metrics.rep_matrix import rep_rates
from metrics.self_bleu import self_bleu

TEXTS, TOKENS = 10_000, 200


def zipf_ids(texts, tokens):
    """Token ids that repeat about as those of real text do."""
    return np.minimum(np.random.default_rng(7).zipf(1.3, (texts, tokens)), 50_256)


def note(benchmark, name, number):
    """Keep and print a rate. Rates are of the best round: noise only ever adds time."""
    benchmark.extra_info[name] = round(number)
    print(f"\n{benchmark.name}: {name.replace('_', ' ')} {number:,.0f}")


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("kind", ["matrix", "lists"])
def test_rep_1_to_4(benchmark, kind):
    ids = zipf_ids(TEXTS, TOKENS)
    benchmark(rep_rates, ids if kind == "matrix" else ids.tolist())
    if benchmark.stats:  # None under --benchmark-disable
        note(benchmark, "texts_per_second", TEXTS / benchmark.stats.stats.min)


@pytest.mark.benchmark(timer=time.process_time)
def test_self_bleu_against_nltk(benchmark):
    """self-BLEU-4 of 200 texts of 64 tokens, each against the 199 others, beside nltk.

    Ours: one call for all 200, seconds per text, best round. nltk's: ``sentence_bleu`` of ten of
    the same texts against the same references, seconds per text, best of three. Same clock.
    """
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    texts = [[str(token) for token in row] for row in zipf_ids(200, 64)]
    smoothing = SmoothingFunction().method1
    scores = benchmark(self_bleu, texts)

    judged, seconds = 10, []
    for _ in range(3):
        started = time.process_time()
        expected = [
            sentence_bleu(texts[:i] + texts[i + 1 :], texts[i], smoothing_function=smoothing)
            for i in range(judged)
        ]
        seconds.append((time.process_time() - started) / judged)
    assert scores[:judged] == pytest.approx(expected, abs=1e-9)
    if benchmark.stats:
        ours = benchmark.stats.stats.min / len(texts)
        note(benchmark, "times_faster_than_nltk", min(seconds) / ours)


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("script", ["latin", "han"])
def test_all_repetition_metrics(benchmark, script):
    draw = random.Random(1)
    letters = "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少" if script == "han" else "abcdefghij"
    words = [draw.choice(letters) * (1 if script == "han" else 4) for _ in range(300)]
    joint = "" if script == "han" else " "
    raw = [joint.join(draw.choices(words, k=150)) for _ in range(200)]
    metrics = select(["repetition"])
    benchmark(lambda: score_samples([Text.of(text) for text in raw], metrics))
    if benchmark.stats:
        note(benchmark, "texts_per_second", len(raw) / benchmark.stats.stats.min)
