"""What a decode step of a KerasHub model reads, counted from the model's own variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from bench.roofline import ModelShape, NotKnownError

# Decoders whose step reads every weight, and whose cache is [rows, layers, 2, max_length, heads,
# head size]. Not so: mixtures of experts (some of the weights), models that see or hear (encoders
# that rest while decoding), and recurrent ones (no cache).
_DENSE = frozenset(
    {
        "BloomCausalLM",
        "FalconCausalLM",
        "GPT2CausalLM",
        "GPTNeoXCausalLM",
        "GemmaCausalLM",
        "Llama3CausalLM",
        "LlamaCausalLM",
        "MistralCausalLM",
        "OPTCausalLM",
        "Phi3CausalLM",
        "Qwen3CausalLM",
        "QwenCausalLM",
        "SmolLM3CausalLM",
    }
)
_MATRICES = frozenset(
    {"kernel", "embeddings", "reverse_embeddings", "lora_kernel_a", "lora_kernel_b"}
)


def model_shape(model: Any) -> ModelShape:
    """Return the shape of a ``CausalLM``.

    Raises:
        NotKnownError: how this architecture decodes is not known here.
    """
    name = type(model).__name__
    if name not in _DENSE:
        raise NotKnownError(f"what a decode step of {name} reads is not known to versebench")
    backbone = model.backbone
    heads = _first(backbone, "num_query_heads", "num_attention_heads", "num_heads")
    hidden = int(backbone.hidden_dim)
    gathered = list(_gathered(model))
    resting = {id(v) for table in gathered for v in table}
    read = [v for v in model.weights if id(v) not in resting]
    return ModelShape(
        weight_bytes=sum(map(nbytes, read)),
        gathered_bytes=sum(nbytes(v) // int(v.shape[0]) for table in gathered for v in table),
        matrix_weights=sum(_matrix_numbers(model, read)),
        layers=int(backbone.num_layers),
        heads=heads,
        cached_heads=_first(backbone, "num_key_value_heads", default=heads),
        head_size=_first(backbone, "head_dim", default=hidden // heads),
        vocabulary=int(backbone.vocabulary_size),
        hidden=hidden,
        value_bytes=itemsize(model.compute_dtype),
    )


def itemsize(dtype: str) -> int:
    """Return the bytes of one number; numpy does not know all of these names."""
    known = {"bfloat16": 2, "int4": 1, "float8_e4m3fn": 1, "float8_e5m2": 1}
    return known.get(dtype) or np.dtype(dtype).itemsize


def nbytes(variable: Any) -> int:
    """Return the bytes of a Keras variable as stored (int4 is packed, two to a byte)."""
    return int(np.prod(variable.shape)) * itemsize(variable.dtype)


def _gathered(model: Any) -> Iterator[list[Any]]:
    """Yield the variables of each table of which a row needs one line."""
    import keras
    from keras_hub.layers import PositionEmbedding

    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, PositionEmbedding):
            yield list(layer.weights)
        elif isinstance(layer, keras.layers.Embedding) and not getattr(layer, "tie_weights", False):
            yield [v for v in layer.weights if not v.name.startswith("reverse_")]


def _matrix_numbers(model: Any, read: Iterable[Any]) -> Iterator[int]:
    """Yield the numbers in each matrix; a byte of int4 holds two."""
    packed = {
        id(variable)
        for layer in model._flatten_layers(include_self=False)
        if getattr(layer, "quantization_mode", None) == "int4"
        for variable in layer.weights
        if variable.dtype in ("int8", "uint8")
    }
    for variable in read:
        if variable.name in _MATRICES:
            yield int(np.prod(variable.shape)) * (2 if id(variable) in packed else 1)


def _first(backbone: Any, *names: str, default: int | None = None) -> int:
    for name in names:
        if (value := getattr(backbone, name, None)) is not None:
            return int(value)
    if default is None:
        raise NotKnownError(f"{type(backbone).__name__} does not tell its {names[0]}")
    return default
