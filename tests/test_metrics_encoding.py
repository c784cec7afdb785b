import gzip

import pytest
import reference_texts

from metrics import Text
from metrics.encoding import broken_characters, gzip_ratio


def test_broken_characters_inside_count_and_the_cut_at_the_end_does_not():
    result = broken_characters(Text.of("春\ufffd晓\ufffd"))
    assert result.value == 1 / 3
    assert result.n == 3
    assert broken_characters(Text.of("春晓")).value == 0


@pytest.mark.parametrize("text", ["", "\ufffd", "\ufffd\ufffd"])
def test_broken_characters_of_nothing(text):
    assert broken_characters(Text.of(text)).value is None


def test_gzip_ratio_is_of_the_first_128_units():
    plain = ("hand " * 128).strip().encode()
    expected = len(gzip.compress(plain, mtime=0)) / len(plain)
    assert gzip_ratio(Text.of("Hand, " * 500)).value == pytest.approx(expected)
    assert gzip_ratio(Text.of("Hand, " * 500)).n == 128


def test_gzip_ratio_joins_chinese_without_spaces():
    plain = ("春" * 100).encode()
    expected = len(gzip.compress(plain, mtime=0)) / len(plain)
    assert gzip_ratio(Text.of("春，" * 100)).value == pytest.approx(expected)


def test_gzip_ratio_matches_the_reference_figures():
    assert gzip_ratio(Text.of(reference_texts.english())).value == pytest.approx(0.54, abs=0.05)
    assert gzip_ratio(Text.of(reference_texts.chinese())).value == pytest.approx(0.84, abs=0.05)
    assert gzip_ratio(Text.of(reference_texts.chinese_loop())).value < 0.4


def test_gzip_ratio_has_no_value_for_a_short_text():
    assert gzip_ratio(Text.of("春" * 63)).reason == "needs 64 units, has 63"
    assert gzip_ratio(Text.of("春" * 64)).value is not None
    assert gzip_ratio(Text.of("\ud800" * 64)).value is not None  # a lone surrogate is no UTF-8
