"""The work that a thing is an edition or a translation of: one key for those of one author and one title.

The title is the uniform one where there is one, else the title proper, so that a translation meets its original.
Units of archives are no works: letters of one hand to one person have much the same title. Works group hits when they
are asked for; they never join what is described.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mappings.schema.agents import is_maker
from mappings.schema.folding import words
from mappings.schema.record import OtherTitle
from mappings.schema.unified import Member, UnifiedRecord

#: levels of what is published or made by itself
_LEVELS = frozenset({"item", "work"})


def work_of(unified: UnifiedRecord, members: Sequence[Member]) -> tuple[str, str] | None:
    """Key and title of the work; None of what has no maker or stands in a fonds."""
    if unified.level.value not in _LEVELS or any(member.hierarchy and member.hierarchy.path for member in members):
        return None
    makers = (each.value.name.value for each in unified.agents if is_maker(each.value))
    author, title = _name(next(makers, "")), _title(unified)
    told = " ".join(words(title))
    if not author or not told:
        return None
    return hashlib.sha256(f"{author}\0{told}".encode()).hexdigest()[:16], title


def _title(unified: UnifiedRecord) -> str:
    others: list[OtherTitle] = [each.value for each in unified.titles]
    return next((each.value for each in others if each.kind == "uniform"), unified.title.value.value)


def _name(name: str) -> str:
    """A name without its dates, whichever of its parts comes first."""
    return " ".join(sorted(word for word in words(name) if not any(map(str.isdigit, word))))
