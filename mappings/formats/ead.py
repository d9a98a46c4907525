"""The text of chronologies in finding aids: what a page shows in rows and columns is told apart in one line too.

A chronology becomes `1900: Born; 1920: Moved to Basel`, however its elements are laid out.
"""

from __future__ import annotations

from typing import Any

#: elements of a chronology that give the time of an entry
_DATES = frozenset({"date", "datesingle", "daterange", "dateset"})
#: elements around the events of one time
_GROUPS = frozenset({"chronitem", "eventgrp", "chronitemset"})
_CLOSED = (".", ";", ":", ",", "!", "?", "。", "；", "：")


def with_chronologies_parted(root: Any) -> None:
    """Writes between the parts of chronologies what keeps them apart; the text of their elements stays."""
    for entry in root.iter("{*}chronitem"):
        _part_entry(entry)


def _part_entry(entry: Any) -> None:
    """The date before its events, each event before the next, the entry before the next one."""
    for element in entry.iter("*"):
        local, following = element.tag.rpartition("}")[2], element.getnext()
        if following is None or (element.tail and element.tail.strip()):
            continue
        if local in _DATES and element.getparent() is entry:
            _close(element, ": ")
        elif local in ("event", "geogname") and element.getparent().tag.rpartition("}")[2] in _GROUPS:
            _close(element, "; ")
    following = entry.getnext()
    if following is not None and not (entry.tail and entry.tail.strip()):
        _close(entry, "; ")


def _close(element: Any, sign: str) -> None:
    """Puts a sign behind an element, or a blank where its text ends in one."""
    text = "".join(element.itertext()).rstrip()
    _cut_end(element)
    if text:
        element.tail = " " if text.endswith(_CLOSED) else sign


def _cut_end(element: Any) -> None:
    """Takes the white space from the end of an element's text."""
    while len(element):
        element[-1].tail = (element[-1].tail or "").rstrip()
        if element[-1].tail:
            return
        element = element[-1]
    element.text = (element.text or "").rstrip()
