"""Chinese verse: form, tonal pattern 平仄, rhyme 押韵, antithesis 对仗, 词, memorisation.

``judge`` gives the whole verdict on a poem, ``METRICS`` are the scores that a run takes from it.
Tables are read at the first question, not at import.
"""

from metrics.chinese.books import BOOKS, open_book
from metrics.chinese.ci import TUNES, CiVerdict, judge_ci
from metrics.chinese.ci_scores import METRICS as CI_METRICS
from metrics.chinese.faults import KINDS, Remark
from metrics.chinese.form import FORMS
from metrics.chinese.patterns import MODES
from metrics.chinese.scores import METRICS
from metrics.chinese.verdict import PoemVerdict, judge, judge_all

__all__ = [
    "BOOKS",
    "CI_METRICS",
    "FORMS",
    "KINDS",
    "METRICS",
    "MODES",
    "TUNES",
    "CiVerdict",
    "PoemVerdict",
    "Remark",
    "judge",
    "judge_all",
    "judge_ci",
    "open_book",
]
