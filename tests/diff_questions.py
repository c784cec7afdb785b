"""Questions for the tests of diffs: simulated nights, and single ones."""

import numpy as np

from reports.columns import CASE_COLUMNS, Column
from reports.diff.measures import Measure
from reports.diff.question import Question
from reports.statistics import median

BETWEEN, WITHIN, TRIALS = 0.02, 0.01, 5  # process to process, call to call, calls a launch
COLUMNS = {column.name: column for column in CASE_COLUMNS}


def speed(name="tokens_per_second", floor=0.05):
    return Measure(name, COLUMNS[name], "speed", floor)


def share(name="seq_rep_4", better="lower", floor=0.02):
    column = Column(name, "share", "A score.", name, better)
    return Measure(name, column, "share", floor, metric=object())


def asked(a, b, measure=None, case="case"):
    """A question about launches."""
    return Question(
        case,
        f"{case} A",
        f"{case} B",
        measure or speed(),
        median(list(a)) if len(a) else None,
        median(list(b)) if len(b) else None,
        launches=(list(a), list(b)),
        unit="launches",
    )


def paired(differences, measure=None, case="case", a=0.3, unit="prompts"):
    """A question about texts."""
    values = np.asarray(differences, dtype=float)
    b = a + float(values.mean())
    return Question(case, case, case, measure or share(), a, b, differences=values, unit=unit)


def night(random, launches, slow, cases=50, by=1.1):
    """One nightly pair: questions about ``cases`` cases, the first ``slow`` of them slower."""
    values = []
    for pace in (np.ones(cases), np.where(np.arange(cases) < slow, by, 1.0)):
        process = random.normal(0, BETWEEN, (cases, launches, 1))
        call = random.normal(0, WITHIN, (cases, launches, TRIALS))
        seconds = pace[:, None] * np.exp(np.median(process + call, axis=2))
        values.append(100 / seconds)
    return [asked(a, b, case=f"case {i}") for i, (a, b) in enumerate(zip(*values, strict=True))]
