"""Hugging Face transformers' ``generate`` on a GPT-2 of a KerasHub preset's shape.

``python transformers_generate.py PRESET DTYPE PROMPT_TOKENS MAX_LENGTH 1,8,64 CALLS DEVICE``
prints, as JSON, its version and by batch size the tokens/s of each call after three that are not
counted, or why there are none. The weights are random: every position is generated, so the speed
is that of the shape.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Time greedy calls, from ids on the device to ids on the host, as versebench does."""
    preset, dtype, prompt_tokens, max_length, batches, calls, device = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    import transformers

    told = json.loads((Path(preset) / "config.json").read_text())["config"]
    config = transformers.GPT2Config(
        vocab_size=told["vocabulary_size"],
        n_positions=told["max_sequence_length"],
        n_embd=told["hidden_dim"],
        n_layer=told["num_layers"],
        n_head=told["num_heads"],
        n_inner=told["intermediate_dim"],
        bos_token_id=told["vocabulary_size"] - 1,
        eos_token_id=None,
        pad_token_id=0,
    )
    where = "cuda" if device.startswith("gpu") else "cpu"
    model = transformers.GPT2LMHeadModel(config).to(where, getattr(torch, dtype)).eval()
    new = int(max_length) - int(prompt_tokens)

    @torch.no_grad()
    def rates(batch: int) -> list[float]:
        ids = torch.ones((batch, int(prompt_tokens)), dtype=torch.long, device=where)
        found = []
        for _ in range(3 + int(calls)):
            start = time.perf_counter()
            made = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                min_new_tokens=new,
                max_new_tokens=new,
            ).cpu()
            found.append(new * batch / (time.perf_counter() - start))
            assert made.shape == (batch, int(max_length)), made.shape
        return found[3:]

    told: dict[str, list[float] | str] = {}
    for batch in batches.split(","):
        try:
            told[batch] = rates(int(batch))
        except Exception as error:  # out of memory, most often: the other sizes are worth having
            told[batch] = f"{type(error).__name__}: {str(error).strip()[:200]}".partition("\n")[0]
    json.dump({"version": transformers.__version__, "rates": told}, out)


if __name__ == "__main__":
    main()
