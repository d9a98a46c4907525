"""The form in which linkage compares texts of any script."""

from __future__ import annotations

import re

from mappings.schema.folding import words

#: characters that are looked at
LENGTH = 512
_BETWEEN_HAN = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")


def comparable(text: str) -> str:
    """Folded words, one space between them; none between characters of Han, which would make all titles alike."""
    return _BETWEEN_HAN.sub("", " ".join(words(text[:LENGTH])))
