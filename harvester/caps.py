"""What one feed may bring at most; a harvest that would bring more ends with its reason."""

from __future__ import annotations

import msgspec


class Caps(msgspec.Struct, frozen=True, kw_only=True):
    """Of one feed."""

    #: of one page, or of one piece of a file
    page_mebibytes: int = 64
    #: of one run: pages that are kept, and records that they name; 0 = as many as there are
    pages: int = 0
    records: int = 0
