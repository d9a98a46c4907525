"""Tags where they are tags: what stands in a comment or in CDATA is passed over.

A text is read in a time that grows with its length, whatever is opened in it and never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: what holds no tags, and where each ends
_CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>"}


def tag_pattern(tag: str) -> re.Pattern[str]:
    """What `tags` looks for: comments and CDATA as they open (1), or `tag`, whose groups begin at 2."""
    return re.compile(rf"(<!--|<!\[CDATA\[)|{tag}")


def tags(text: str, pattern: re.Pattern[str], start: int = 0) -> Iterator[re.Match[str]]:
    """The tags of a `tag_pattern` from `start` on that stand neither in a comment nor in CDATA."""
    # behind the last of its ends nothing that opens is ever closed
    last = {opener: text.rfind(closer) for opener, closer in _CLOSERS.items()}
    place, end = start, text.rfind(">") + 1
    while (found := pattern.search(text, place, end)) is not None:
        place, opener = found.end(), found[1]
        if opener is None:
            yield found
        elif place <= last[opener]:
            place = text.find(_CLOSERS[opener], place) + len(_CLOSERS[opener])
