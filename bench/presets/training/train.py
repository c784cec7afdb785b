"""Train the embedded presets: ``python -m bench.presets.training.train {tokenizer,en,tang}``.

First ``tokenizer``, then ``en`` from nothing, then ``tang`` from the finished ``en``:

    python -m bench.presets.training.train tokenizer --work DIR
    python -m bench.presets.training.train en --work DIR --minutes 23 --out PRESETS/tiny_gpt2_en
    python -m bench.presets.training.train tang --work DIR --minutes 45 --out PRESETS/tiny_gpt2_tang

DIR keeps downloads, tokenizer and checkpoints. Training has a budget of time, not of steps: the
learning rate follows a cosine over the minutes given, so it ends at zero however fast the machine
is. The same command, given again after an interruption, goes on from the last checkpoint.
"""

import argparse
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import blocks, english, tang
from .sounds import with_sounds
from .tokenizer import Codec, train_tokenizer

ARCHITECTURE = {
    "num_layers": 4,
    "num_heads": 8,
    "hidden_dim": 256,
    "intermediate_dim": 1024,
    "max_sequence_length": 256,
    "dropout": 0.0,
}
SINGLE_PART = {"en": 0.0, "tang": 0.85}
"""Part of the texts that get a row of their own instead of a place in a packed row."""
RHYME_WEIGHT = 5.0
"""How much the last character of a couplet counts in the loss, where it may rhyme."""
PEAK_RATE = 1.5e-3
WARM_UP_STEPS = 100
SEED = 20
CHECKPOINT_SECONDS = 90.0
HELD_OUT_TEXTS = 500


@dataclass
class Progress:
    """Where a training run stands; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    train_loss: float = math.nan  # running mean
    sounds: bool = False  # whether the character embeddings were given their sounds

    def learning_rate(self, budget_seconds: float) -> float:
        """Linear warm-up by steps, then a cosine by time that reaches 0 at the budget."""
        done = min(self.seconds / budget_seconds, 1.0)
        warm = min((self.step + 1) / WARM_UP_STEPS, 1.0)
        return PEAK_RATE * warm * 0.5 * (1 + math.cos(math.pi * done))


def texts_of(name: str, downloads: Path) -> list[str]:
    """Return all texts of a preset's language."""
    if name == "tang":
        return tang.tang_texts(downloads)
    return [text for texts in english.english_texts(downloads).values() for text in texts]


def make_tokenizer(work: Path) -> None:
    """Train the tokenizer on all poems and about as many characters of English."""
    english_part = english.every_share(texts_of("en", work / "downloads"), 0.25)
    poems = texts_of("tang", work / "downloads")
    train_tokenizer(english_part + poems, work / "tokenizer")


def build_model(vocabulary_size: int, compile_for_training: bool = True) -> Any:
    """Return a GPT2CausalLM without preprocessor, ready for `train_on_batch`."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(SEED)
    backbone = keras_hub.models.GPT2Backbone(vocabulary_size=vocabulary_size, **ARCHITECTURE)
    model = keras_hub.models.GPT2CausalLM(backbone=backbone, preprocessor=None)
    if compile_for_training:
        model.compile(
            optimizer=keras.optimizers.AdamW(
                PEAK_RATE, weight_decay=0.05, beta_2=0.95, global_clipnorm=1.0
            ),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=True,
        )
        model.optimizer.build(model.trainable_variables)
    return model


def save_checkpoint(path: Path, model: Any, progress: Progress) -> None:
    """Write weights, optimizer state and progress in one file, replaced at once."""
    state = [np.asarray(v) for v in (*model.weights, *model.optimizer.variables)]
    part = path.with_suffix(".part.npz")
    np.savez(part, *state, progress=json.dumps(vars(progress)))
    part.replace(path)


def load_checkpoint(path: Path, model: Any) -> Progress:
    """Put a checkpoint's state into the model and return its progress."""
    with np.load(path) as data:
        variables = [*model.weights, *model.optimizer.variables]
        for i, variable in enumerate(variables):
            variable.assign(data[f"arr_{i}"])
        return Progress(**json.loads(str(data["progress"])))


def loss_of(on_batch: Any, *data: Any) -> float:
    """The loss of one batch; Keras reports a running mean unless told to forget."""
    loss = float(on_batch(*data, return_dict=True)["loss"])
    on_batch.__self__.reset_metrics()
    return loss


def held_out_loss(model: Any, texts: list[list[int]], end: int) -> float:
    """Mean cross-entropy in nats per token over rows of one text each."""
    rows = blocks.single(texts, end, 256)
    rows = rows[: len(rows) - len(rows) % 20]
    losses, weights = 0.0, 0.0
    for start in range(0, len(rows), 20):
        x, y, weight = blocks.inputs_and_targets(rows[start : start + 20])
        # Keras divides a weighted loss by the number of positions, so multiply back.
        loss = loss_of(model.test_on_batch, x, y, weight)
        losses += loss * weight.size
        weights += float(weight.sum())
    return losses / weights


def save_preset(model: Any, tokenizer: Path, out: Path) -> None:
    """Save as a float16 KerasHub preset: half the size, and it loads as float32 unless told."""
    import keras
    import keras_hub

    vocabulary = json.loads((tokenizer / "vocabulary.json").read_text(encoding="utf-8"))
    merges = (tokenizer / "merges.txt").read_text(encoding="utf-8").splitlines()
    gpt2 = keras_hub.models.GPT2Tokenizer(vocabulary=vocabulary, merges=merges)
    preprocessor = keras_hub.models.GPT2CausalLMPreprocessor(
        gpt2, sequence_length=ARCHITECTURE["max_sequence_length"]
    )
    policy = keras.dtype_policies.DTypePolicy("float16")
    backbone = keras_hub.models.GPT2Backbone(
        vocabulary_size=len(vocabulary), dtype=policy, **ARCHITECTURE
    )
    backbone.set_weights([w.astype("float16") for w in model.backbone.get_weights()])
    half = keras_hub.models.GPT2CausalLM(backbone=backbone, preprocessor=preprocessor)
    half.save_to_preset(str(out))


def train(name: str, work: Path, minutes: float, out: Path) -> None:
    """Train preset `name` for `minutes` of training time in all, and save it to `out`."""
    codec = Codec(work / "tokenizer")
    kept, held = blocks.split(texts_of(name, work / "downloads"))
    ids, held_ids = codec.encode(kept), codec.encode(held)[:HELD_OUT_TEXTS]
    print(f"{len(kept)} texts, {sum(map(len, ids))} tokens; {len(held)} held out", flush=True)

    model = build_model(codec.end_id + 1)
    checkpoint, progress = work / f"{name}.npz", Progress()
    if checkpoint.exists():
        progress = load_checkpoint(checkpoint, model)
    elif name == "tang":
        load_checkpoint(work / "en.npz", model)
        for variable in model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
    if name == "tang" and not progress.sounds:
        embedding = model.backbone.token_embedding.embeddings
        embedding.assign(with_sounds(np.asarray(embedding), codec))
        progress.sounds = True
    stream = blocks.batches(ids, codec.end_id, SINGLE_PART[name], SEED)
    for _ in range(progress.step):
        next(stream)

    [[couplet_end]] = codec.encode(["。"])
    budget, saved = minutes * 60, progress.seconds
    while progress.seconds < budget:
        began = time.monotonic()
        x, y, weight = blocks.inputs_and_targets(next(stream))
        counted = float(weight.sum())
        if name == "tang":
            blocks.weigh_before(weight, y, couplet_end, RHYME_WEIGHT)
        model.optimizer.learning_rate.assign(progress.learning_rate(budget))
        mean = loss_of(model.train_on_batch, x, y, weight)
        loss = mean * weight.size / float(weight.sum())
        progress.step += 1
        progress.tokens += int(counted)
        before = loss if math.isnan(progress.train_loss) else progress.train_loss
        progress.train_loss = 0.98 * before + 0.02 * loss
        progress.seconds += time.monotonic() - began
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            save_checkpoint(checkpoint, model, progress)
            saved = progress.seconds
            print(json.dumps(vars(progress)), flush=True)
    save_checkpoint(checkpoint, model, progress)
    save_preset(model, work / "tokenizer", out)
    loss = held_out_loss(model, held_ids, codec.end_id)
    report = {**vars(progress), "held_out_loss": loss, "held_out_perplexity": math.exp(loss)}
    print(json.dumps(report), flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["tokenizer", "en", "tang"])
    parser.add_argument("--work", type=Path, required=True, help="downloads and checkpoints")
    parser.add_argument("--minutes", type=float, default=23.0)
    parser.add_argument("--out", type=Path, help="folder of the preset to write")
    arguments = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # the fastest here to train with
    if arguments.what == "tokenizer":
        make_tokenizer(arguments.work)
    elif arguments.out is None:
        parser.error("--out is needed")
    else:
        train(arguments.what, arguments.work, arguments.minutes, arguments.out)


if __name__ == "__main__":
    main()
