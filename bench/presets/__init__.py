"""Model presets that travel inside the wheel, so that everything runs without a download.

They are two tiny GPT-2 models in KerasHub's preset format. The second is a fine-tune of the first
with the same architecture and tokenizer, so it can serve as one of its fine-tune states. Importing
this module loads no Keras: it only lists folders.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent

EMBEDDED: tuple[str, ...] = tuple(sorted(p.parent.name for p in _HERE.glob("*/config.json")))
"""Names of the embedded presets: the folders beside this file that hold a ``config.json``."""


def embedded_path(name: str) -> Path:
    """Return the folder of an embedded preset, to be given to ``CausalLM.from_preset``.

    Raises KeyError, naming the presets there are, when `name` is not one of them.
    """
    if name not in EMBEDDED:
        raise KeyError(f"no embedded preset {name!r}; there are: {', '.join(EMBEDDED) or 'none'}")
    return _HERE / name
