"""Make ``data/g2p.npz``: the weights of g2p_en at half precision.

Run: ``python -m metrics.english.build.make_network checkpoint20.npz``, where ``checkpoint20.npz``
is taken from the wheel ``g2p_en==2.1.0`` (Kyubyong Park and Jongseok Kim, Apache License 2.0).
Half precision is the only change.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

OUTPUT = Path(__file__).parents[1] / "data" / "g2p.npz"


def main() -> None:
    """Write every array of the checkpoint as float16, compressed."""
    with np.load(sys.argv[1]) as weights:
        np.savez_compressed(OUTPUT, **{name: weights[name].astype(np.float16) for name in weights})
    print(f"{OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
