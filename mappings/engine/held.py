"""What stands somewhere in a record that is being made, and the rules that put it there."""

from __future__ import annotations

from typing import Any

import msgspec

#: (rule id, source path)
Origin = tuple[str, str]
#: each once, in their order; those of a value that stands there again are keys, so that many cost their number alone
Origins = tuple[Origin, ...] | dict[Origin, None]
#: leaves and origins of a value in a list
Entry = tuple[tuple[str, ...], Origins]


class Held(msgspec.Struct, kw_only=True, gc=False):
    """A value that stands somewhere, with its origins."""

    value: Any
    leaves: tuple[str, ...]
    origins: Origins
