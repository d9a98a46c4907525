"""A query tree as JSON, in and out: what is not a tree of known fields is refused with the place of the fault."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from index.errors import QueryInvalid
from index.fields import NAMES
from index.query.canonical import canonical
from index.query.limits import check_tree, leaves
from index.query.model import Equals, QueryNode, Under

_DECODER: msgspec.json.Decoder[QueryNode] = msgspec.json.Decoder(QueryNode)
#: characters of JSON that are read
LONGEST = 20_000


def read_tree(text: str) -> QueryNode:
    """The canonical tree of a JSON text; raises QueryInvalid, which names the path of what is wrong."""
    if len(text) > LONGEST:
        raise QueryInvalid(LONGEST, f"at most {LONGEST} characters of JSON", text[LONGEST:][:10])
    try:
        tree = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise QueryInvalid(0, f"a query tree ({error})", text[:20]) from error
    for field, kinds in _named(tree):
        offered = sorted({name.field for name in NAMES.values() if name.kind in kinds})
        if field not in offered:
            raise QueryInvalid(max(text.find(f'"{field}"'), 0), f"one of the fields {', '.join(offered)}", field)
    check_tree(tree)
    return canonical(tree)


def _named(tree: QueryNode) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every field that a tree names, with the kinds that it may be of there."""
    for leaf in leaves(tree):
        match leaf:
            case Equals(field=field):
                yield field, ("lookup", "facet")
            case Under(field=field) if field not in ("code_path", "ancestors"):
                yield field, ()
            case _ if isinstance(getattr(leaf, "field", None), str) and not isinstance(leaf, Under):
                yield getattr(leaf, "field", ""), ("text",)


def written_tree(tree: QueryNode) -> bytes:
    """The tree as JSON."""
    return msgspec.json.encode(tree)
