"""What a reader of YAML says of a text that is none, as sentences for people who write rules."""

from __future__ import annotations

import re

from mappings.said import Said, said

_CHARACTER = re.compile(r"found character (.+) that cannot start any token")
#: how the reader's own words begin -> what they mean
_MEANT = {
    "could not find expected ':'": said("a key has no colon behind it"),
    "sequence entries are not allowed here": said("an entry of a list may not stand here"),
    "mapping values are not allowed here": said("a key may not stand here; a text with a colon stands in quotes"),
    "found unexpected end of stream": said("a quotation mark is never closed"),
    "found unexpected document separator": said("a quotation mark is never closed"),
    "found unknown escape character": said("there is no such escape in quotation marks"),
    "expected escape sequence": said("there is no such escape in quotation marks"),
    "expected <block end>": said("its indentation does not fit what stands before"),
    "expected the node content": said("a value is missing"),
    "expected ',' or": said("brackets are not closed, or a comma is missing"),
    "expected chomping or indentation": said("behind | or > stands a line break"),
    "special characters are not allowed": said("it has a character that no text may have"),
}


def meant(problem: str) -> Said:
    """What the reader's `problem` says."""
    if found := _CHARACTER.search(problem):
        return said("no value begins with the character %(character)s", character=found[1])
    for words, sentence in _MEANT.items():
        if words in problem:
            return sentence
    return said("what stands here is no YAML")
