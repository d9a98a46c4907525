"""What a person says of a feed's repository in the place of what it taught: its profile, pinned value by value."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import get_args

import msgspec

from federation.errors import RequestRefused
from federation.storage import feeds
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from harvester.feeds import PINNABLE, Granularity, Method, Pins, SizeClaim, TokenForm
from harvester.lag import MOST

YES, NO = "yes", "no"
_MARKUP = "<a b='+~'/>"
#: value -> the words that it takes
WORDS: dict[str, tuple[str, ...]] = {
    "method": get_args(Method),
    "token_form": get_args(TokenForm),
    "granularity": get_args(Granularity),
    "from_inclusive": (YES, NO),
    "until_inclusive": (YES, NO),
    "until_whole_day": (YES, NO),
    "size_claim": tuple(filter(None, get_args(SizeClaim))),
}
#: value -> the least and the most that it takes
NUMBERS = {
    "lag_seconds": (0, int(MOST.total_seconds())),
    "page_cap": (0, 1_000_000),
    "window_seconds": (0, 100 * 366 * 86_400),
}


def pin_values(tx: Transaction, feed: StoredFeed, stated: Mapping[str, str]) -> StoredFeed:
    """Pins the values that are stated; an empty one goes by what was learned again. Runs obey from their next slice on.

    raises  RequestRefused `pin_invalid`, `pin_unknown`
    """
    return feeds.pin(tx, feed, pins_of(feed, stated))


def pins_of(feed: StoredFeed, stated: Mapping[str, str]) -> Pins:
    """The feed's pins with those that are stated; raises RequestRefused as `pin_values`."""
    if feed.source != "oai":
        said = "expected an OAI-PMH repository: of nothing else so much is learned"
        raise RequestRefused("pin_invalid", said)
    values = {name: _value(name, text.strip()) for name, text in stated.items()}
    return msgspec.structs.replace(feed.profile.pins, **values)


def written(value: object) -> str:
    """A value of a profile as it is typed."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def _value(name: str, text: str) -> object:
    if name not in PINNABLE:
        raise RequestRefused("pin_unknown", f"expected one of {', '.join(PINNABLE)}, found {name[:40]!r}")
    if not text:
        return None
    if name in NUMBERS:
        return _number(name, text)
    if name == "charset":
        return _charset(text)
    if text not in WORDS[name]:
        raise RequestRefused("pin_invalid", f"{name}: expected one of {', '.join(WORDS[name])}, found {text[:40]!r}")
    return text == YES if WORDS[name] == (YES, NO) else text


def _number(name: str, text: str) -> int:
    least, most = NUMBERS[name]
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise RequestRefused("pin_invalid", f"{name}: expected a number of {least} to {most}, found {text[:40]!r}")
    return int(text)


def _charset(text: str) -> str:
    """Python's name of a character set that writes markup as ASCII does: no other one is read."""
    try:
        name = codecs.lookup(text).name
        is_plain = _MARKUP.encode(name) == _MARKUP.encode()
    except (LookupError, ValueError):
        is_plain = False
    if not is_plain:
        raise RequestRefused("pin_invalid", f"charset: expected the name of a character set, found {text[:40]!r}")
    return name
