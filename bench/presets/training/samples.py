"""Show what a preset writes: ``python -m bench.presets.training.samples FOLDER [PROMPT ...]``.

For each sampler: a few texts, the share that are poems of regular shape (4 or 8 lines of 5 or 7
characters), and what the project's own metrics say of them, as printed in the model cards.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from metrics import Text, score_samples, select

from .tang import shape, verse_lines

SHOWN = 3
VERSE = ("zh_lines_rhymed", "zh_rhyme", "zh_regulated_lines", "zh_tang_lines")


def is_regular(text: str) -> bool:
    """Tell whether a generated text is a whole poem of regular shape."""
    lines = verse_lines(text)
    return bool(text.endswith("。") and lines and shape(lines))


def samplers() -> dict[str, tuple[Any, bool]]:
    """Return name -> (sampler, whether it draws at random)."""
    from keras_hub import samplers as s

    return {
        "greedy": (s.GreedySampler(), False),
        "beam, 5": (s.BeamSampler(num_beams=5), False),
        "contrastive, k=5, alpha=0.6": (s.ContrastiveSampler(k=5, alpha=0.6), False),
        "top_k, k=5": (s.TopKSampler(k=5, seed=1), True),
        "top_p, p=0.9, k=50": (s.TopPSampler(p=0.9, k=50, seed=1), True),
        "random": (s.RandomSampler(seed=1), True),
        "random, temperature=0.7": (s.RandomSampler(temperature=0.7, seed=1), True),
    }


def verse_scores(texts: list[str]) -> str:
    """Return the means of the verse metrics over the texts that each can judge."""
    means = score_samples([Text.of(text) for text in texts], select(VERSE)).case()
    return ", ".join(
        f"{name} {score.value:.2f} (n={score.n})"
        for name, score in means.items()
        if score.value is not None
    )


def show(preset: Path, prompts: list[str], count: int, max_length: int) -> None:
    """Print samples of one preset; a sampler without chance gets each prompt once."""
    import keras_hub

    model = keras_hub.models.CausalLM.from_preset(str(preset))
    for name, (sampler, random) in samplers().items():
        model.compile(sampler=sampler)
        asked = (prompts * count)[:count] if random else prompts
        texts = model.generate(asked, max_length=max_length)
        regular = sum(map(is_regular, texts)) / len(texts)
        broken = sum("\ufffd" in text for text in texts)
        print(f"{name}: {len(texts)} texts, regular {regular:.2f}, with broken bytes {broken}")
        print(f"    {verse_scores(texts)}", flush=True)
        for text in texts[:SHOWN]:
            print(f"    {text!r}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("preset", type=Path)
    parser.add_argument("prompts", nargs="*", default=[""])
    parser.add_argument("--count", type=int, default=128, help="texts of each random sampler")
    parser.add_argument("--max-length", type=int, default=96)
    arguments = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    show(arguments.preset, arguments.prompts, arguments.count, arguments.max_length)


if __name__ == "__main__":
    main()
