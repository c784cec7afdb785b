"""Chinese verse: form, tonal pattern 平仄, rhyme 押韵, antithesis 对仗, 词, memorisation.

``judge`` gives the whole verdict on a poem, ``METRICS`` are the scores that a run takes from it.
Tables are read at the first question, not at import.
"""

from metrics.chinese.books import BOOKS, open_book
from metrics.chinese.faults import KINDS, Remark
from metrics.chinese.form import FORMS
from metrics.chinese.patterns import MODES
from metrics.chinese.scores import METRICS
from metrics.chinese.verdict import PoemVerdict, judge, judge_all

__all__ = [
    "BOOKS",
    "FORMS",
    "KINDS",
    "METRICS",
    "MODES",
    "PoemVerdict",
    "Remark",
    "judge",
    "judge_all",
    "open_book",
]
