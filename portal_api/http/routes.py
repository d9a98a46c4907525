"""The one route table: every address that is not the OAI-PMH provider's, made into the application's router."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from aiohttp import web

from mappings.schema.published import SCHEMA_ID
from portal_api.api import catalogue as api
from portal_api.api import described, finding, hierarchies, posted_search, queries, trials
from portal_api.api import exports as exports_api
from portal_api.api.contracts import CONTRACTS
from portal_api.errors import NotFound
from portal_api.http.costs import SEARCH, SUGGEST, TRIAL
from portal_api.http.doors import Door, door, guarded, search_door
from portal_api.http.monitoring import metrics
from portal_api.http.openapi import ADDRESS as OPENAPI_ADDRESS
from portal_api.http.openapi import OPENAPI
from portal_api.http.openapi import described as as_openapi
from portal_api.http.staff_routes import STAFF_ROUTES
from portal_api.http.static import by_address
from portal_api.pages.public import (
    browse,
    building,
    exports,
    feed,
    home,
    lists,
    opensearch,
    places,
    refining,
    results,
    search_help,
    things,
    trees,
    trying,
)
from portal_api.sru.routes import posted, sru

PUBLIC_ROUTES: tuple[Door, ...] = (
    door("GET", "/", home.home),
    search_door("GET", "/search", results.results),
    door("GET", "/search.csv", lists.as_csv, scope="export", cost=SEARCH, place="handler"),
    door("GET", "/search.jsonl", lists.as_json_lines, scope="export", cost=SEARCH, place="handler"),
    search_door("GET", "/search.atom", feed.feed),
    door("GET", "/exports/new", exports.new_page),
    door("POST", "/exports/new", exports.new),
    door("GET", "/exports/{id}", exports.one, scope="export"),
    door("POST", "/exports/{id}/remove", exports.removed),
    door("GET", "/search/build", building.build),
    search_door("GET", "/search/refine/{field}", refining.refine),
    door("GET", r"/r/{id:[^./]+}.{suffix}", things.download),
    door("GET", "/r/{id}", things.thing),
    door("GET", "/r/{id}/why", things.why),
    door("GET", "/r/{id}/tree", trees.tree_of_thing),
    door("GET", "/r/{id}/finding-aid", trees.finding_aid_of_thing, cost=SEARCH),
    door("GET", "/m/{id}", things.description),
    door("GET", "/m/{id}/tree", trees.tree_of_record),
    door("GET", "/m/{id}/finding-aid", trees.finding_aid_of_record, cost=SEARCH),
    door("GET", "/institutions", places.institutions),
    door("GET", "/institutions/{slug}", places.institution),
    door("GET", "/about", places.about),
    door("GET", "/about/api", places.api),
    door("GET", "/about/problems", places.problems),
    door("GET", "/help/search", search_help.search_help),
    door("GET", "/oai/browse", browse.repository),
    door("GET", "/oai/browse/items", browse.items),
    door("GET", "/oai/browse/item", browse.item),
    door("GET", "/oai/browse/records", browse.repository),
    door("GET", "/oai/browse/records/items", browse.items),
    door("GET", "/oai/browse/records/item", browse.item),
    door("GET", "/try", trying.trying_page),
    door("POST", "/try", trying.trying),
    door("GET", "/opensearch.xml", opensearch.opensearch),
    search_door("GET", "/sru", sru),
    door("POST", "/sru", posted, scope="read", cost=SEARCH, place="handler"),
    door("GET", "/robots.txt", places.robots),
    door("GET", OPENAPI_ADDRESS, described.openapi),
    door("GET", SCHEMA_ID, described.record_schema),
    door("GET", "/api/v1/health", api.health),
    door("GET", "/metrics", metrics, scope="admin"),
    search_door("GET", "/api/v1/search", api.search),
    door("POST", "/api/v1/search", posted_search.search, cost=SEARCH, place="handler"),
    search_door("GET", "/api/v1/search/facets/{field}", finding.facet_values),
    search_door("GET", "/api/v1/suggest", finding.suggest, cost=SUGGEST),
    door("GET", "/api/v1/queries/parse", queries.parsed),
    door("POST", "/api/v1/exports", exports_api.add, scope="export", cost=SEARCH, place="handler"),
    door("GET", "/api/v1/exports/{id}", exports_api.one, scope="export"),
    door("DELETE", "/api/v1/exports/{id}", exports_api.remove, scope="export"),
    door("GET", "/api/v1/exports/{id}/{part:file|manifest|skipped}", exports_api.part, scope="export"),
    door("GET", "/api/v1/institutions", api.institutions),
    door("POST", "/api/v1/trials", trials.trials, cost=TRIAL),
    door("GET", "/api/v1/clusters/{id}", api.cluster),
    door("GET", "/api/v1/clusters/{id}/members", api.members),
    door("GET", "/api/v1/clusters/{id}/why", api.why),
    search_door("GET", "/api/v1/clusters/{id}/similar", finding.similar),
    door("GET", "/api/v1/records/{id}", api.record),
    door("GET", "/api/v1/records/{id}/children", hierarchies.children),
    door("GET", "/api/v1/records/{id}/ancestors", hierarchies.ancestors),
    door("GET", "/api/v1/records/{id}/raw", api.raw),
    door("GET", "/api/v1/records/{id}/trace", api.trace),
)

ROUTES = PUBLIC_ROUTES + STAFF_ROUTES
#: a static file's address holds its hash, so it never changes
_FOR_GOOD = "public, max-age=31536000, immutable"


def add_doors(app: web.Application) -> None:
    """Every door of the table, each guarded by its role, what tells programs of them, and the static files."""
    told: Callable[[], dict[str, Any]] = _description
    app[OPENAPI] = told
    for each in ROUTES:
        handler = guarded(each)
        app.router.add_route(each.method, each.path, handler)
        if each.method == "GET":
            # what answers GET answers HEAD (RFC 9110, section 9.1)
            app.router.add_route("HEAD", each.path, handler)
    app.router.add_get("/static/{hash}/{name}", _static)


@cache
def _description() -> dict[str, Any]:
    return as_openapi(ROUTES, CONTRACTS)


async def _static(request: web.Request) -> web.Response:
    file = by_address().get(request.path)
    if file is None:
        raise NotFound
    headers = {"Content-Type": file.content_type, "Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.compressed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=file.body, headers=headers)
