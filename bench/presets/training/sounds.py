"""A start for the character embeddings: characters of one rhyme group begin with a common part.

Rhyme is a fact of sound that a model sees in one character of ten. From random embeddings a model
of four million parameters needs hours to find the groups by itself; told at the start which
characters sound alike (平水韵, the project's sound table), it has only to learn when it matters.
Training is free to change what was added.
"""

import numpy as np

from metrics.chinese.sound_table import readings_of_row, rows

from .tokenizer import Codec

SHARE = 0.6
"""Norm of the common part, in terms of the mean norm of an embedding."""
SEED = 7


def with_sounds(embeddings: np.ndarray, codec: Codec) -> np.ndarray:
    """Return a copy in which each single-token character holds its sound.

    Args:
        embeddings: float32, shape (vocabulary, hidden).
        codec: the tokenizer, to find characters that are one token.
    """
    characters = list(rows())
    token_of = {
        char: ids[0]
        for char, ids in zip(characters, codec.encode(characters), strict=True)
        if len(ids) == 1
    }
    random = np.random.default_rng(SEED)
    directions: dict[str, np.ndarray] = {}
    found = embeddings.copy()
    norm = float(np.linalg.norm(embeddings[list(token_of.values())], axis=1).mean())
    for char, token in token_of.items():
        # The first reading is the commonest in Tang verse; rare ones say nothing of its rhyme.
        names = [f"{r.tone}{r.group}" for r in readings_of_row(rows()[char]) if not r.rare]
        for name in names:
            if name not in directions:
                direction = random.standard_normal(embeddings.shape[1:], "float32")
                directions[name] = direction / np.linalg.norm(direction)
            found[token] += SHARE * norm / len(names) * directions[name]
    return found
