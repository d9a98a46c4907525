"""What a change of rules would open: the parts in which a record's terms of access are looser than they were.

Beside the parts of `mappings.schema.access.looser_parts` stands `content`, who may have the material, and `shown`: a
record that a rule kept out of the catalogue would stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from federation.access.conditions import Content, content_class
from mappings.schema.access import Access, looser_parts

#: how far the content is from a reader; whether the holder's own people have it is the holder's affair
_CONTENT: dict[Content, int] = {"open": 0, "on_request": 1, "institution": 2, "never": 2}
#: refusals by which no rule kept a record out: it lacks what each needs, could not be read, or its mapping failed
_BY_NO_RULE = frozenset(
    {"title_missing", "payload_empty", "not_the_format", "xml_broken", "json_broken", "doctype_refused", "too_large"}
    | {"not_a_record_format"}
    | {"too_deep", "charset_refused", "undecodable", "truncated", "quarantined", "budget_steps", "step_crashed"}
    | {"set_excluded", "rule_too_slow"}
)
#: what terms of access tell beside who may see what, each left out: it opens and closes nothing
_TOLD: dict[str, None] = dict.fromkeys(("retention", "conditions_of_access", "department", "inherited_from"))
#: the loosest terms that there are
OPEN = Access(status="open")


def loosened(before: Access, after: Access) -> tuple[str, ...]:
    """The parts of `after` that are looser than in `before`, `content` last."""
    parts = looser_parts(before, after)
    opener = _CONTENT[content_class(after)] < _CONTENT[content_class(before)]
    return (*parts, "content") if opener else parts


def compared(access: Access) -> Access:
    """Terms of access without what is only told, and compared by nothing here."""
    return msgspec.structs.replace(access, **_TOLD)


def distinct(found: Iterable[Access]) -> tuple[Access, ...]:
    """Terms that differ in what is compared, each once: many units of a record have the same."""
    return tuple(dict.fromkeys(map(compared, found)))


def may_open(before: Iterable[Access], kept_out: str) -> bool:
    """Whether anything could be looser than this, whatever comes: some of it is not for everybody as it stands.

    before    what stands in the catalogue of one raw record
    kept_out  as for `loosened_by`
    """
    return any(loosened(access, OPEN) for access in before) or is_by_a_rule(kept_out)


def loosened_by(before: Iterable[Access], kept_out: str, after: Access) -> tuple[str, ...]:
    """The parts in which one unit would be looser than what it was, or may have been; each once.

    before    what stands of it in the catalogue
    kept_out  why its raw record has no units now: the code of its refusal; empty where it has some, or is new
    """
    found = [part for each in before for part in loosened(each, after)]
    if is_by_a_rule(kept_out) and after.line != "hidden":
        found.append("shown")
    return tuple(dict.fromkeys(found))


def is_by_a_rule(kept_out: str) -> bool:
    """Whether the code of a refusal says that a rule, or a person, kept a record out."""
    return bool(kept_out) and kept_out not in _BY_NO_RULE
