"""The one error of a selector that cannot be read."""

from __future__ import annotations


class SelectorInvalid(ValueError):
    """A selector that cannot be read; `code` is `selector_invalid` or `prefix_unknown`."""

    def __init__(self, message: str, code: str = "selector_invalid") -> None:
        super().__init__(message)
        self.code = code
