"""Writes a GPT-2 in Hugging Face's folder format with random weights, by hand: no keras needed."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_preset import byte_symbols

LAYERS, HIDDEN, POSITIONS = 1, 16, 64


def build(path: Path) -> Path:
    """Save config, vocabulary, merges and safetensors to ``path``."""
    import numpy as np
    from safetensors.numpy import save_file

    path.mkdir()
    symbols = [*byte_symbols(), "th", "<|endoftext|>"]
    config = {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": len(symbols),
        "n_layer": LAYERS,
        "n_head": 2,
        "n_embd": HIDDEN,
        "n_positions": POSITIONS,
        "resid_pdrop": 0.0,
    }
    (path / "config.json").write_text(json.dumps(config))
    (path / "vocab.json").write_text(json.dumps({s: i for i, s in enumerate(symbols)}))
    (path / "merges.txt").write_text("#version: 0.2\nt h\n", encoding="utf-8")
    shapes: dict[str, tuple[int, ...]] = {
        "wte.weight": (len(symbols), HIDDEN),
        "wpe.weight": (POSITIONS, HIDDEN),
        "ln_f.weight": (HIDDEN,),
        "ln_f.bias": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for name, shape in {
            "ln_1": (HIDDEN,),
            "ln_2": (HIDDEN,),
            "attn.c_attn": (HIDDEN, 3 * HIDDEN),
            "attn.c_proj": (HIDDEN, HIDDEN),
            "mlp.c_fc": (HIDDEN, 4 * HIDDEN),
            "mlp.c_proj": (4 * HIDDEN, HIDDEN),
        }.items():
            shapes[f"h.{layer}.{name}.weight"] = shape
            shapes[f"h.{layer}.{name}.bias"] = shape[-1:]
    random = np.random.default_rng(7)
    tensors = {k: random.normal(0, 0.1, shape).astype("float32") for k, shape in shapes.items()}
    save_file(tensors, path / "model.safetensors", metadata={"format": "pt"})
    return path
