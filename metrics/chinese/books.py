"""The books of rhymes: which characters are level or oblique, and which rhyme.

- ``pingshui`` 平水韵: 106 groups, the book of regulated verse since the 13th century.
- ``cilin`` 词林正韵 (戈载 1821): 19 divisions, for 词.
- ``xinyun`` 中华新韵 (中华诗词学会 2005): 14 rhymes of modern Mandarin.
- ``tongyun`` 中华通韵 (国家语言文字工作委员会 2019): 16 rhymes of modern Mandarin.

A character that a book does not have is unknown in it; no book borrows from another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from metrics.chinese import sound_table
from metrics.chinese.sound_table import Reading

# 平水韵 groups near enough for line 1 (孤雁出群): 王力《汉语诗律学》 section 5.
_NEIGHBOURS = (
    "东冬", "江阳", "支微齐", "鱼虞", "佳灰", "真文元", "元寒删先", "萧肴豪", "庚青蒸", "覃盐咸"
)  # fmt: skip

# 词林正韵 as unions of 平水韵 groups; the groups it splits carry the division in the sound table.
# The entering tone has divisions of its own, 15 to 19.
_CILIN = {
    "1": "东冬董肿送宋", "2": "江阳讲养绛漾", "3": "支微齐纸尾荠寘未霁", "4": "鱼虞语麌御遇",
    "5": "蟹", "6": "真文轸吻震问", "7": "寒删先旱潸铣翰谏霰", "8": "萧肴豪筱巧皓啸效号",
    "9": "歌哿个", "10": "麻马祃", "11": "庚青蒸梗迥敬径", "12": "尤有宥", "13": "侵寝沁",
    "14": "覃盐咸感俭豏勘艳陷", "15": "屋沃", "16": "觉药", "17": "质陌锡职缉",
    "18": "物月曷黠屑叶", "19": "合洽",
}  # fmt: skip
_DIVISION = {group: division for division, groups in _CILIN.items() for group in groups}

# Finals of modern Mandarin -> rhyme; "-" is the final of 支 and 资.
_XINYUN = {
    "麻": "a ia ua", "波": "o e uo io", "皆": "ie üe", "开": "ai uai", "微": "ei uei",
    "豪": "ao iao", "尤": "ou iou", "寒": "an ian uan üan", "文": "en in uen ün",
    "唐": "ang iang uang", "庚": "eng ing ueng ong iong", "齐": "i er ü", "支": "-", "姑": "u",
}  # fmt: skip
_TONGYUN = {
    "啊": "a ia ua", "喔": "o uo io", "鹅": "e ie üe", "衣": "i -", "乌": "u", "迂": "ü",
    "哀": "ai uai", "欸": "ei uei", "熬": "ao iao", "欧": "ou iou", "安": "an ian uan üan",
    "恩": "en in uen ün", "昂": "ang iang uang", "英": "eng ing ueng", "雍": "ong iong",
    "儿": "er",
}  # fmt: skip

_Row = tuple[str, int, int]  # tone class, level groups, oblique groups
UNKNOWN: _Row = ("?", 0, 0)


_Rows = Mapping[str, _Row]
# One past the last plane of Chinese characters, and what none of them may be.
_TABLE_END = 0x33480
_OUTSIDE = re.compile("[^LOB?]")


@dataclass(frozen=True, eq=False)
class Book:
    """One book of rhymes. Groups are numbered; a set of groups is an int with their bits set.

    Attributes:
        key: ``pingshui``, ``cilin``, ``xinyun`` or ``tongyun``.
        chinese: the book's name.
        groups: name of each group, by number; level and oblique groups are numbered separately.
        rows: character -> (tone class, level groups, oblique groups).
        near: level group -> the groups that line 1 may borrow from.
        read_row: the readings that a row of this book's table writes.
    """

    key: str
    chinese: str
    groups: tuple[str, ...]
    rows: _Rows
    near: Mapping[int, int]
    read_row: Callable[[str], tuple[Reading, ...]]

    def readings(self, char: str) -> tuple[Reading, ...]:
        """Return all readings of a character in this book, of its variant if it has none."""
        modern = self.key in ("xinyun", "tongyun")
        table = sound_table.modern_rows() if modern else sound_table.rows()
        row = table.get(char) or table.get(sound_table.variants().get(char, ""))
        return self.read_row(row) if row else ()

    def row(self, char: str) -> _Row:
        """Return (tone class, level groups, oblique groups) of a character, ``?`` if unknown."""
        return self.rows.get(char, UNKNOWN)

    def classes(self, text: str) -> str:
        """Return L, O, B (both) or ? (not in the book) for each character."""
        found = text.translate(self._class_table)
        return found if found.isascii() else _OUTSIDE.sub("?", found)

    @cached_property
    def _class_table(self) -> str:
        """The class of every code point: a string is the fastest table that translate takes."""
        table = bytearray(b"?" * _TABLE_END)
        for char, row in self.rows.items():
            table[ord(char)] = ord(row[0])
        return table.decode("ascii")

    def names(self, groups: int) -> tuple[str, ...]:
        """Return the names of a set of groups."""
        return tuple(name for number, name in enumerate(self.groups) if groups >> number & 1)


BOOKS = {
    "pingshui": "平水韵",
    "cilin": "词林正韵",
    "xinyun": "中华新韵",
    "tongyun": "中华通韵",
}
_BY_CHINESE = {name: key for key, name in BOOKS.items()}


def open_book(key: str = "pingshui", *, all_readings: bool = False) -> Book:
    """Return a book; its table is read once.

    Args:
        key: a key of ``BOOKS``, or the Chinese name.
        all_readings: whether a tone that Tang poets hardly used counts, too.

    Raises:
        ValueError: there is no such book.
    """
    found = _BY_CHINESE.get(key, key)
    if found not in BOOKS:
        known = ", ".join(f"{key} {name}" for key, name in BOOKS.items())
        raise ValueError(f"no rhyme book called {key!r}; the books are {known}")
    return _book(found, all_readings)


@cache
def _book(key: str, all_readings: bool) -> Book:
    modern = key in ("xinyun", "tongyun")
    table = sound_table.modern_rows() if modern else sound_table.rows()
    if modern:
        read = _modern_reader(_XINYUN if key == "xinyun" else _TONGYUN)
    else:
        read = _in_divisions if key == "cilin" else sound_table.readings_of_row
    numbers: dict[str, int] = {}

    def measure(row: str) -> _Row:
        level = oblique = 0
        for reading in read(row):
            number = numbers.setdefault(reading.group, len(numbers))
            if all_readings or not reading.rare:
                if reading.tone == "平":
                    level |= 1 << number
                else:
                    oblique |= 1 << number
        return ("B" if oblique else "L") if level else "O", level, oblique

    # Many characters share a row: each is read once.
    measured = {row: measure(row) for row in dict.fromkeys(table.values())}
    rows = dict(zip(table, map(measured.__getitem__, table.values()), strict=True))
    for char, form in sound_table.variants().items():
        if char not in rows and form in rows:
            rows[char] = rows[form]
    near = _near(numbers) if key == "pingshui" else {}
    return Book(key, BOOKS[key], tuple(numbers), rows, near, read)


def _in_divisions(row: str) -> tuple[Reading, ...]:
    return tuple(
        Reading(reading.tone, division, reading.rare)
        for reading in sound_table.readings_of_row(row)
        for division in reading.divisions or (_DIVISION[reading.group],)
    )


def _modern_reader(rhymes: Mapping[str, str]) -> Callable[[str], tuple[Reading, ...]]:
    of_final = {final: name for name, finals in rhymes.items() for final in finals.split()}

    def read(row: str) -> tuple[Reading, ...]:
        found = []
        for written in row.split():
            rare = written[-1] == "-"
            final = written[:-1] if rare else written
            tone = "平" if final[-1] in "12" else "仄"
            found.append(Reading(tone, of_final[final[:-1]], rare))
        return tuple(found)

    return read


def _near(numbers: Mapping[str, int]) -> dict[int, int]:
    """Return each level group's neighbours, itself included."""
    near: dict[int, int] = {}
    for names in _NEIGHBOURS:
        together = sum(1 << numbers[name] for name in names)
        for name in names:
            near[1 << numbers[name]] = near.get(1 << numbers[name], 0) | together
    return near
