"""English verse: rhyme, rhyme scheme, metre and form, judged from how the words sound.

``judge`` gives the whole verdict on a text, ``METRICS`` are the scores that a run takes from it.
Tables and nltk are loaded at the first question, not at import.
"""

from metrics.english.forms import FORMS, KINDS
from metrics.english.judge import judge
from metrics.english.metre import METRES
from metrics.english.scores import METRICS
from metrics.english.verdict import Echo, Fault, LineVerdict, PoemVerdict, SyllableVerdict

__all__ = [
    "FORMS",
    "KINDS",
    "METRES",
    "METRICS",
    "Echo",
    "Fault",
    "LineVerdict",
    "PoemVerdict",
    "SyllableVerdict",
    "judge",
]
