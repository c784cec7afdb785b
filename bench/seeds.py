"""Seeds that are far apart, the same on every run, and need no shared state."""

from __future__ import annotations

import hashlib


def derive(*parts: object) -> int:
    """Return a 31-bit seed from the parts (run seed, case, prompt, repeat, ...).

    Neighbouring integers will not do: torch seeds each draw with ``seed + counter``, so seeds s
    and s+1 give the same stream shifted by one draw. A hash keeps the seeds far apart.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "big") >> 1
