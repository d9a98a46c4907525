"""A query tree as JSON, in and out: what could not be typed is refused with the place of the fault."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from index.errors import QueryInvalid, TreeInvalid
from index.query.canonical import brackets, canonical
from index.query.limits import DEEPEST, check_depth, check_tree
from index.query.model import QueryNode
from index.query.pointers import place_of, pointer_of, step
from index.query.tree_checks import faults_of

_DECODER: msgspec.json.Decoder[QueryNode] = msgspec.json.Decoder(QueryNode)
#: characters of JSON that are read
LONGEST = 20_000
#: what msgspec says of JSON that is no tree
_PATH = re.compile(r" - at `\$(.*)`$")
_AT_BYTE = re.compile(r" \(byte (\d+)\)$")
_UNKNOWN, _MISSING = re.compile(r"unknown field `(.*)`"), re.compile(r"missing required field `(.*)`")
_WRONG = re.compile(r"Expected (.+), got (.+)")
_VALUE = re.compile(r"Invalid (?:enum )?value (.+)")
#: member -> its values
_VALUES = {
    "node": "one of all, words, phrase, starts, whole, prefix, pattern, fuzzy, equals, under, dates, either, and, or, "
    "not",
    "mode": "overlap or within",
}


def read_tree(text: str) -> QueryNode:
    """The canonical tree of a JSON text; raises TreeInvalid, which points to what is wrong."""
    if len(text) > LONGEST:
        raise TreeInvalid("", LONGEST, f"at most {LONGEST} characters of JSON", text[LONGEST:][:10])
    tree = _decoded(text)
    _checked(check_depth, tree)
    for pointer, expected, found in faults_of(tree):
        raise TreeInvalid(pointer, place_of(text, pointer), expected, found)
    read = canonical(tree)
    _checked(check_tree, read)
    if brackets(read) > DEEPEST:
        raise TreeInvalid("", 0, f"at most {DEEPEST} brackets inside each other", str(brackets(read)))
    return read


def written_tree(tree: QueryNode) -> bytes:
    """The tree as JSON."""
    return msgspec.json.encode(tree)


def _checked(check: Callable[[QueryNode], None], tree: QueryNode) -> None:
    """A check of the whole tree, whose fault is one of a tree and not of what was typed."""
    try:
        check(tree)
    except QueryInvalid as error:
        raise TreeInvalid("", 0, error.expected, error.found) from error


def _decoded(text: str) -> QueryNode:
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise _of_shape(text, str(error)) from error
    except msgspec.DecodeError as error:
        raise TreeInvalid("", _byte(text, str(error)), "a query tree in JSON", _AT_BYTE.sub("", str(error))) from error
    except UnicodeEncodeError as error:
        raise TreeInvalid("", error.start, "a query tree in JSON", "half a character") from error
    except RecursionError as error:
        raise TreeInvalid("", 0, f"a query tree with at most {DEEPEST} brackets inside each other", "more") from error


def _byte(text: str, message: str) -> int:
    """The character of the byte that a message names; the end where it names none."""
    found = _AT_BYTE.search(message)
    return len(text.encode()[: int(found.group(1))].decode(errors="ignore")) if found else len(text)


def _of_shape(text: str, message: str) -> TreeInvalid:
    """The refusal of JSON that is something else than a tree."""
    path = _PATH.search(message)
    pointer, said = pointer_of(path.group(1)) if path else "", _PATH.sub("", message)
    expected, found = "a query tree", said
    if unknown := _UNKNOWN.search(said):
        pointer, expected, found = pointer + step(unknown.group(1)), "a member of its node", unknown.group(1)
    elif missing := _MISSING.search(said):
        expected, found = f"the member {missing.group(1)}", "none"
    elif wrong := _WRONG.fullmatch(said):
        expected, found = wrong.group(1).replace("`", ""), wrong.group(2).replace("`", "")
    elif value := _VALUE.fullmatch(said):
        expected, found = _VALUES.get(pointer.rpartition("/")[2], "another value"), value.group(1)
    return TreeInvalid(pointer, place_of(text, pointer), expected, found)
