"""Whether a tree can be typed as it is written: no more in it than one typed query may ask for."""

from __future__ import annotations

from index.errors import QueryInvalid
from index.query.canonical import brackets, printed
from index.query.limits import DEEPEST, LONGEST, check_tree
from index.query.model import QueryNode


def excess_of(tree: QueryNode) -> str | None:
    """What there may be at most of, and the tree has more of; None where its written form is read back whole.

    A tree may need more than was typed for it: a word that is an operator is written as a phrase, a field is
    written before each of the terms that had it together, a sign may fold into many letters.
    """
    try:
        check_tree(tree)
    except QueryInvalid as error:
        return error.expected
    if brackets(tree) > DEEPEST:
        return f"at most {DEEPEST} brackets inside each other"
    return f"at most {LONGEST} characters" if len(printed(tree)) > LONGEST else None
