"""Speed of the index of training texts, at the size of a fine-tuning set.

``pytest tests/benchmarks/test_bench_corpus.py --benchmark-only``. The goal: 16,000 posts (30 MB)
indexed within a few seconds and 1.5 GB, and well under 5 ms for a text of 200 words.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time

import pytest

from metrics import Text
from metrics.corpus import TrainingCorpus, memorisation_metrics

POSTS, WORDS_OF_A_POST, VOCABULARY, FOLLOWERS = 16_000, 345, 20_000, 12


def posts(count: int, seed: int) -> list[str]:
    """Texts whose words follow each other as in prose: a few followers each, the first commonest.

    Held-out texts made this way have 4-grams and long copies in common with the others.
    """
    links, rng = random.Random(1), random.Random(seed)
    words = [
        "".join(chr(97 + k // 26**place % 26) for place in range(4)) for k in range(VOCABULARY)
    ]
    follow = [links.choices(range(VOCABULARY), k=FOLLOWERS) for _ in range(VOCABULARY)]
    texts = []
    for _ in range(count):
        word, written = rng.randrange(VOCABULARY), []
        for _ in range(WORDS_OF_A_POST):
            written.append(words[word])
            word = follow[word][int(FOLLOWERS * rng.random() ** 2)]
        texts.append(" ".join(written))
    return texts


@pytest.fixture(scope="module")
def corpus() -> TrainingCorpus:
    return TrainingCorpus(posts(POSTS, 2))


def note(benchmark, name, number):
    """Keep and print a figure."""
    benchmark.extra_info[name] = number
    print(f"\n{benchmark.name}: {name.replace('_', ' ')} {number:,}")


def index_once() -> None:
    """Print the seconds, the peak memory in bytes, and the characters of one index."""
    texts = posts(POSTS, 2)
    start = time.process_time()
    TrainingCorpus(texts)
    seconds = time.process_time() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, sum(map(len, texts)))


def test_index(benchmark):
    """Time of the index and peak memory, the texts included, in a fresh process."""
    found: list[list[float]] = []

    def index() -> None:
        done = subprocess.run([sys.executable, __file__], capture_output=True, check=True)
        found.append(list(map(float, done.stdout.split())))

    benchmark.pedantic(index, rounds=1)
    seconds, peak, characters = found[0]
    note(benchmark, "megabytes_indexed", round(characters / 1e6))
    note(benchmark, "seconds_of_indexing", round(seconds, 1))
    note(benchmark, "peak_megabytes", round(peak / 1e6))
    assert peak < 1.5e9


@pytest.mark.benchmark(timer=time.process_time)
def test_text(benchmark, corpus):
    """All three metrics of a text of 200 words."""
    texts = [" ".join(text.split()[:200]) for text in posts(100, 3)]
    metrics = memorisation_metrics(corpus)

    def judge() -> list[float | None]:
        prepared = map(Text.of, texts)
        return [metric.compute(text).value for text in prepared for metric in metrics]

    values = benchmark(judge)
    assert 0 < sum(values[::3]) < len(texts)
    if benchmark.stats:
        note(benchmark, "milliseconds_per_text", round(10 * benchmark.stats.stats.min, 2))


if __name__ == "__main__":
    index_once()
