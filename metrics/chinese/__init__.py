"""Chinese verse: form, tonal pattern 平仄, rhyme 押韵, antithesis 对仗, 词, memorisation."""

from metrics.chinese.books import BOOKS, open_book
from metrics.chinese.faults import KINDS, Remark
from metrics.chinese.form import FORMS
from metrics.chinese.verdict import PoemVerdict, judge, judge_all

__all__ = ["BOOKS", "FORMS", "KINDS", "PoemVerdict", "Remark", "judge", "judge_all", "open_book"]
