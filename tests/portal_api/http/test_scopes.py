"""Every door and every scope: a key opens what the table here says, and is refused at all other doors."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from federation.storage import accounts
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import SCOPES, Scope, WantedKey
from portal_api.http.doors import Door
from portal_api.http.routes import ROUTES
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Portal

#: door -> the one scope that opens it, and what is answered who asks for nothing that is there
OPENED: dict[str, tuple[Scope, int]] = {
    "GET /": ("read", 200),
    "GET /search": ("read", 200),
    "GET /search.csv": ("export", 200),
    "GET /search.jsonl": ("export", 200),
    "GET /search.atom": ("read", 200),
    "GET /exports/new": ("read", 200),
    "GET /exports/{id}": ("export", 404),
    "GET /search/build": ("read", 200),
    "GET /search/refine/{field}": ("read", 404),
    "GET /r/{id:[^./]+}.{suffix}": ("read", 404),
    "GET /r/{id}": ("read", 404),
    "GET /r/{id}/why": ("read", 404),
    "GET /r/{id}/tree": ("read", 404),
    "GET /r/{id}/finding-aid": ("read", 404),
    "GET /m/{id}": ("read", 404),
    "GET /m/{id}/tree": ("read", 404),
    "GET /m/{id}/finding-aid": ("read", 404),
    "GET /institutions": ("read", 200),
    "GET /institutions/{slug}": ("read", 404),
    "GET /about": ("read", 200),
    "GET /about/api": ("read", 200),
    "GET /about/problems": ("read", 200),
    "GET /help/search": ("read", 200),
    "GET /oai/browse": ("read", 200),
    "GET /oai/browse/items": ("read", 200),
    "GET /oai/browse/item": ("read", 400),
    "GET /oai/browse/records": ("read", 200),
    "GET /oai/browse/records/items": ("read", 200),
    "GET /oai/browse/records/item": ("read", 400),
    "GET /try": ("read", 200),
    "GET /opensearch.xml": ("read", 200),
    "GET /schemas/catalogue-record/1.0.json": ("read", 200),
    "GET /sru": ("read", 200),
    "POST /sru": ("read", 200),
    "GET /robots.txt": ("read", 200),
    "GET /api/v1/health": ("read", 200),
    "GET /metrics": ("admin", 200),
    "GET /api/v1/search": ("read", 200),
    "POST /api/v1/search": ("read", 422),
    "GET /api/v1/search/facets/{field}": ("read", 404),
    "GET /api/v1/suggest": ("read", 200),
    "GET /api/v1/queries/parse": ("read", 200),
    "POST /api/v1/exports": ("export", 422),
    "GET /api/v1/exports/{id}": ("export", 404),
    "DELETE /api/v1/exports/{id}": ("export", 404),
    "GET /api/v1/exports/{id}/{part:file|manifest|skipped}": ("export", 404),
    "GET /api/v1/openapi.json": ("read", 200),
    "GET /api/v1/institutions": ("read", 200),
    "POST /api/v1/trials": ("read", 422),
    "GET /api/v1/clusters/{id}": ("read", 404),
    "GET /api/v1/clusters/{id}/members": ("read", 404),
    "GET /api/v1/clusters/{id}/why": ("read", 404),
    "GET /api/v1/clusters/{id}/similar": ("read", 404),
    "GET /api/v1/records/{id}": ("read", 404),
    "GET /api/v1/records/{id}/children": ("read", 404),
    "GET /api/v1/records/{id}/ancestors": ("read", 404),
    "GET /api/v1/records/{id}/raw": ("read", 404),
    "GET /api/v1/records/{id}/trace": ("read", 404),
    "GET /setup": ("read", 200),
    "GET /sign-in": ("read", 200),
    "GET /api/v1/exports": ("export", 200),
    "GET /api/v1/keys": ("read", 200),
    "GET /api/v1/saved-searches": ("read", 200),
    "GET /api/v1/saved-searches/{id}": ("read", 404),
    "GET /api/v1/feeds": ("feed", 200),
    "GET /api/v1/feeds/{key}": ("feed", 404),
    "GET /api/v1/crosswalks/{key}/versions/{number}/diff": ("feed", 404),
    "POST /api/v1/feeds/{key}/misses": ("feed", 422),
    "GET /api/v1/feeds/{key}/coverage": ("feed", 404),
    "GET /api/v1/feeds/{key}/explain": ("feed", 404),
    "GET /api/v1/feeds/{key}/{list:coverage|misses|rejects}.csv": ("feed", 404),
    "GET /api/v1/tables/{name}/{number}.{form:csv|xlsx|sssom\\.tsv}": ("feed", 404),
    "GET /api/v1/feeds/{key}/profile": ("feed", 404),
    "PUT /api/v1/feeds/{key}/profile": ("feed", 422),
    "GET /api/v1/feeds/{key}/uploads": ("feed", 404),
    "POST /api/v1/feeds/{key}/uploads": ("feed", 404),
    "GET /api/v1/uploads/{id}": ("feed", 404),
    "POST /api/v1/uploads/{id}/{act}": ("feed", 404),
    "GET /api/v1/crosswalks": ("feed", 200),
    "GET /api/v1/crosswalks/{key}": ("feed", 404),
    "POST /api/v1/crosswalks/{key}/versions": ("feed", 404),
    "GET /api/v1/crosswalks/{key}/versions/{number}": ("feed", 404),
    "PUT /api/v1/crosswalks/{key}/versions/{number}": ("feed", 428),
    "POST /api/v1/crosswalks/{key}/versions/{number}/check": ("feed", 404),
    "POST /api/v1/crosswalks/{key}/versions/{number}/preview": ("feed", 404),
    "POST /api/v1/crosswalks/{key}/versions/{number}/pin": ("feed", 422),
    "POST /api/v1/crosswalks/{key}/versions/{number}/{act}": ("feed", 409),
    "GET /api/v1/bases": ("feed", 200),
    "GET /api/v1/bases/{name}": ("feed", 404),
    "POST /api/v1/bases/{name}/{act}": ("feed", 409),
    "GET /api/v1/feeds/{key}/find": ("feed", 404),
    "GET /api/v1/feeds/{key}/misses": ("feed", 404),
    "GET /api/v1/tables": ("feed", 200),
    "GET /api/v1/tables/{name}": ("feed", 404),
    "PUT /api/v1/tables/{name}": ("feed", 428),
    "GET /api/v1/feeds/{key}/runs/{number}": ("feed", 404),
    "GET /api/v1/runs/{id}": ("feed", 404),
    "GET /api/v1/jobs": ("admin", 200),
    "GET /api/v1/issues": ("feed", 404),
}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        roles = ("cataloguer", "harvest_admin", "exchange_admin")
        add_person(portal.store, "eve", *(RoleGrant(role=each) for each in roles))
        yield portal


def name_of(door: Door) -> str:
    return f"{door.method} {door.path}"


def address(door: Door) -> str:
    """The door's address with names of nothing in it."""
    values = {"number": "7", "suffix": "jsonld"}

    def filled(part: re.Match[str]) -> str:
        name, pattern = part[1], part[2] or ""
        return pattern.partition("|")[0] if "|" in pattern else values.get(name, "nosuch")

    return re.sub(r"\{(\w+)(?::([^}]*))?\}", filled, door.path)


async def answered(session: ClientSession, portal: Portal, door: Door, key: str) -> tuple[int, str]:
    """Status, and the detail of a refusal."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    sent = session.request(door.method, portal.base + address(door), headers=headers, allow_redirects=False)
    async with sent as answer:
        text = await answer.text()
        is_problem = answer.content_type == "application/problem+json"
        return answer.status, json.loads(text).get("detail", "") if is_problem else ""


async def test_each_door_opens_to_its_scope_alone(portal: Portal) -> None:
    with portal.store.reading() as connection:
        eve = accounts.find(connection, "eve")
    assert eve is not None
    keys: dict[Scope, str] = {
        each: portal.exchange.keys.make(
            eve.id, WantedKey(name="program", scopes=(each,), kind="project"), actor="self"
        )[1]
        for each in SCOPES
    }
    found: dict[str, tuple[Scope, int]] = {}
    async with ClientSession() as session:
        for door in ROUTES:
            for scope, key in keys.items():
                status, detail = await answered(session, portal, door, key)
                if name_of(door) in OPENED and OPENED[name_of(door)][0] == scope:
                    found[name_of(door)] = (scope, status)
                    continue
                needed = f"a key with the scope {door.scope} is needed" if door.scope else "no key opens this address"
                assert (status, detail) == (403, needed), (name_of(door), scope)
    assert found == OPENED
