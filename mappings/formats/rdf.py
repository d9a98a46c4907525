"""RDF/XML of one record written flat or nested, read in one way: what a property refers to stands inside of it.

Only the described thing, its aggregations and proxies stay at the top. References among what is referred to are not
followed, so no circle of them can be walked.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT, _ID, _RESOURCE = f"{_RDF}about", f"{_RDF}ID", f"{_RDF}resource"
#: elements that all copies of one record together may hold
COPIED = 20_000


def gather(root: Any, top: frozenset[str]) -> int:
    """Lifts nodes of the types `top` (local names) up below `root`, and sets others into what refers to them.

    gives  how many references were left alone because the copies would have grown past `COPIED`
    """
    _lift(root, top)
    named = {name: node for node in root.iter("*") if (name := _name(node)) and _local(node) not in top}
    copied = left = 0
    for node in [each for each in root if _local(each) in top]:
        for part in list(node):
            target = named.get(part.get(_RESOURCE, ""))
            if target is None or len(part) or target is node:
                continue
            size = sum(1 for _ in target.iter("*"))
            if copied + size > COPIED:
                left += 1
                continue
            copied += size
            part.append(deepcopy(target))
    return left


def _lift(root: Any, top: frozenset[str]) -> None:
    """Moves nodes of the types `top` from inside a property to below the root; the property then refers to them."""
    for node in [each for each in root.iter("*") if _local(each) in top]:
        holder = node.getparent()
        if holder is root or holder is None:
            continue
        if name := _name(node):
            holder.set(_RESOURCE, name)
        root.append(node)


def _name(node: Any) -> str:
    """How other parts of the document refer to the node; empty where they cannot."""
    about, fragment = node.get(_ABOUT), node.get(_ID)
    return about or (f"#{fragment}" if fragment else "")


def _local(element: Any) -> str:
    return str(element.tag.rpartition("}")[2])
