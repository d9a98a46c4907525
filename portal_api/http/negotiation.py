"""Which form of an answer a request prefers, where one address has several."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence


def prefers_json(path: str, accept: str) -> bool:
    """Whether a problem at `path` is told as JSON: under `/api/`, to a monitor, and to a client that asks for no page.

    The last is one that asks for JSON, or asks for a file (`/search.csv`, `/r/ID.mods.xml`) and does not name pages.
    """
    if path.startswith(("/api/", "/schemas/")) or path == "/metrics":
        return True
    is_file = "." in path.rpartition("/")[2]
    return "text/html" not in accept and ("json" in accept or is_file)


def preferred(accept: str, offered: Collection[str]) -> str | None:
    """The media type of `offered` that a request would rather have than a page (RFC 9110, 12.5.1); None for the page.

    Types are taken by their whole names; of those with the same weight the first counts.
    """
    best, most = None, 0.0
    for entry in accept.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        weight = _weight(parameters)
        if weight > most and (name in offered or name in _PAGE):
            best, most = name, weight
    return best if best in offered else None


#: what stands for a page
_PAGE = ("text/html", "application/xhtml+xml", "text/*", "*/*")


def _weight(parameters: Sequence[str]) -> float:
    """Of a range in `Accept`; 1 where it states none, 0 where what it states is no number."""
    stated = next((each.partition("=")[2] for each in parameters if each.startswith("q=")), "1")
    return float(stated) if re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", stated) else 0.0
