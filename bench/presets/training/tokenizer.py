"""The byte-level BPE vocabulary that both presets share.

GPT-2's scheme with two choices. Chinese characters are isolated before merges are counted, so that
no token ever spans two of them and a count of tokens stays a count of characters. And
``<|endoftext|>`` has the last id, as in GPT-2: KerasHub pads with id 0, and if that were the end
token too, generation would stop before it began.
"""

import json
from collections.abc import Iterable
from pathlib import Path

END = "<|endoftext|>"
VOCABULARY_SIZE = 4096
_CJK = r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"


def train_tokenizer(texts: Iterable[str], folder: Path, size: int = VOCABULARY_SIZE) -> None:
    """Train on `texts` and write ``vocabulary.json`` and ``merges.txt`` into `folder`."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CJK), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size - 1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = dict(sorted(model["vocab"].items(), key=lambda item: item[1]))
    vocabulary[END] = len(vocabulary)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(vocabulary, ensure_ascii=False)
    (folder / "vocabulary.json").write_text(text, encoding="utf-8")
    merges = (m if isinstance(m, str) else " ".join(m) for m in model["merges"])
    (folder / "merges.txt").write_text("\n".join(merges) + "\n", encoding="utf-8")


class Codec:
    """Encode many texts quickly with the trained files, as KerasHub's own tokenizer would."""

    def __init__(self, folder: Path):
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
        merges = [(left, right) for left, right in (line.split(" ") for line in lines)]
        self.end_id: int = vocabulary[END]
        self._tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_CJK), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Return the token ids of each text, without any end token."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
