"""What a decode step must read and compute at the least, whatever the program.

The roofline model: Williams, Waterman and Patterson, CACM 52(4), 2009.

Pure arithmetic: plain numbers in, plain numbers out. ``bench.engine.model_shape`` reads the numbers
from a KerasHub model, ``bench.engine.device_rates`` measures what the device can do with them.
"""

from __future__ import annotations

from dataclasses import dataclass


class NotKnownError(Exception):
    """What a step costs is not known for this model or sampler; the text says why."""


@dataclass(frozen=True)
class ModelShape:
    """What of a model matters to the cost of a decode step. Bytes are as stored.

    Attributes:
        weight_bytes: variables that every step reads whole, whatever the batch.
        gathered_bytes: what each row reads of tables of which it needs one line: an embedding that
            is not used again as the output layer. The line of a position counts as one such.
        matrix_weights: numbers in the matrices among the weights: 2 operations each and row.
        layers: with a key and value cache of their own.
        heads: query heads of a layer.
        cached_heads: key/value heads of a layer.
        head_size: numbers per head.
        vocabulary: logits per row.
        hidden: numbers in the last hidden state of one position.
        value_bytes: bytes of a number in the cache: the compute dtype.
    """

    weight_bytes: int
    gathered_bytes: int
    matrix_weights: int
    layers: int
    heads: int
    cached_heads: int
    head_size: int
    vocabulary: int
    hidden: int
    value_bytes: int


@dataclass(frozen=True)
class DecodeCost:
    """One step of the decode loop, all rows.

    Attributes:
        weight_bytes: weights, read once for all rows.
        cache_bytes: key and value cache of all rows, at its padded length.
        flops: multiplications and additions of the model.
        sampler_bytes: what the sampler itself must read at the least; in none of the others.
    """

    weight_bytes: int
    cache_bytes: int
    flops: int
    sampler_bytes: int

    @property
    def bytes(self) -> int:
        """What the model reads."""
        return self.weight_bytes + self.cache_bytes


def decode_cost(
    shape: ModelShape,
    texts: int,
    max_length: int,
    rows_per_text: int = 1,
    hidden_states: bool = False,
) -> DecodeCost:
    """Return the least that a decode step costs.

    KerasHub pads the cache to ``max_length`` and attends over all of it, whatever the position.
    That it also copies the cache as it goes is no need, so it is not in here: it lowers the share.

    Args:
        shape: of the model.
        texts: the batch size.
        max_length: prompt and text together, in tokens.
        rows_per_text: beams, or candidates of contrastive search; 1 for the others.
        hidden_states: whether the sampler reads the hidden states of all positions (contrastive).
    """
    rows = texts * rows_per_text
    positions = rows * max_length
    cached = 2 * shape.layers * shape.cached_heads * shape.head_size  # keys and values
    attended = 2 * shape.layers * shape.heads * shape.head_size  # q.k, and weights.v
    return DecodeCost(
        weight_bytes=shape.weight_bytes + rows * shape.gathered_bytes,
        cache_bytes=positions * cached * shape.value_bytes,
        flops=2 * rows * shape.matrix_weights + 2 * positions * attended,
        sampler_bytes=4 * rows * shape.vocabulary  # float32, whatever the dtype
        + (positions * shape.hidden * shape.value_bytes if hidden_states else 0),
    )
