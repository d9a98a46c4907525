"""Numbers as dates write them: Roman and Chinese."""

from __future__ import annotations

import re

_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_ROMAN = re.compile("m{0,3}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "元": 1, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}

#: a Chinese number, as a character class for patterns
CHINESE_NUMBER = "[0-9零〇○一二三四五六七八九十百千廿卅卌两元壹贰叁肆伍陆柒捌玖拾佰仟]"


def roman(text: str) -> int | None:
    """The value of a Roman numeral in lower case, additive forms included; None where it is none."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_DIGITS[letter] for letter in text]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def chinese(text: str) -> int | None:
    """The value of `38`, `三十八`, `卅八`, `一九四九` or `二〇〇四`, simplified; 元 is 1. None where it is none."""
    if text.isdecimal() and text.isascii():
        return int(text)
    if not text:
        return None
    if len(text) > 1 and all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    return _grouped(text)


def _grouped(text: str) -> int | None:
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            # 十八 is 18: a unit without a digit counts once
            total, digit = total + (1 if digit is None else digit) * _UNITS[character], None
        elif character in _TENS:
            total, digit = total + _TENS[character], None
        else:
            return None
    return total + (digit or 0)
