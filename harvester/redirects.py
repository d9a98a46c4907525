"""What a permanent redirect teaches of a repository's address; pure.

Where it says that the same address is spoken to over https, it is asked so from then on. Any other move is proposed to
a person: whoever holds a host may say that a repository has gone elsewhere, for good or by mistake.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from harvester.feeds import Feed, Profile

#: statuses that say so for good (RFC 9110, 15.4.2 and 15.4.9)
PERMANENT = (301, 308)


def without(address: str, names: tuple[str, ...]) -> str:
    """The address without the arguments of these names."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in names]
    return urlunsplit(parts._replace(query=urlencode(kept, quote_via=quote), fragment=""))


def taught(feed: Feed, moved_to: str) -> dict[str, object]:
    """What the profile learns of an answer to which permanent redirects led, from the feed's address to `moved_to`."""
    if "@" in urlsplit(moved_to).netloc:
        # who is asked for a password in an address is told of none
        return {}
    if moved_to and is_secure_form(feed.base_url, moved_to):
        return {"secure_url": moved_to, "moved_to": ""}
    return {"moved_to": moved_to}


def is_secure_form(base_url: str, address: str) -> bool:
    """Whether an address is that of the repository over https, on the same host."""
    ours, found = urlsplit(base_url), urlsplit(address)
    is_same = (ours.hostname, ours.path or "/", ours.query) == (found.hostname, found.path or "/", found.query)
    return (ours.scheme, found.scheme) == ("http", "https") and is_same


def asked_at(feed: Feed) -> str:
    """The address at which the repository is asked: the feed's own, over https where that was learned."""
    return secured(feed.base_url, feed.profile) or feed.base_url


def secured(base_url: str, profile: Profile) -> str:
    """Where it is asked over https in the place of its own address; empty where it is asked there."""
    return profile.secure_url if is_secure_form(base_url, profile.secure_url) else ""


def without_secure(profile: Profile) -> Profile:
    """The profile as if nothing had led to https: only a person may take that back, no failure does."""
    lessons = tuple(lesson for lesson in profile.lessons if lesson.name != "secure_url")
    return msgspec.structs.replace(profile, secure_url="", lessons=lessons)


def proposed(base_url: str, profile: Profile) -> str:
    """Where the repository says that it has gone for good; empty where it says none, or a person has said no."""
    return profile.moved_to if profile.moved_to not in (base_url, profile.declined) else ""
