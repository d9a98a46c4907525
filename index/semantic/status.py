"""How the search by meaning stands, for whoever runs the exchange."""

from __future__ import annotations

from typing import Literal

import msgspec

from index.semantic.errors import Absence

#: empty: it is on, and no thing has a vector yet
State = Literal["on", "empty", "loading"] | Absence


class SemanticStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Whether there is search by meaning, and over how much."""

    state: State
    #: why not, in words
    detail: str = ""
    #: of the model
    fingerprint: str = ""
    #: things that have a vector
    vectors: int = 0
