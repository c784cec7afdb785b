"""Speed of the Chinese rules on one core, over poems like those of the corpus.

``pytest tests/benchmarks/test_bench_chinese.py --benchmark-only -s``. The yardstick: couyun 凑韵,
the nearest open checker, judges 345 poems a second; the goal is fifty times that.

What is timed, in processor time of the one process:

- ``test_full_rules``: tones, rhyme and every fault in ``standard`` mode, all 2,000 poems a round.
  The sound table is loaded and each poem cut into its lines before. This is the figure of the
  goal. Antithesis is not in it: a verdict works that out when it is asked for.
- ``test_judge_text``: the same from the raw text, with cutting and recognising the form.
- ``test_load_tables``: in a new process, from after the import to after the first verdict, so the
  tables are read. The import itself and Python's start are not in it.

Rates are poems a second of the best round. Poems are put together from gold poems, not read from
the corpus, so that the benchmark needs no download.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from chinese_poems import LENIENT_ONLY, NOT_REGULATED, REGULATED

from metrics.chinese import judge, open_book
from metrics.chinese.form import cut_lines, recognise
from metrics.chinese.verdict import judge_cut


@pytest.fixture(scope="module")
def poems() -> list[tuple[str, ...]]:
    """2,000 poems of the four forms: couplets of the gold poems, put together at random.

    About a third are regulated, so that the slow path, which looks for broken sequences, has its
    share and more: of Tang poems three quarters are regulated.
    """
    rng = random.Random(5)
    gold = [text for text, *_ in (*REGULATED.values(), *NOT_REGULATED.values())]
    gold += LENIENT_ONLY.values()
    all_lines = [cut_lines(text) for text in gold]
    made = []
    for _ in range(2000):
        lines = rng.choice(all_lines)
        other = rng.choice(
            [o for o in all_lines if (len(o), len(o[0])) == (len(lines), len(lines[0]))]
        )
        made.append(lines if rng.random() < 0.8 else (*lines[:2], *other[2:]))
    return made


def note(benchmark, name, number):
    """Keep and print a figure. Rates are of the best round: noise only ever adds time."""
    benchmark.extra_info[name] = number
    print(f"\n{benchmark.name}: {name.replace('_', ' ')} {number:,}")


@pytest.mark.benchmark(timer=time.process_time)
def test_full_rules(benchmark, poems):
    """Tones, rhyme and every fault of poems that are cut into lines; goal 17,250 poems/s."""
    book = open_book()
    cuts = [recognise(lines) for lines in poems]
    verdicts = benchmark(lambda: [judge_cut(cut, book) for cut in cuts])
    assert 0.3 < sum(bool(verdict.regulated) for verdict in verdicts) / len(poems) < 0.8
    if benchmark.stats:  # None under --benchmark-disable
        note(benchmark, "poems_per_second", round(len(poems) / benchmark.stats.stats.min))


@pytest.mark.benchmark(timer=time.process_time)
def test_judge_text(benchmark, poems):
    """The same from raw text: cutting included."""
    texts = ["，".join(lines) for lines in poems]
    benchmark(lambda: [judge(text) for text in texts])
    if benchmark.stats:
        note(benchmark, "poems_per_second", round(len(poems) / benchmark.stats.stats.min))


def test_load_tables(benchmark):
    """Reading the sound table and judging the first poem, in a fresh process; goal 0.15 s."""
    code = (
        "import time, metrics.chinese as c; start = time.process_time(); "
        "c.judge('白日依山尽，黄河入海流。欲穷千里目，更上一层楼。'); "
        "print(time.process_time() - start)"
    )
    seconds = []

    def load() -> None:
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        seconds.append(float(shown.stdout))

    benchmark.pedantic(load, rounds=5)
    note(benchmark, "seconds_of_loading", round(min(seconds), 3))
