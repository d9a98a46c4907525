"""A search that is posted finds what the same search finds by its address, and its tree may be as long as it must."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Portal


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        yield portal


async def posted(portal: Portal, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and answer of a posted search."""
    data = body if isinstance(body, str) else json.dumps(body)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{portal.base}/api/v1/search", data=data, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_what_is_posted_is_found_as_by_address(portal: Portal) -> None:
    async with portal.browser() as browser:
        by_address = json.loads((await browser.get("/api/v1/search?q=strangers&facets=level")).text)
    status, answer = await posted(portal, {"q": "strangers", "facets": ["level"]})
    assert status == 200
    assert answer == by_address
    assert answer["total"] == 1


async def test_a_tree_of_parse_can_be_posted_whatever_its_length(portal: Portal) -> None:
    words = [{"node": "words", "text": f"{'x' * 60}{n}"} for n in range(31)]
    tree = {"node": "or", "of": [*words, {"node": "words", "text": "strangers"}]}
    assert len(json.dumps(tree)) > 2_000
    assert (await posted(portal, {"tree": tree}))[1]["total"] == 1


async def test_what_comes_next_is_said_in_members_to_change(portal: Portal) -> None:
    body = {"tree": {"node": "all"}, "sort": "id", "page_size": 2}
    seen: list[str] = []
    for _ in range(20):
        _, answer = await posted(portal, body)
        seen += [hit["id"] for hit in answer["hits"]]
        if answer["next"] is None:
            break
        body |= answer["next"]
    assert len(seen) == len(set(seen)) == answer["total"] > 2


@pytest.mark.parametrize(
    ("body", "status", "code", "where"),
    [
        ({"tree": {"node": "or", "of": []}}, 400, "query-invalid", "/of"),
        ({"colour": "red"}, 400, "parameter-unknown", None),
        ({"page_size": 500}, 400, "parameter-invalid", None),
        ({"q": "a", "tree": {"node": "all"}}, 400, "parameter-invalid", None),
        ({"q": "a", "from": "19x"}, 400, "parameter-invalid", None),
        ({"q": {"a": 1}}, 422, "body-invalid", None),
        ("[]", 422, "body-invalid", None),
        ("", 422, "body-invalid", None),
        ('{"tree":' + "[" * 5_000, 422, "body-invalid", None),
        ('{"q":' + "[" * 5_000 + "]" * 5_000 + "}", 422, "body-invalid", None),
    ],
    ids=range(10),
)
async def test_faults_are_named(portal: Portal, body: object, status: int, code: str, where: str | None) -> None:
    found, answer = await posted(portal, body)
    assert found == status
    assert answer["errors"][0]["code"] == code
    assert answer["errors"][0].get("pointer") == where


async def test_another_page_cannot_post_for_its_visitor(portal: Portal) -> None:
    status, _ = await posted(portal, {"q": "a"}, Origin="https://elsewhere.example")
    assert status == 403
