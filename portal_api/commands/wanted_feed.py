"""What `feed add` was given, held against what can be harvested: the same rules as the form at `/admin/feeds/new`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from federation.errors import RequestRefused
from federation.storage.feeds import Source
from harvester.addresses import is_network, is_web_address
from portal_api.pages.admin.feed_forms import LONGEST, is_prefix, is_set


def named(name: str) -> str:
    """The name without blanks around it; raises RequestRefused where none is left."""
    found = name.strip()
    if not 0 < len(found) <= LONGEST:
        raise RequestRefused("name_invalid", f"expected a name of 1 to {LONGEST:,} letters, found {len(found)}")
    return found


def sourced(source: str, url: str) -> Source:
    """The source of that name; raises RequestRefused where there is none, or `url` is no address of that kind."""
    for known in get_args(Source):
        if source == known and (url or known == "upload"):
            if known == "inbox" and not Path(url).is_dir():
                raise RequestRefused("address_invalid", f"expected a folder of this machine, found {url!r}")
            if known not in ("upload", "inbox"):
                addressed(url)
            return known  # type: ignore[no-any-return]
    expected = ", ".join(get_args(Source))
    raise RequestRefused("source_invalid", f"expected one of {expected}, and --url but for upload, found {source!r}")


def addressed(url: str) -> str:
    """The address; raises RequestRefused where it is none, or holds a name or password, which is not repeated."""
    if "@" in url and not is_web_address(url):
        expected = "an address without a name and password in it, which would be stored and shown"
        raise RequestRefused("address_invalid", f"expected {expected}; leave out what stands before the @")
    if not is_web_address(url):
        expected = "a whole http or https address, such as https://library.example/oai"
        raise RequestRefused("address_invalid", f"expected {expected}, found {url!r}")
    return url


def prefixed(prefix: str) -> str:
    """The metadataPrefix; raises RequestRefused where OAI-PMH has no such one."""
    if not is_prefix(prefix):
        raise RequestRefused("prefix_invalid", f"expected letters, digits and - _ . ! ~ * ' ( ), found {prefix!r}")
    return prefix


def set_specs(given: Sequence[str]) -> tuple[str, ...]:
    """The setSpecs; raises RequestRefused for the first that OAI-PMH does not have."""
    for each in given:
        if not is_set(each):
            expected = "letters, digits, colons and - _ . ! ~ * ' ( )"
            raise RequestRefused("set_invalid", f"expected {expected} in a set, found {each!r}")
    return tuple(given)


def networks(given: Sequence[str]) -> tuple[str, ...]:
    """The private networks; raises RequestRefused for the first that is none."""
    for each in given:
        if not is_network(each):
            expected = "an address or a network, such as 10.3.0.0/16"
            raise RequestRefused("network_invalid", f"expected {expected}, found {each!r}")
    return tuple(given)


def crosswalk_text(file: Path) -> str:
    """The rules in a file; raises RequestRefused where they are no text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RequestRefused(
            "not_utf8", f"expected UTF-8 in {file}, found {error.reason} at byte {error.start}"
        ) from error
