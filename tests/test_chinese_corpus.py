"""The rules over all Tang poems: needs chinese-poetry 2.0.1, which is not in the repository.

``npm pack chinese-poetry@2.0.1`` in a folder, then ``VERSEBENCH_CHINESE_SOURCES=FOLDER pytest
tests/test_chinese_corpus.py``.
"""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from pathlib import Path

import pytest

from metrics.chinese import open_book
from metrics.chinese.build.sources import POEMS, tang_poems
from metrics.chinese.form import FORMS, recognise
from metrics.chinese.verdict import judge_cut

FOLDER = os.environ.get("VERSEBENCH_CHINESE_SOURCES", "")
pytestmark = pytest.mark.skipif(
    not (Path(FOLDER) / POEMS).is_file(),
    reason=f"set VERSEBENCH_CHINESE_SOURCES to the folder that holds {POEMS} (npm pack)",
)

# Share regulated in the standard mode, measured independently before these rules were written.
REGULATED = {"wujue": 0.514, "qijue": 0.828, "wulv": 0.734, "qilv": 0.832}
SIGNS_OF_A_LOST_CHARACTER = "□○"


@pytest.fixture(scope="module")
def lines():
    return [poem.lines for poem in tang_poems(Path(FOLDER))]


@pytest.fixture(scope="module")
def cuts(lines):
    by_form = defaultdict(list)
    for cut in map(recognise, lines):
        if cut.form:
            by_form[cut.form.key].append(cut)
    return by_form


@pytest.mark.parametrize("form", FORMS)
def test_share_of_regulated_poems(cuts, form):
    book = open_book()
    verdicts = [judge_cut(cut, book) for cut in cuts[form]]
    share = sum(bool(verdict.regulated) for verdict in verdicts) / len(verdicts)
    assert share == pytest.approx(REGULATED[form], abs=0.02)


@pytest.mark.parametrize("form", FORMS)
def test_shuffled_poems_are_not_regulated(cuts, form):
    book = open_book()
    rng = random.Random(3)
    passed = 0
    for cut in cuts[form]:
        characters = list("".join(cut.lines))
        rng.shuffle(characters)
        length = cut.form.length
        rows = ["".join(characters[i : i + length]) for i in range(0, len(characters), length)]
        passed += bool(judge_cut(recognise(tuple(rows)), book).regulated)
    assert passed < len(cuts[form]) / 1000


def test_characters_are_known(lines):
    book = open_book()
    text = "".join("".join(poem) for poem in lines)
    text = "".join(char for char in text if char not in SIGNS_OF_A_LOST_CHARACTER)
    assert book.classes(text).count("?") / len(text) < 0.001


def test_simplified_characters_lose_no_poem(cuts):
    """Folding a poem to simplified characters never turns a pass into a fail."""
    from metrics.chinese.simplified import fold

    book = open_book()
    lost = []
    for cut in (cut for found in cuts.values() for cut in found):
        if judge_cut(cut, book).regulated:
            folded = recognise(tuple(map(fold, cut.lines)))
            if not judge_cut(folded, book).regulated:
                lost.append((cut.lines, list(map(str, judge_cut(folded, book).faults))))
    assert not lost, lost[:5]


def test_all_tang_poems_in_seconds(lines):
    book = open_book()
    start = time.process_time()
    for poem in lines:
        judge_cut(recognise(poem), book)
    seconds = time.process_time() - start
    print(f"\n{len(lines)} poems in {seconds:.1f} s of CPU: {len(lines) / seconds:,.0f} a second")
    assert seconds < 20
