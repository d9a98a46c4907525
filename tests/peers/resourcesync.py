"""A loopback ResourceSync source that is told what it holds, lists it in parts, and lies where it is asked to."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.loopback import listening
from tests.peers.resourcesync_dumps import Dump, entry, listed

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass
class ResourceSyncSource:
    """What is served, and how."""

    #: name -> body
    resources: dict[str, str]
    #: (name, created | updated | deleted, datetime), in order
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    at: str = "2026-01-20T00:00:00Z"
    #: since when changes are told; empty = there is no change list
    changes_since: str = "2026-01-01T00:00:00Z"
    #: entries of a part; 0 = the list has none
    part: int = 0
    hash_name: str = "sha-256"
    #: what comes in place of a body, however it is listed
    lies: dict[str, str] = field(default_factory=dict)
    #: name -> statuses that are answered before the body
    statuses: dict[str, list[int]] = field(default_factory=dict)
    #: elements that stand in the resource list as they are
    extra: str = ""
    scopes: int = 1
    #: the first part of the list is an index again
    nested: bool = False
    #: `resourcedump` and `changedump`, if they are offered
    dumps: dict[str, Dump] = field(default_factory=dict)
    lists: bool = True
    asked: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one request."""
        path, root = request.path, f"http://{request.host}"
        self.asked.append(path)
        if path.startswith("/r/"):
            return self._resource(path[3:])
        for name, dump in self.dumps.items():
            if path.startswith(f"/{name}") and path.endswith(".zip"):
                return await dump.package(request, path, root, self.hashed)
        text = self._document(path, root)
        return web.Response(status=404) if not text else web.Response(text=text, content_type="application/xml")

    def fetched(self) -> list[str]:
        """Names of the resources that were asked for, in order."""
        return [path[3:] for path in self.asked if path.startswith("/r/")]

    def _resource(self, name: str) -> web.Response:
        if waiting := self.statuses.get(name):
            headers = {"Retry-After": "1"} if waiting[0] == 503 else {}
            return web.Response(status=waiting.pop(0), headers=headers)
        body = self.lies.get(name, self.resources.get(name))
        return web.Response(status=404) if body is None else web.Response(text=body, content_type="application/xml")

    def _document(self, path: str, root: str) -> str:
        match path.strip("/").split("/"):
            case [".well-known", "resourcesync"]:
                scopes = [f"{root}/capabilitylist"] * self.scopes
                return listed("description", "", [entry(each, 'capability="capabilitylist"') for each in scopes])
            case ["capabilitylist"]:
                lists = ["resourcelist", *(["changelist"] if self.changes_since else [])] if self.lists else []
                names = [*lists, *self.dumps]
                entries = [entry(f"{root}/{name}", f'capability="{name}"') for name in names]
                return listed("capabilitylist", "", entries)
            case ["resourcelist", *number]:
                entries = [self._listed(root, name) for name in self.resources]
                return self._parted(root, "resourcelist", f'at="{self.at}"', [*entries, self.extra], number)
            case ["changelist", *number] if self.changes_since:
                entries = [self._told(root, *change) for change in self.changes]
                return self._parted(root, "changelist", f'from="{self.changes_since}"', entries, number)
            case [name, *number] if name in self.dumps:
                return self.dumps[name].document(name, root, number)
        return ""

    def _parted(self, root: str, name: str, said: str, entries: list[str], number: list[str]) -> str:
        if self.part and (not number or self.nested):
            parts = [entry(f"{root}/{name}/{n}", "", "sitemap") for n in range(-(-len(entries) // self.part))]
            return listed(name, said, parts, "sitemapindex")
        first = int(number[0]) * self.part if number else 0
        return listed(name, said, entries[first : first + self.part] if self.part else entries)

    def _listed(self, root: str, name: str) -> str:
        return entry(f"{root}/r/{name}", self.stated(name))

    def _told(self, root: str, name: str, change: str, moment: str) -> str:
        return entry(f"{root}/r/{name}", f'change="{change}" datetime="{moment}" {self.stated(name)}')

    def stated(self, name: str) -> str:
        """What the lists say of a resource."""
        return self.hashed(self.resources.get(name, "").encode())

    def hashed(self, body: bytes) -> str:
        """Hash and length of a body as attributes; none of an empty one."""
        hashed = hashlib.new(self.hash_name.replace("-", ""), body).hexdigest()
        return f'hash="{self.hash_name}:{hashed}" length="{len(body)}"' if body else ""


def title(text: str) -> str:
    """A resource: Dublin Core with a title."""
    return f"<oai_dc:dc {DC}><dc:title>{text}</dc:title></oai_dc:dc>"


@asynccontextmanager
async def serving_resources(source: ResourceSyncSource) -> AsyncIterator[str]:
    """The root of the source while the block runs."""
    app = web.Application()
    app.router.add_get("/{path:.*}", source.handle)
    async with listening(app) as root:
        yield root
