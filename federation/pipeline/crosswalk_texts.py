"""The text of a version: how a feed's own crosswalk begins, its name and number, one more rule in it."""

from __future__ import annotations

import re

import msgspec

from federation.errors import RequestRefused
from federation.pipeline.crosswalks import compiled_text
from federation.storage.crosswalks import LONGEST_TEXT_BYTES, Version
from federation.storage.feeds import StoredFeed
from mappings.engine.library import base, pinned

_VERSION_LINE = re.compile(r"^version:.*$", re.MULTILINE)
_NAME_LINE = re.compile(r"^crosswalk:[ \t]*([^\s#]+).*$", re.MULTILINE)
_EXTENDS_LINE = re.compile(r"^(extends:[ \t]*)[\"']?([^\s#\"']+)[\"']?", re.MULTILINE)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def based_text(feed: StoredFeed, first: Version) -> str:
    """The text of a feed's first own crosswalk: no rules yet, in front of those of the base that it lives by.

    first   the version that the feed was added with
    """
    name = _own_name(feed)
    parent = compiled_text(base(feed.crosswalk), feed.crosswalk).label
    lines = (
        f"# Rules of this feed, in front of those of {parent}.",
        f"crosswalk: {name}",
        f"version: {first.number + 1}",
        f"extends: {parent}",
        "rules: []",
    )
    return "\n".join(lines) + "\n"


def _own_name(feed: StoredFeed) -> str:
    return _NOT_IN_NAMES.sub("-", feed.institution.lower()).strip("-") or "own"


def name_in(text: str, feed: StoredFeed) -> str:
    """The name that a text gives itself; the feed's own where it gives none, or a base's."""
    found = _NAME_LINE.search(text)
    name = found[1].strip("\"'") if found else ""
    return name if name and not name.startswith("base/") else _own_name(feed)


def named(text: str, name: str) -> str:
    """The text under another name; comments and rules stay."""
    return _NAME_LINE.sub(lambda _found: f"crosswalk: {name}", text, count=1)


def numbered(text: str, number: int) -> str:
    """The text with the version's own number in it, so that records name what made them; raises RequestRefused."""
    text = text.replace("\r\n", "\n")
    if len(text.encode()) > LONGEST_TEXT_BYTES:
        raise RequestRefused("too_large", f"a crosswalk has at most {LONGEST_TEXT_BYTES} bytes")
    line = f"version: {number}"
    if _VERSION_LINE.search(text):
        return _VERSION_LINE.sub(line, text, count=1)
    return _NAME_LINE.sub(lambda found: f"{found[0]}\n{line}", text, count=1)


def base_of(name: str, text: str) -> str:
    """The pinned base that a crosswalk is, or builds on, such as `base/oai_dc@1`; empty where it stands alone."""
    if not text:
        return pinned(name)
    found = _EXTENDS_LINE.search(text)
    return found[2] if found else ""


def raised_text(text: str, base: str) -> str:
    """`text` with the pin of its base raised to `base`; comments and rules stay."""
    return _EXTENDS_LINE.sub(lambda found: found[1] + base, text, count=1)


def rule_written(text: str, path: str) -> str:
    """`text` with one more rule first: it reads `path` into a note of the description, for a person to finish."""
    name = "".join(letter if letter.isalnum() else "_" for letter in path).strip("_").lower() or "path"
    quoted = msgspec.json.encode(path).decode()
    line = f'  - {{id: {name}, from: {quoted}, do: [squeeze], to: "descriptions[]"}}'
    lines = text.splitlines()
    for place, found in enumerate(lines):
        if found.startswith("rules:"):
            lines[place : place + 1] = ["rules:", line]
            return "\n".join(lines) + "\n"
    return text + f"rules:\n{line}\n"
