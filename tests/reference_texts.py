"""Human verse in the public domain, and the ways a model's text goes wrong, made from it."""

from __future__ import annotations

import english_poems

# 18, and the octave of 73: longer than any window that a metric looks at.
_OCTAVE = english_poems.SONNETS[73].splitlines(keepends=True)[:8]
SONNETS = f"{english_poems.SONNETS[18]}\n{''.join(_OCTAVE)}"

TANG = """\
朝辞白帝彩云间，千里江陵一日还。
两岸猿声啼不住，轻舟已过万重山。
月落乌啼霜满天，江枫渔火对愁眠。
姑苏城外寒山寺，夜半钟声到客船。
清明时节雨纷纷，路上行人欲断魂。
借问酒家何处有，牧童遥指杏花村。
远上寒山石径斜，白云生处有人家。
停车坐爱枫林晚，霜叶红于二月花。
秦时明月汉时关，万里长征人未还。
但使龙城飞将在，不教胡马度阴山。
"""

CYCLE = "the night is cold and I am alone at last"
WINDOW = 128


def english() -> str:
    """128 human words."""
    return " ".join(SONNETS.split()[:WINDOW])


def chinese() -> str:
    """140 human characters, with their punctuation."""
    return TANG


def english_loop() -> str:
    """28 human words, then ten words for ever, as a greedy model writes: 128 words."""
    return " ".join([*SONNETS.split()[:28], *CYCLE.split() * 10])


def drifting_loop() -> str:
    """The same, but one word of each cycle is a new one, as when a model counts: 128 words."""
    numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    cycles = [[*CYCLE.split()[:9], number] for number in numbers]
    return " ".join([*SONNETS.split()[:28], *(word for cycle in cycles for word in cycle)])


def chinese_loop() -> str:
    """28 human characters, then one line of five for ever: 128 characters."""
    return "朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。" + "春眠不觉晓，" * 20
