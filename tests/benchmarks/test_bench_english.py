"""Speed of the English verse metrics. ``pytest tests/benchmarks --benchmark-only -s``"""

import subprocess
import sys

import pytest
from english_poems import SONNETS

from metrics import Text
from metrics.english import METRICS, judge, lexicon
from metrics.english.drawing import html, plain
from metrics.english.lexicon import lookup
from metrics.english.network import guess
from metrics.english.rhyme import _compare, rhyme_class
from metrics.english.words import read_lines

LOADING_LIMIT = 0.15  # seconds
POEMS = list(SONNETS.values())


def note(benchmark, name, number):
    """Keep and print a rate. Rates are of the best round: noise only ever adds time."""
    benchmark.extra_info[name] = round(number)
    print(f"\n{benchmark.name}: {name.replace('_', ' ')} {number:,.0f}")


def test_load_the_dictionary(benchmark):
    def load():
        lexicon._blob.cache_clear()
        lexicon._blob()

    benchmark(load)
    if benchmark.stats:
        assert benchmark.stats.stats.min < LOADING_LIMIT


def test_lookup(benchmark):
    words = [line.split("\t")[0] for line in lexicon._blob().decode("ascii").split("\n")[1::1000]]

    def look_up():
        lookup.cache_clear()
        for word in words:
            lookup(word)

    benchmark(look_up)
    if benchmark.stats:
        note(benchmark, "words_per_second", len(words) / benchmark.stats.stats.min)


def test_guess(benchmark):
    def ask():
        guess.cache_clear()
        guess("carcanet")

    ask()
    benchmark(ask)


def test_rhyme_classes(benchmark):
    ends = [line[-1] for poem in POEMS for line in read_lines(poem.splitlines())]

    def compare():
        _compare.cache_clear()
        for a in ends:
            for b in ends:
                rhyme_class(a, b)

    benchmark(compare)
    if benchmark.stats:
        note(benchmark, "pairs_per_second", len(ends) ** 2 / benchmark.stats.stats.min)


@pytest.mark.parametrize("form", [None, "shakespearean_sonnet"])
def test_judge_sonnets(benchmark, form):
    benchmark(lambda: [judge(poem, form) for poem in POEMS])
    if benchmark.stats:
        note(benchmark, "sonnets_per_second", len(POEMS) / benchmark.stats.stats.min)


def test_all_english_metrics(benchmark):
    def score():
        for poem in POEMS:
            text = Text.of(poem, form="sonnet")
            for metric in METRICS:
                metric.compute(text)

    benchmark(score)
    if benchmark.stats:
        note(benchmark, "texts_per_second", len(POEMS) / benchmark.stats.stats.min)


def test_draw(benchmark):
    verdict = judge(POEMS[0], "sonnet")
    benchmark(lambda: (plain(verdict), html(verdict)))


def test_importing_loads_no_table_and_no_library():
    code = (
        "import sys, metrics.english\n"
        "from metrics.english import lexicon\n"
        "assert lexicon._blob.cache_info().currsize == 0\n"
        "print([name for name in ('numpy', 'nltk', 'rich', 'pandas') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
