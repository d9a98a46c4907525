"""The dumps of a loopback ResourceSync source: packages with manifests, in one list or an index, and how they lie."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'

#: (name, body, what the manifest says besides: change and datetime); no body = it is deleted
Packed = tuple[str, str, str]


@dataclass
class Dump:
    """What one dump holds, and how it is served."""

    packed: list[Packed]
    #: attributes of the dump: `at`, or `from` and `until`
    said: str
    #: resources of a package, and packages of a part of the dump; 0 = there is one
    package_size: int = 0
    part_size: int = 0
    #: what is in the package in place of a body; None = nothing is
    lies: dict[str, str | None] = field(default_factory=dict)
    #: how a package differs from what it should be
    mangled: Callable[[bytes], bytes] = bytes
    #: attributes that the list gives of each package
    stated: str = ""
    #: statuses that are answered before a package
    statuses: list[int] = field(default_factory=list)
    status: int = 200
    #: bytes after which each answer breaks off, and the validator that it states; None, empty = none
    breaks_after: int | None = None
    etag: str = ""
    #: `Range` of every request for a package
    ranges: list[str] = field(default_factory=list)
    manifest: str = "manifest.xml"

    def document(self, name: str, root: str, number: list[str]) -> str:
        """The dump, a part of it, or the index of its parts; empty where it is not given."""
        if self.status != 200:
            return ""
        addresses = [f"{root}/{name}-{n}.zip" for n in range(len(self._packages()))]
        if self.part_size and not number:
            parts = [f"{root}/{name}/{n}" for n in range(-(-len(addresses) // self.part_size))]
            return listed(name, self.said, [entry(each, "", "sitemap") for each in parts], "sitemapindex")
        first = int(number[0]) * self.part_size if number else 0
        shown = addresses[first : first + self.part_size] if self.part_size else addresses
        return listed(name, self.said, [entry(each, f'type="application/zip" {self.stated}') for each in shown])

    async def package(
        self, request: web.Request, path: str, root: str, hashed: Callable[[bytes], str]
    ) -> web.StreamResponse:
        """One package, or what is asked for of it."""
        self.ranges.append(request.headers.get("Range", ""))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        name, _, number = path.strip("/").removesuffix(".zip").rpartition("-")
        body = self.mangled(self._zip(name, self._packages()[int(number)], root, hashed))
        return await self._sent(request, body)

    async def _sent(self, request: web.Request, body: bytes) -> web.StreamResponse:
        goes_on = self.etag and request.headers.get("If-Range") == self.etag
        start = int(self.ranges[-1].removeprefix("bytes=").rstrip("-")) if goes_on else 0
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": self.etag} if self.etag else {})
        response.content_type, response.content_length = "application/zip", len(body) - start
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        await response.prepare(request)
        end = len(body) if self.breaks_after is None else start + self.breaks_after
        await response.write(body[start:end])
        if end < len(body) and request.transport is not None:
            request.transport.close()
        return response

    def _packages(self) -> list[list[Packed]]:
        size = self.package_size or max(len(self.packed), 1)
        return [self.packed[first : first + size] for first in range(0, len(self.packed), size)] or [[]]

    def _zip(self, name: str, packed: list[Packed], root: str, hashed: Callable[[bytes], str]) -> bytes:
        entries, kept = [], io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
            for resource, body, said in packed:
                path = f' path="/resources/{resource}"' if body else ""
                entries.append(entry(f"{root}/r/{resource}", f"{said} {hashed(body.encode())}{path}"))
                given = self.lies.get(resource, body)
                if given:
                    package.writestr(f"resources/{resource}", given)
            package.writestr(self.manifest, listed(f"{name}-manifest", self.said, entries))
        return kept.getvalue()


def entry(address: str, said: str, name: str = "url") -> str:
    """An entry of a document."""
    return f"<{name}><loc>{address}</loc>{f'<rs:md {said}/>' if said else ''}</{name}>"


def listed(capability: str, said: str, entries: list[str], root: str = "urlset") -> str:
    """A document."""
    return f'<{root} {_NAMESPACES}><rs:md capability="{capability}" {said}/>{"".join(entries)}</{root}>'
