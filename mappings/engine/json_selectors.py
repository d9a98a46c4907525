"""Selectors over JSON: a pointer (RFC 6901) with `*` for every member, and `[member=value]` behind a step.

`json:/a/0/b` starts at the payload's root, `/b` at the node of `each`. `~1` is a slash, `~0` a tilde.
"""

from __future__ import annotations

import msgspec

from mappings.engine.kinds import shown
from mappings.engine.patterns import pattern
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.said import said

_STEP = pattern(r"([^\[\]]*)((?:\[[^\[\]]*\])*)")
_PREDICATE = pattern(r"([^=!\[\]]+?)\s*(?:(!?=)\s*'?([^'\[\]]*)'?)?")


class JsonPredicate(msgspec.Struct, frozen=True, kw_only=True):
    """A test of one value: a member that it has, or a member of a certain text."""

    member: str
    #: None where mere presence is asked for
    value: str | None = None
    negated: bool = False


class JsonStep(msgspec.Struct, frozen=True, kw_only=True):
    """One member, one place of an array, or every one."""

    #: unescaped; empty for `*`
    name: str = ""
    every: bool = False
    predicates: tuple[JsonPredicate, ...] = ()


class JsonSelector(msgspec.Struct, frozen=True, kw_only=True, tag="json"):
    """A path through objects and arrays."""

    steps: tuple[JsonStep, ...]
    #: from the node of `each`, not from the root
    relative: bool = False


def json_selector(path: str, *, relative: bool = False) -> JsonSelector:
    """What stands behind `json:`, or a path inside of `each`; raises SelectorInvalid."""
    if not path.startswith("/"):
        raise SelectorInvalid(said("%(path)s is no path; write json:/member or json:/list/*/member", path=shown(path)))
    return JsonSelector(steps=tuple(_step(part) for part in _parts(path)), relative=relative)


def _parts(path: str) -> list[str]:
    """The steps between the slashes; one inside of brackets parts nothing."""
    parts, depth, start = [], 0, 1
    for position, character in enumerate(path):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "/" and depth == 0 and position:
            parts.append(path[start:position])
            start = position + 1
    return [*parts, path[start:]]


def _step(text: str) -> JsonStep:
    found = _STEP.fullmatch(text)
    if not found or not text:
        raise SelectorInvalid(said("%(text)s is no step of a path", text=shown(text)))
    predicates = tuple(_predicate(part) for part in found[2][1:-1].split("][")) if found[2] else ()
    name = found[1]
    return (
        JsonStep(every=True, predicates=predicates)
        if name == "*"
        else JsonStep(name=_plain(name), predicates=predicates)
    )


def _predicate(text: str) -> JsonPredicate:
    found = _PREDICATE.fullmatch(text.strip())
    if not found:
        raise SelectorInvalid(said("[%(text)s] is no predicate; write [member=value]", text=text))
    return JsonPredicate(member=_plain(found[1].strip()), value=found[3], negated=found[2] == "!=")


def _plain(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")
