"""The one error of a selector that cannot be read."""

from __future__ import annotations

from mappings.said import Said, Telling


class SelectorInvalid(Telling, ValueError):
    """A selector that cannot be read; `code` is `selector_invalid` or `prefix_unknown`."""

    def __init__(self, why: Said, code: str = "selector_invalid") -> None:
        super().__init__(why)
        self.code = code
