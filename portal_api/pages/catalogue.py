"""The public pages over the catalogue: home, an institution's records, one record with the origin of each value."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from importlib.resources import files

import jinja2
import msgspec
from aiohttp import web

from mappings.schema.access import PUBLIC
from mappings.schema.unified import Origin, UnifiedRecord
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE

PAGE_SIZE = 50

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("portal_api", "templates"), autoescape=True, undefined=jinja2.StrictUndefined
)


class ShownValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value as a page shows it."""

    field: str
    text: str
    lang: str | None
    #: only http and https are links
    link: str | None
    origins: tuple[Origin, ...]


async def home(request: web.Request) -> web.Response:
    """What the exchange holds, by institution."""
    exchange = request.app[EXCHANGE]
    lines = await asyncio.to_thread(exchange.catalogue.institutions)
    health = await asyncio.to_thread(exchange.health)
    return _rendered("home.html", title=exchange.settings.title, institutions=lines, health=health)


async def institution(request: web.Request) -> web.Response:
    """An institution's records, a page at a time."""
    exchange = request.app[EXCHANGE]
    slug, after = request.match_info["slug"], request.query.get("after", "")
    lines = await asyncio.to_thread(exchange.catalogue.institutions)
    line = next((line for line in lines if line.slug == slug), None)
    if line is None:
        raise NotFound
    things = await asyncio.to_thread(exchange.catalogue.of_institution, slug, after, PAGE_SIZE)
    following = things[-1].id if len(things) == PAGE_SIZE else None
    return _rendered("institution.html", title=line.name, institution=line, things=things, following=following)


async def record(request: web.Request) -> web.Response:
    """One thing, each value with the record, path and rule that it comes from."""
    exchange = request.app[EXCHANGE]
    found = await asyncio.to_thread(exchange.catalogue.unified, request.match_info["id"], PUBLIC)
    if found is None:
        raise NotFound
    return _rendered("record.html", title=found.title.value.value, thing=found, values=list(shown_values(found)))


async def stylesheet(request: web.Request) -> web.Response:
    """The one stylesheet."""
    text = files("portal_api").joinpath("static", "portal.css").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


def not_found() -> web.Response:
    """The page of an address under which nothing is known."""
    response = _rendered("not_found.html", title="Nothing is known under this address")
    response.set_status(404)
    return response


def _rendered(template: str, **values: object) -> web.Response:
    text = _templates.get_template(template).render(values)
    return web.Response(text=text, content_type="text/html")


def shown_values(thing: UnifiedRecord) -> Iterator[ShownValue]:
    """Every value of the description in the order of reading."""
    yield _shown("level", thing.level.origins, str(thing.level.value))
    for name in ("titles", "descriptions"):
        yield from (_shown(name, item.origins, item.value.value, item.value.lang) for item in getattr(thing, name))
    yield from (_shown("agents", item.origins, item.value.name.value, item.value.name.lang) for item in thing.agents)
    yield from (_shown("dates", item.origins, item.value.text) for item in thing.dates)
    if thing.type is not None:
        yield _shown("type", thing.type.origins, thing.type.value)
    yield from _labelled(thing)
    yield from (_shown("extent", item.origins, item.value.text) for item in thing.extent)
    yield from (_shown("languages", item.origins, item.value.lang) for item in thing.languages)
    yield from (
        _shown("identifiers", item.origins, f"{item.value.scheme}: {item.value.value}") for item in thing.identifiers
    )
    yield from (_shown("digital", item.origins, item.value.url, link=item.value.url) for item in thing.digital)
    yield from (_shown("rights", item.origins, item.value.uri, link=item.value.uri) for item in thing.rights)
    yield from (_shown("access", item.origins, item.value.status) for item in thing.access)


def _labelled(thing: UnifiedRecord) -> Iterator[ShownValue]:
    for name in ("genre", "medium", "subjects", "places"):
        yield from (
            _shown(name, item.origins, item.value.label.value, item.value.label.lang) for item in getattr(thing, name)
        )


def _shown(
    field: str, origins: Sequence[Origin], text: str, lang: str | None = None, link: str | None = None
) -> ShownValue:
    safe = link if link is not None and link.startswith(("http://", "https://")) else None
    return ShownValue(field=field, text=text, lang=lang, link=safe, origins=tuple(origins))
