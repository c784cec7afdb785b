"""Makes ``data/modern.tsv``: characters and their finals in modern Mandarin, with the tone.

The finals are what 中华新韵 and 中华通韵 rhyme by. Readings come from pypinyin; the first one
listed is a main one, as is any with a twentieth of the character's uses in pypinyin's phrases.

    python -m metrics.chinese.build.modern SOURCES
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from metrics.chinese.build.sources import DATA, wheel_text
from metrics.chinese.sound_table import rows, variants

_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcs]")
_APICAL = {"zh", "ch", "sh", "r", "z", "c", "s"}
_MAIN = 0.05
_STRAY = {"g", "uong"}
_SHORT = {"iu": "iou", "ui": "uei", "un": "uen"}


def main() -> None:
    """Write the table; the sound table must be there already."""
    sources = Path(sys.argv[1])
    listed = json.loads(wheel_text(sources, "pypinyin", "pypinyin/pinyin_dict.json"))
    phrases = json.loads(wheel_text(sources, "pypinyin", "pypinyin/phrases_dict.json"))
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in phrases.items():
        if len(phrase) == len(syllables):
            for char, (syllable, *_) in zip(phrase, syllables, strict=True):
                uses[char][syllable] += 1
    lines = []
    for code, text in sorted(listed.items(), key=lambda item: int(item[0])):
        char = chr(int(code))
        if char in rows() or char in variants() or "\u4e00" <= char <= "\u9fff":
            readings = _readings(text.split(","), uses[char])
            if readings:
                lines.append(f"{char}\t{' '.join(readings)}")
    (DATA / "modern.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines), "characters")


def _readings(syllables: list[str], uses: Counter[str]) -> list[str]:
    found: dict[str, bool] = {}
    for position, syllable in enumerate(syllables):
        final = final_of(syllable)
        if final:
            main = position == 0 or uses[syllable] > max(1, _MAIN * uses.total())
            found[final] = found.get(final, False) or main
    return [final + ("" if main else "-") for final, main in found.items()]


def final_of(syllable: str) -> str:
    """Return final and tone of a syllable: ``xué`` gives ``üe2``; "" for one without a tone.

    The final of 支 and 资 is written ``-``.
    """
    letters = unicodedata.normalize("NFD", syllable).replace("u\u0308", "ü")
    tone = next((_TONES[mark] for mark in letters if mark in _TONES), "")
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    match = _INITIAL.match(plain)
    initial = match[0] if match else ""
    final = plain[len(initial) :]
    if plain[:1] == "y":
        final = re.sub("^yu", "ü", re.sub("^yi", "i", plain))
        final = "iong" if plain == "yong" else "i" + final[1:] if final[0] == "y" else final
    elif plain[:1] == "w":
        final = "u" + plain[1:].removeprefix("u")
    elif initial in ("j", "q", "x") and final.startswith("u"):
        final = "ü" + final[1:]
    if final == "i" and initial in _APICAL:
        final = "-"
    final = {"you": "iou"}.get(final, _SHORT.get(final, final))
    return final + tone if final and tone and final not in _STRAY else ""


if __name__ == "__main__":
    main()
