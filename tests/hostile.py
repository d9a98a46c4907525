"""What nobody types in earnest, by seed: for a search box that has to answer or to refuse, and never to break."""

from __future__ import annotations

import random

_WORDS = """
AND OR NOT 或 且 非 - | & ( ) （ ） " “ ” 「 ^ = ~ ~2 ~99 * ? a* letter* ????? l?t*e? regester~ ** .. 1813
title: code: date: nosuch: id: in: level:( within: code:WA/* date:1800.. date:..0 date:-99999 date:foo date:民国二十年
letter 档案馆 红楼梦 手稿书信地图 Peking <script>alert(1)</script> {{7*7}} %00 /.*/ _exists_:x a^99 \\
"""
_PIECES = (
    *_WORDS.split(),
    *("\0", "\ud800", "\u202e", "\u200b", "\ufeff", "\n", "\t", "𝕷𝖊𝖙𝖙𝖊𝖗", "ﬁ", "İ", "ß", "é" * 40, "\u0301" * 60),
    *("parish register", "ISBN 978", "World War II", "in French", "'; DROP TABLE x; --", "[1 TO 2]"),
    *("x" * 600, "中" * 200, "(" * 40, '"' * 40, "- " * 40, "OR " * 80, "a " * 100, "a? " * 20, '"a b" ' * 20),
)


def strings(count: int, seed: int = 20_261_127) -> list[str]:
    """`count` of them, of one piece to thirty."""
    chance = random.Random(seed)
    joints = ("", " ", " ", "  ")
    return [
        "".join(chance.choice(_PIECES) + chance.choice(joints) for _ in range(chance.choice((1, 2, 3, 5, 8, 30))))
        for _ in range(count)
    ]
