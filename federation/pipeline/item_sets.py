"""The sets that an item of the repository stands in: who holds it, its level, its type, its collection.

Only what the item's access line shows makes a set; how sets are kept is `federation.storage.export_sets`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from federation.storage.export_sets import NamedSet
from mappings.schema.unified import Member, UnifiedRecord
from mappings.serialisations.cover import Cover, cover_of, one

_INSTITUTIONS = NamedSet(spec="institution", name="Institutions")
_LEVELS = NamedSet(spec="level", name="Levels of description")
_TYPES = NamedSet(spec="type", name="Types")
_COLLECTIONS = NamedSet(spec="collection", name="Collections")

_LONGEST_PART = 40
_HASH_DIGITS = 8
_OTHER = re.compile("[^a-z0-9]+")


def sets_of(shown: UnifiedRecord) -> tuple[NamedSet, ...]:
    """The sets of a record, each with the sets above it; raises EntryHidden."""
    cover = cover_of(shown)
    found = [*_levels(shown, cover), *_types(shown, cover)]
    for member in shown.members:
        if member.record in cover.seen:
            found += _holders(member)
        if member.record in cover.full:
            found += _collection(member)
    return tuple({each.spec: each for each in found}.values())


def _levels(shown: UnifiedRecord, cover: Cover) -> Iterable[NamedSet]:
    for level in cover.located((shown.level,)):
        yield _LEVELS
        yield _below(_LEVELS, level, f"Level: {level}")


def _types(shown: UnifiedRecord, cover: Cover) -> Iterable[NamedSet]:
    for type_ in cover.described(one(shown.type)):
        yield _TYPES
        yield _below(_TYPES, part_of(type_), f"Type: {type_}")


def _holders(member: Member) -> Iterable[NamedSet]:
    holder = _below(_INSTITUTIONS, member.institution, member.institution_name)
    yield _INSTITUTIONS
    yield holder
    for department in filter(None, (holding.department for holding in member.holding)):
        yield _below(holder, part_of(department), f"{member.institution_name}: {department}")


def _collection(member: Member) -> Iterable[NamedSet]:
    """What a unit of a finding aid belongs to; a root whose title the public may not read goes by its id."""
    if member.hierarchy is None:
        return
    root, path = member.hierarchy.root, member.hierarchy.path
    title = path[0].title if path else member.title
    yield _COLLECTIONS
    spec = f"{_COLLECTIONS.spec}:{root}"
    yield NamedSet(spec=spec, name=title or spec)


def _below(above: NamedSet, part: str, name: str) -> NamedSet:
    return NamedSet(spec=f"{above.spec}:{part}", name=name)


def part_of(words: str) -> str:
    """`words` as a part of a setSpec: small letters, digits and hyphens (OAI-PMH 2.0, 2.6).

    Words that lose letters on the way carry the start of their SHA-256, so that no two share a set by accident.
    """
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    slug = _OTHER.sub("-", letters).strip("-")
    is_whole = len(slug) <= _LONGEST_PART and all(letter.isascii() for letter in letters if letter.isalnum())
    if is_whole and slug:
        return slug
    digest = hashlib.sha256(words.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{slug[:_LONGEST_PART]}-{digest}".lstrip("-")
