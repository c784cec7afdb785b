"""Numbers as people read them: as many digits as they are worth."""

from __future__ import annotations

import math

NOTHING = "–"  # what stands where there is no number


def plain(value: float, digits: int = 3) -> str:
    """Return ``value`` with ``digits`` significant digits, never fewer than its whole part.

    >>> plain(0.012345), plain(56.789), plain(123456.7), plain(0.0), plain(1e-9)
    ('0.0123', '56.8', '123457', '0', '1e-09')
    """
    if value == 0:
        return "0"
    if not math.isfinite(value) or abs(value) < 1e-4 or abs(value) >= 1e9:
        return f"{value:.{digits}g}"
    return f"{value:.{_decimals(value, digits)}f}"


def with_interval(value: float, low: float | None, high: float | None) -> str:
    """Return ``value ±half``, where half is the longer side of the interval.

    The half-width has one significant digit, or two where it begins with 1, and the value is cut
    at the same decimal, or after four digits; without an interval it is ``plain``.

    >>> with_interval(56.13, 55.7, 56.95), with_interval(1234.5, 1200.0, 1240.0)
    ('56.1 ±0.8', '1234 ±34')
    """
    if low is None or high is None:
        return plain(value)
    half = max(high - value, value - low)
    if half <= 0 or not math.isfinite(half):
        return f"{plain(value)} ±{half:g}"
    digits = 2 if f"{half:e}".startswith("1") else 1
    decimals = min(_decimals(half, digits), _decimals(value, 4) if value else 6)
    return f"{value:.{decimals}f} ±{half:.{decimals}f}"


def _decimals(value: float, digits: int) -> int:
    rounded = float(f"{abs(value):.{digits - 1}e}")  # 0.9999 is as long as 1.00
    return max(0, digits - 1 - math.floor(math.log10(rounded)))
