"""Builds a GPT-2 preset folder with random weights, for tests that need a real engine.

The vocabulary is the 256 byte symbols of byte-level BPE plus ``<|endoftext|>`` as the last id (an
end token with id 0 would equal GPT-2's pad id and stop generation at once).
"""

from __future__ import annotations

import sys
from pathlib import Path


def byte_symbols() -> list[str]:
    """Return GPT-2's 256 printable stand-ins for bytes, in byte order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    extra = iter(range(256, 512))
    return [chr(b) if b in printable else chr(next(extra)) for b in range(256)]


def build(
    path: Path,
    *,
    layers: int = 2,
    heads: int = 2,
    hidden: int = 32,
    positions: int = 64,
    seed: int = 7,
    vocabulary_size: int = 258,
) -> Path:
    """Save a random GPT-2 to ``path``; a larger vocabulary_size is filled with unused words."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(seed)
    symbols = [*byte_symbols(), "th"]
    symbols += [f"unused{i}" for i in range(vocabulary_size - len(symbols) - 1)]
    vocabulary = {s: i for i, s in enumerate([*symbols, "<|endoftext|>"])}
    tokenizer = keras_hub.models.GPT2Tokenizer(vocabulary=vocabulary, merges=["t h"])
    backbone = keras_hub.models.GPT2Backbone(
        vocabulary_size=len(vocabulary),
        num_layers=layers,
        num_heads=heads,
        hidden_dim=hidden,
        intermediate_dim=4 * hidden,
        max_sequence_length=positions,
    )
    preprocessor = keras_hub.models.GPT2CausalLMPreprocessor(tokenizer, sequence_length=positions)
    keras_hub.models.GPT2CausalLM(backbone, preprocessor).save_to_preset(str(path))
    return path


if __name__ == "__main__":  # python tests/tiny_preset.py FOLDER [gpt2]: the GPT-2 124 M shape
    size = {"layers": 12, "heads": 12, "hidden": 768, "positions": 1024, "vocabulary_size": 50257}
    build(Path(sys.argv[1]), **(size if sys.argv[2:] == ["gpt2"] else {}))
