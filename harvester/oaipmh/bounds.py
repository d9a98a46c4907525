"""How much one record of a page, and a page that is read in one piece, may hold (harvesting, 3).

A finding aid or a METS document may hold more than a record of a library; which one a record is, its prefix or its
root says.
"""

from __future__ import annotations

import re

from mappings.engine.inputs import FORMATS, known_format
from mappings.formats.xml import RECORD, TREE, XmlLimits

#: a page that is longer, or has more tags, is read record by record, so that no tree of all of it is built
_WHOLE_BYTES, _WHOLE_TAGS = 8 << 20, 400_000
_TREE_ROOTS = frozenset().union(*(found.roots for found in FORMATS.values() if found.limits == TREE))
#: the tag of the payload's root, behind comments and instructions
_ROOT = re.compile(
    r"<(?:[A-Za-z_][\w.-]*:)?metadata(?:\s[^<>]*)?>(?:\s|<!--(?:[^-]|-(?!->))*+-->|<\?[^<>]*>)*+"
    r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)"
)
#: the shortest element
_ELEMENT = len("<a/>")


def limits_of(metadata_prefix: str, record: str) -> XmlLimits:
    """How much a record may hold, by the format of its prefix, or by its root where that names a format of trees."""
    known = known_format(metadata_prefix)
    if known is not None and known.limits == TREE:
        return TREE
    root = _ROOT.search(record)
    return TREE if root is not None and root[1] in _TREE_ROOTS else RECORD


def may_pass(record: str, sent: bytes) -> bool:
    """Whether a record has to be measured; one that is shorter passes no bound."""
    if len(sent) > RECORD.size_bytes:
        return True
    return len(record) >= RECORD.elements * _ELEMENT and record.count("<") > RECORD.elements


def is_long(body: bytes, text: str) -> bool:
    """Whether a page is read record by record from the first."""
    return len(body) > _WHOLE_BYTES or text.count("<") > _WHOLE_TAGS
