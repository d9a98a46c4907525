"""`resync` 2, the library of the ResourceSync editors, as a destination: what a source lists, read from its root.

It is imported with its own warnings silenced: its code is not ours to mend.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
import warnings
from typing import Any

import msgspec
from lxml import etree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from resync.capability_list import CapabilityList
    from resync.change_list import ChangeList
    from resync.resource_list import ResourceList
    from resync.source_description import SourceDescription


_LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


class Seen(msgspec.Struct, frozen=True, order=True):
    """A resource as a list names it."""

    address: str
    stamp: str
    #: empty in a resource list
    change: str = ""
    sha256: str = ""
    length: int = -1


def scopes(root: str) -> list[str]:
    """Addresses of the capability lists that a source description names."""
    return [each.uri for each in _read(SourceDescription(), f"{root}/.well-known/resourcesync")]


def baseline(capability_list: str) -> list[Seen]:
    """Every resource of a source's resource list, through its index where it has one."""
    return [_seen(each) for each in _read(ResourceList(), _address(capability_list, "resourcelist"))]


def changes(capability_list: str) -> list[Seen]:
    """Every change of a source's change lists, oldest first; `resync` itself reads no index of change lists."""
    with urllib.request.urlopen(_address(capability_list, "changelist")) as answer:
        parts = [loc.text or "" for loc in etree.fromstring(answer.read()).iter(_LOC)]
    return [_seen(each) for part in parts for each in _read(ChangeList(), part)]


def fetched(seen: Seen) -> bytes | None:
    """The bytes of a resource, which must be those that the list tells of; None where it is gone."""
    try:
        with urllib.request.urlopen(seen.address) as answer:
            body: bytes = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 410:
            return None
        raise
    if seen.sha256:
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (seen.sha256, seen.length)
    return body


def _address(capability_list: str, capability: str) -> str:
    return str(_read(CapabilityList(), capability_list).capability_info(capability).uri)


def _read(document: Any, address: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document.read(address)
    return document


def _seen(resource: Any) -> Seen:
    length = -1 if resource.length is None else int(resource.length)
    return Seen(resource.uri, resource.lastmod, resource.change or "", resource.sha256 or "", length)
